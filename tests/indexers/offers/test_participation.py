"""Who takes part, through what, who accepts a patient beyond availability: the one rule table."""

from pathlib import Path
from typing import Any

import pytest

from indexers.offers.participation import clean_info
from mappings.records import Offer
from tests.indexers.file_set import CENTRE, CPTS, FLORAC, MSP, SOS_SIRET, FileSet, rang

ANNE, BRUNO = "10100000016", "10100000024"
AT_MENDE = f"rpps:{ANNE}@4{rang(ANNE)}"
AT_FLORAC = f"rpps:{ANNE}@4{rang(ANNE, 2)}"

VIA_OWN: dict[str, Any] = {"rpps": ANNE, "participation": True, "via": 1}
VIA_CPTS: dict[str, Any] = {
    "rpps": ANNE,
    "participation": True,
    "via": 2,
    "finess": CPTS,
    "locations": [f"4{rang(ANNE)}"],
}
VIA_MSP: dict[str, Any] = {"rpps": ANNE, "participation": True, "via": 3, "finess": MSP}
VIA_SOS: dict[str, Any] = {"rpps": ANNE, "participation": True, "via": 4, "siret": SOS_SIRET}


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path).doctor(ANNE).doctor(ANNE, FLORAC, practice=rang(ANNE, 2))


def taking_part(offer: Offer) -> tuple[Any, Any, Any]:
    return offer.get("participant"), offer.get("via"), offer.get("accepts_beyond")


@pytest.mark.proves("F043", "F100")
@pytest.mark.parametrize(
    ("settings", "via", "accepts"),
    [
        (VIA_OWN, "own", True),
        (VIA_CPTS, "cpts", True),
        (VIA_MSP, "msp", False),
        (VIA_SOS, "sos", False),
    ],
)
def test_a_participant_accepts_beyond_through_own_practice_and_cpts_only(
    files: FileSet, settings: dict[str, Any], via: str, accepts: bool
) -> None:
    offers = files.line("participation", **settings).offers()
    assert taking_part(offers[AT_MENDE]) == (True, [via], accepts)
    assert taking_part(offers[AT_FLORAC]) == (True, [via], accepts)


def test_who_declared_not_to_take_part_does_not(files: FileSet) -> None:
    files.line("participation", rpps=ANNE, participation=False, via=1)
    assert taking_part(files.offers()[AT_MENDE]) == (False, None, False)


@pytest.mark.proves("F043")
@pytest.mark.parametrize("settings", [VIA_OWN, VIA_CPTS])
def test_nobody_takes_part_in_a_health_centre(tmp_path: Path, settings: dict[str, Any]) -> None:
    files = FileSet(tmp_path).doctor(ANNE, sector="SA05").line("participation", **settings)
    offer = files.only()
    assert taking_part(offer) == (False, None, False)
    assert "cpts" not in offer


@pytest.mark.proves("F043")
def test_an_own_practice_at_the_address_of_a_centre_takes_part(tmp_path: Path) -> None:
    files = FileSet(tmp_path).site(CENTRE, "124", "CENTRE DE SANTE DE MENDE")
    files.doctor(ANNE, finess=CENTRE, former=f"1{CENTRE}", technical=f"F{CENTRE}", sector="SA05")
    files.doctor(ANNE, sector="SA07").line("participation", **VIA_OWN)
    offer = files.offers()[f"rpps:{ANNE}@1{CENTRE}"]
    assert taking_part(offer) == (True, ["own"], True)


@pytest.mark.proves("F095")
def test_only_the_places_declared_are_attached_to_the_cpts(files: FileSet) -> None:
    files.line("participation", **VIA_CPTS)
    files.line("cpts", finess=CPTS, name="CPTS Lozère", communes=["48095"], phones=["0466000002"])
    offers = files.offers()
    assert offers[AT_MENDE]["cpts"] == [CPTS]
    assert offers[AT_MENDE]["cpts_name"] == "CPTS Lozère"
    assert offers[AT_MENDE]["cpts_phones"] == ["0466000002"]
    assert "cpts" not in offers[AT_FLORAC]
    assert "cpts_name" not in offers[AT_FLORAC]
    assert offers[f"cpts:{CPTS}"]["participant"] is True


@pytest.mark.proves("F095")
def test_a_place_is_attached_by_any_of_its_identifiers(tmp_path: Path) -> None:
    files = FileSet(tmp_path).site(MSP, "603", "MSP DES TANNEURS")
    files.doctor(ANNE, finess=MSP).line("participation", **VIA_CPTS)
    assert files.offers()[f"rpps:{ANNE}@1{MSP}"]["cpts"] == [CPTS]


def test_a_member_listed_by_the_cpts_alone_is_not_attached(files: FileSet) -> None:
    member = {"rpps": ANNE, "idnst": f"4{rang(ANNE)}"}
    files.line("cpts", finess=CPTS, name="CPTS Lozère", communes=["48095"], members=[member])
    offers = files.offers()
    assert "cpts" not in offers[AT_MENDE]
    assert offers[f"cpts:{CPTS}"]["participant"] is False


def test_a_cpts_nobody_describes_is_attached_without_a_name(files: FileSet) -> None:
    offer = files.line("participation", **VIA_CPTS).offers()[AT_MENDE]
    assert offer["cpts"] == [CPTS]
    assert "cpts_name" not in offer


@pytest.mark.proves("F044")
def test_an_msp_accepts_as_soon_as_one_professional_takes_part_through_it(files: FileSet) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS")
    assert taking_part(files.offers()[f"finess:{MSP}"]) == (False, None, False)
    files.line("participation", **VIA_MSP)
    assert taking_part(files.offers()[f"finess:{MSP}"]) == (True, None, True)
    files.line("participation", **{**VIA_MSP, "participation": False})
    assert taking_part(files.offers()[f"finess:{MSP}"]) == (False, None, False)


@pytest.mark.proves("F045")
def test_a_health_centre_accepts_by_its_own_settings(files: FileSet) -> None:
    files.site(CENTRE, "124", "CENTRE DE SANTE DE MENDE").line("participation", **VIA_MSP)
    assert taking_part(files.offers()[f"finess:{CENTRE}"]) == (False, None, False)
    files.line(
        "structures", finess=CENTRE, participation=True, hours_available=True, practitioner_count=3
    )
    assert taking_part(files.offers()[f"finess:{CENTRE}"]) == (True, None, True)


@pytest.mark.proves("F045")
def test_the_points_of_an_sos_association_accept_by_its_settings(files: FileSet) -> None:
    point = f"sos:{SOS_SIRET}:PFG-1"
    assert taking_part(files.sos().offers()[point]) == (False, None, False)
    files.line("structures", siret=SOS_SIRET, participation=True, hours_available=True)
    assert taking_part(files.offers()[point]) == (True, None, True)


def test_a_pharmacy_never_takes_part(files: FileSet) -> None:
    files.site(MSP, "620", "PHARMACIE DU PONT")
    files.line(
        "structures", finess=MSP, participation=True, hours_available=True, practitioner_count=3
    )
    assert "participant" not in files.offers()[f"finess:{MSP}"]


def test_reorientation_and_opt_out_do_not_need_participation(files: FileSet) -> None:
    files.line(
        "participation", rpps=ANNE, participation=False, reorientation=True, editor_disabled=True
    )
    offer = files.offers()[AT_MENDE]
    assert offer["reorientation"] is True
    assert offer["editor_disabled"] is True


def test_information_for_regulators_loses_its_markup_and_keeps_its_lines() -> None:
    written = "<script>x</script>Appeler le <b>15</b>\nSonner\x00 deux fois "
    assert clean_info(written) == " x Appeler le  15 \nSonner  deux fois".strip()
    assert len(clean_info("a" * 2000)) == 1000


def test_the_later_of_two_settings_of_one_person_wins(files: FileSet) -> None:
    files.line("participation", **VIA_OWN).line("participation", **VIA_MSP)
    assert files.offers()[AT_MENDE]["via"] == ["msp"]
