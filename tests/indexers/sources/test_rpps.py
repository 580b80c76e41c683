"""RPPS activities: one fixture line for each trap of docs/reference/sources/rpps.md."""

from datetime import date
from pathlib import Path

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.rpps.activities import (
    COLUMNS,
    Activity,
    activity_exclusion_reason,
    read_activities,
    source_date,
)

FILE = Path(__file__).parents[2] / "fixtures/rpps/PS_LibreAcces_Personne_activite_202610080912.txt"


@pytest.fixture(scope="module")
def quarantine() -> Quarantine:
    return Quarantine("rpps")


@pytest.fixture(scope="module")
def activities(quarantine: Quarantine) -> list[Activity]:
    return list(read_activities(FILE, quarantine))


@pytest.fixture(scope="module")
def activities_by_family(activities: list[Activity]) -> dict[str, Activity]:
    return {activity["family"]: activity for activity in activities}


def test_there_are_56_columns_each_once() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 56


def test_a_plain_row_gives_every_key(activities_by_family: dict[str, Activity]) -> None:
    assert activities_by_family["PLAINFIELD"] == {
        "line": 2,
        "idnps": "810100000016",
        "rpps": "10100000016",
        "civility": "DR",
        "gender": "male",
        "family": "PLAINFIELD",
        "given": "Odile",
        "profession": "10",
        "category": "C",
        "skill_type": "S",
        "skill": "SM54",
        "mode": "L",
        "structure_id": "R10100000016101",
        "idnst": "410100000016101",
        "place_name": "CABINET DU DR PLAINFIELD",
        "address": {
            "line": "12 Rue DES GLYCINES",
            "postal_code": "01000",
            "city": "Bourg-en-Bresse",
            "insee": "01053",
        },
        "phones": ["+33474000001"],
        "department": "01",
        "activity_sector": "SA07",
        "activity_kind": "GENR01",
        "authority": "CNOM/CNOM/ARS",
    }


def test_two_rows_of_this_file_are_rejected_each_for_its_reason(
    activities: list[Activity], quarantine: Quarantine
) -> None:
    assert quarantine.read == 38
    assert len(activities) == 36
    assert quarantine.rejected == {Reason.PERSON_ID_MISSING: 1, Reason.PERSON_ID_INVALID: 1}
    (missing,) = quarantine.samples[Reason.PERSON_ID_MISSING]
    (invalid,) = quarantine.samples[Reason.PERSON_ID_INVALID]
    assert (missing.line, invalid.line) == (37, 38)
    assert "EXPONENTIEL" in invalid.raw


def test_quotes_are_content(activities_by_family: dict[str, Activity]) -> None:
    """Trap 1: an RFC 4180 reader would take the lines after the odd quote for one field."""
    row = activities_by_family["GUILLEMET"]
    assert row["address"]["complement"] == 'MSP "LES TILLEULS"'
    assert row["brand"] == '"Les Tilleuls'


def test_lost_apostrophes_controls_and_hard_spaces_are_read(
    activities_by_family: dict[str, Activity],
) -> None:
    """Traps 5, 6 and 7: U+0092, U+0001, tab, non-breaking space, padding."""
    row = activities_by_family["D’ORVAL"]
    assert row["given"] == "Jean Marie"
    assert row["address"]["line"] == "12 Rue DE L’EGLISE"
    assert row["place_name"] == "CABINET DES PINS"


def test_a_replacement_character_of_the_source_is_kept_and_told(
    activities_by_family: dict[str, Activity], activities: list[Activity], quarantine: Quarantine
) -> None:
    """Trap 5: what was lost before publication cannot be guessed."""
    assert activities_by_family["CR\ufffdTIEN"]["line"] == 6
    assert quarantine.warned[Reason.LOST_CHARACTER] == 1


def test_spellings_of_nothing_are_absent(activities_by_family: dict[str, Activity]) -> None:
    """Trap 13: a dash, a dot, NULL, N/A and a database's null."""
    row = activities_by_family["SANSADRESSE"]
    assert not {"siret", "brand"} & set(row)
    assert "complement" not in row["address"]
    assert row["phones"] == ["+33474000001"]


def test_one_person_spelled_twice_keeps_one_identifier(
    activities_by_family: dict[str, Activity],
) -> None:
    """Traps 15 and 18: two spellings, two ranks of practice, one RPPS."""
    one, other = activities_by_family["LE GOFF-MARTIN"], activities_by_family["LE GOFF MARTIN"]
    assert one["idnps"] == other["idnps"]
    assert one["idnst"] != other["idnst"]


def test_an_adeli_row_has_its_town_in_the_sorting_office(
    activities_by_family: dict[str, Activity],
) -> None:
    """Traps 16, 37, 39 and 44: no RPPS, no commune, ``025``, street type inside the label."""
    row = activities_by_family["ANCIENNE"]
    assert (row["idnps"], row["adeli"]) == ("0259300017", "259300017")
    assert "rpps" not in row
    assert row["idnst"] == "0259300017"
    assert row["department"] == "25"
    assert row["address"] == {
        "line": "4B R DENIS PAPIN",
        "postal_code": "25300",
        "city": "DOUBS",
    }


def test_a_wrong_control_digit_warns_and_keeps_the_row(
    activities_by_family: dict[str, Activity], activities: list[Activity], quarantine: Quarantine
) -> None:
    """Trap 21: the published example 10107582544 fails its Luhn key."""
    assert activities_by_family["CLEFAUSSE"]["rpps"] == "10107582544"
    assert quarantine.warned[Reason.KEY_CHECK_FAILED] == 1
    assert quarantine.samples[Reason.KEY_CHECK_FAILED][0].raw == "810107582544"


def test_the_letter_of_a_structure_becomes_its_digit(
    activities_by_family: dict[str, Activity],
) -> None:
    """Trap 22: F010000024 is 1010000024, R.. is 4.., C + SIRET is 3.., C + ADELI is 0.."""
    row = activities_by_family["SALARIE"]
    assert (row["structure_id"], row["idnst"]) == ("F010000024", "1010000024")
    assert (row["finess"], row["legal_finess"]) == ("010000024", "010780054")
    assert (
        activities_by_family["SOCIETE"]["idnst"] == "3" + activities_by_family["SOCIETE"]["siret"]
    )


def test_a_legal_entity_in_the_column_of_the_site_is_told(
    activities_by_family: dict[str, Activity], activities: list[Activity], quarantine: Quarantine
) -> None:
    """Trap 23."""
    assert (
        activities_by_family["JURIDIQUE"]["finess"]
        == activities_by_family["JURIDIQUE"]["legal_finess"]
    )
    assert (
        quarantine.samples[Reason.LEGAL_FINESS_AS_SITE][0].line
        == activities_by_family["JURIDIQUE"]["line"]
    )


def test_one_siret_in_two_towns_keeps_each_address(activities: list[Activity]) -> None:
    """Trap 24."""
    rows = [row for row in activities if row["family"] == "SOCIETE"]
    assert len({row["siret"] for row in rows}) == 1
    assert [row["address"]["insee"] for row in rows] == ["01053", "69383"]


def test_the_three_codes_of_general_practice_are_read(activities: list[Activity]) -> None:
    """Trap 27: SM26, SM53 and SM54, and a second exercise as emergency doctor."""
    skills = {row["family"]: [] for row in activities}
    for row in activities:
        skills[row["family"]].append(row.get("skill"))
    assert skills["QUALIFIE"] == ["SM26"]
    assert skills["SPECIALISTE"] == ["SM53", "SM59"]
    assert skills["PLAINFIELD"] == ["SM54"]


def test_two_professions_of_one_person_are_two_rows(activities: list[Activity]) -> None:
    """Trap 28; without a civility of exercise the general one is taken."""
    rows = [row for row in activities if row["family"] == "DOUBLE"]
    assert [row["profession"] for row in rows] == ["60", "71"]
    assert len({row["idnps"] for row in rows}) == 1
    assert {row["civility"] for row in rows} == {"MME"}


def test_an_sos_doctor_is_at_every_point(activities: list[Activity]) -> None:
    """Trap 33."""
    rows = [row for row in activities if row["family"] == "URGENT"]
    assert [row["address"]["city"] for row in rows] == ["Bordeaux", "Mérignac"]
    assert all(activity_exclusion_reason(row) is None for row in rows)


def test_phone_columns_are_read_into_numbers_and_emails(
    activities_by_family: dict[str, Activity], activities: list[Activity], quarantine: Quarantine
) -> None:
    """Traps 56 and 57."""
    assert activities_by_family["DEUXLIGNES"]["phones"] == ["+33474000001", "+33474000002"]
    assert activities_by_family["DEUXLIGNES"]["email"] == "accueil@cabinet-exemple.fr"
    assert activities_by_family["PLUS"]["phones"] == ["+33474000003"]
    assert activities_by_family["PLUS"]["email"] == "contact@cabinet-exemple.fr"
    assert "phones" not in activities_by_family["BAVARD"]
    assert quarantine.samples[Reason.PHONE_DROPPED][0].raw == "voir le secrétariat"


def test_spreadsheet_damage_is_mended_or_dropped(
    activities_by_family: dict[str, Activity], activities: list[Activity], quarantine: Quarantine
) -> None:
    """Trap 14: ``2,601E+13``, and zeros eaten at the head of codes and numbers."""
    row = activities_by_family["TABLEUR"]
    assert "siret" not in row
    assert quarantine.samples[Reason.IDENTIFIER_DROPPED][0].raw == "siret 2,601E+13"
    assert row["finess"] == "010000024"
    assert (row["address"]["postal_code"], row["address"]["insee"]) == ("01000", "01004")
    assert row["phones"] == ["+33474000005"]
    assert row["department"] == "01"


def test_an_address_abroad_is_kept_as_written(activities_by_family: dict[str, Activity]) -> None:
    """Trap 42: ``GL 5O 2QJ CHELTENHAM``."""
    assert activities_by_family["MANCHE"]["address"] == {
        "line": "GL 5O 2QJ CHELTENHAM",
        "postal_code": "GL",
        "country": "99132",
    }
    assert all(
        "country" not in row.get("address", {})
        for row in activities_by_family.values()
        if row["family"] != "MANCHE"
    )


def test_island_and_corsican_codes(activities_by_family: dict[str, Activity]) -> None:
    """Traps 39 and 40."""
    assert activities_by_family["ILES"]["address"]["insee"] == "97801"
    assert activities_by_family["ILES"]["phones"] == ["+590590000006"]
    corsican = activities_by_family["INSULAIRE"]
    assert (corsican["department"], corsican["address"]["insee"]) == ("2A", "2A004")
    assert corsican["address"]["line"] == "12 B Rue DES GLYCINES"


def test_the_national_identifier_is_rebuilt_from_its_parts(
    activities_by_family: dict[str, Activity],
) -> None:
    assert activities_by_family["SANSNATIONAL"]["idnps"] == "810100000339"


@pytest.mark.parametrize(
    ("family", "reason"),
    [
        ("PLAINFIELD", None),
        ("SALARIE", None),
        ("GUILLEMET", None),
        ("GALON", Reason.MILITARY),
        ("INTERNE", Reason.STUDENT),
        ("INCONNU", Reason.PROFESSION_UNKNOWN),
        ("EXPERT", Reason.OTHER_ACTIVITY),
        ("FACTURE", Reason.BILLING_PLACE),
        ("DISTANCE", Reason.TELECONSULTATION),
        ("ECRAN", Reason.TELECONSULTATION),
        ("RETRAITE", Reason.NO_STRUCTURE),
        ("MANCHE", Reason.ABROAD),
    ],
)
def test_what_the_sas_lists(
    activities_by_family: dict[str, Activity], family: str, reason: Reason | None
) -> None:
    """Traps 25, 31 and 32, and the other conditions of what is shown."""
    assert activity_exclusion_reason(activities_by_family[family]) is reason


def test_the_date_of_the_file_is_in_its_name() -> None:
    assert source_date(FILE) == date(2026, 10, 8)
    assert source_date(Path("activites.txt")) is None
    assert source_date(Path("PS_LibreAcces_Personne_activite_202613450912.txt")) is None
