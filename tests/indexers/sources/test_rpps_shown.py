"""What the SAS lists: sectors, and health centres that are only a teleconsultation platform."""

import pytest

from indexers.quality.reasons import Reason
from indexers.sources.rpps.activities import Activity, activity_exclusion_reason
from indexers.sources.rpps.listing import is_teleconsultation_platform
from mappings.codes import SAS_ACTIVITY_SECTORS

AT_A_PLACE: Activity = {
    "line": 2,
    "idnps": "810100000016",
    "category": "C",
    "profession": "10",
    "activity_kind": "GENR01",
    "idnst": "410100000016101",
    "activity_sector": "SA07",
}


def at(**changes: str) -> Activity:
    return AT_A_PLACE | changes  # type: ignore[return-value]


@pytest.mark.parametrize("sector", sorted(SAS_ACTIVITY_SECTORS))
def test_the_sectors_of_town_care_show(sector: str) -> None:
    assert activity_exclusion_reason(at(activity_sector=sector)) is None


@pytest.mark.parametrize("sector", ["SA01", "SA02", "SA10", "SA13", "SA33", "SA17", "SA99"])
def test_hospitals_pharmacies_and_others_do_not(sector: str) -> None:
    assert activity_exclusion_reason(at(activity_sector=sector)) is Reason.SECTOR_NOT_SHOWN


def test_a_place_without_sector_is_not_listed() -> None:
    row = at()
    del row["activity_sector"]
    assert activity_exclusion_reason(row) is Reason.SECTOR_NOT_SHOWN


def test_unknown_category_and_kind_hide_nobody() -> None:
    row = at()
    del row["category"], row["activity_kind"]
    assert activity_exclusion_reason(row) is None
    assert activity_exclusion_reason(at(category="Z")) is Reason.CATEGORY_UNKNOWN


def test_a_town_is_place_enough_without_identifier() -> None:
    row = at()
    del row["idnst"]
    assert activity_exclusion_reason(row) is Reason.NO_STRUCTURE
    row["address"] = {"city": "DOUBS"}
    assert activity_exclusion_reason(row) is None


def test_a_billing_place_never_shows_whoever_it_is_of() -> None:
    """Trap 31: it is often the doctor's own home."""
    assert (
        activity_exclusion_reason(at(activity_sector="SA50", category="C")) is Reason.BILLING_PLACE
    )


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("CENTRE DE SANTE QARE", True),
        ("Centre de santé LIVI Île-de-France", True),
        ("CENTRE DE TÉLÉCONSULTATION DES ALPES", True),
        ("CDS MEDADOM", True),
        ("CENTRE DE SANTE DE LIVINHAC", False),
        ("CENTRE DE SANTE DES BARONNIES", False),
        ("CABINET MEDICAL ET CABINE DE TELECONSULTATION", False),
        ("", False),
    ],
)
def test_platforms_are_known_by_whole_words_of_their_name(name: str, platform: bool) -> None:
    assert is_teleconsultation_platform(name) is platform


def test_a_practice_is_not_hidden_by_its_name() -> None:
    """Trap 32 is about centres: a Dr Livi has a practice."""
    assert activity_exclusion_reason(at(place_name="CABINET DU DR LIVI")) is None
    centre = at(place_name="CENTRE LIVI", activity_sector="SA05")
    assert activity_exclusion_reason(centre) is Reason.TELECONSULTATION
    assert (
        activity_exclusion_reason(at(brand="Livi", activity_sector="SA05"))
        is Reason.TELECONSULTATION
    )
