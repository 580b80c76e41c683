"""Professionals and structures by national identifier, however it was written."""

import pytest

from slots.fhir.identity import RequestedIdError, parse_requested_ids
from tests.slots.bundles import (
    MARCEL,
    PS,
    SLOT1,
    SLOT3,
    THOMAS,
    Json,
    change_resource,
    first,
    only,
    rejection_reasons,
)

PERSON2 = "Practitioner/ExamplePractitioner2"
ROLE2 = "PractitionerRole/ExamplePractitionerRoleAgregateur2"
OID = "urn:oid:1.2.250.1.71.4.2.1"
IDNPS = {
    "coding": [{"system": "http://interopsante.org/fhir/CodeSystem/fr-v2-0203", "code": "IDNPS"}]
}
INTRN = {
    "coding": [{"system": "http://interopsante.org/fhir/CodeSystem/fr-v2-0203", "code": "INTRN"}]
}
ADELI = "0471234567"


def with_ids(*identifiers: object) -> Json:
    """The example's first slot, its professional known by these identifiers."""

    def write(person: Json) -> None:
        person["identifier"] = list(identifiers)

    return change_resource(only(PS.bundle(), SLOT1), PERSON2, write)


@pytest.mark.proves("E29", "C37")
@pytest.mark.parametrize(
    "identifier",
    [
        {"system": OID, "value": "10100050075"},
        {"system": OID, "value": "8 101 000 500 75"},
        {"system": OID, "value": "8.10100050075"},
        {"system": OID, "value": " 810100050075 "},
        {"system": "urn:oid: 1.2.250.1.71.4.2.1", "value": THOMAS},
        {"system": "https://rpps.esante.gouv.fr", "value": "10100050075"},
        {"system": "1.2.250.1.71.4.2.1", "value": THOMAS},
        {"system": "URN:OID:1.2.250.1.71.4.2.1", "value": THOMAS},
        {"type": INTRN, "system": OID, "value": THOMAS},
        {"type": IDNPS, "value": THOMAS},
        {"type": {"coding": [{"code": "RPPS"}]}, "system": "https://autre.fr", "value": THOMAS},
        {"value": THOMAS},
        {"value": 10100050075},
    ],
)
def test_a_professional_however_the_rpps_is_written(identifier: Json) -> None:
    assert first(PS.parse(with_ids(identifier)))["practitioner"]["idnps"] == THOMAS


@pytest.mark.proves("E29", "C37")
def test_internal_identifiers_first_are_passed_over() -> None:
    internal = {"type": INTRN, "system": "https://editeur.fr", "value": "10009999999"}
    local = {"system": "https://editeur.fr/praticiens", "value": "10009999998"}
    bundle = with_ids(internal, local, {"type": IDNPS, "system": OID, "value": THOMAS})
    assert first(PS.parse(bundle))["practitioner"]["idnps"] == THOMAS
    assert rejection_reasons(PS.parse(with_ids(internal), requested_ids=["10009999999"])) == {
        "ExampleSlotPSIndiv1": "no_practitioner_id"
    }


@pytest.mark.proves("E29", "C37")
def test_of_several_national_identifiers_the_asked_one_is_kept() -> None:
    bundle = with_ids({"system": OID, "value": ADELI}, {"system": OID, "value": THOMAS})
    assert first(PS.parse(bundle, requested_ids=[THOMAS]))["practitioner"]["idnps"] == THOMAS
    assert first(PS.parse(bundle, requested_ids=["471234567"]))["practitioner"]["idnps"] == ADELI
    assert first(PS.parse(bundle, requested_ids=None))["practitioner"]["idnps"] == THOMAS


@pytest.mark.proves("E29", "C37")
@pytest.mark.parametrize("value", [ADELI, "471234567", "47 1234567"])
def test_an_adeli_gets_its_prefix(value: str) -> None:
    slot = first(PS.parse(with_ids({"system": OID, "value": value}), requested_ids=[ADELI]))
    assert slot["practitioner"]["idnps"] == ADELI


@pytest.mark.proves("E29", "C50")
@pytest.mark.parametrize(
    "identifiers", [[], [None], [{"system": OID}], [{"system": OID, "value": "?"}]]
)
def test_a_professional_without_national_id_loses_only_his_slots(identifiers: list[object]) -> None:
    def write(person: Json) -> None:
        person["identifier"] = identifiers

    answer = PS.parse(change_resource(PS.bundle(), PERSON2, write))
    assert set(rejection_reasons(answer).values()) == {"no_practitioner_id"}
    assert {slot["practitioner"]["idnps"] for slot in answer.slots} == {MARCEL}


@pytest.mark.proves("E15", "C49")
def test_another_professional_than_asked_is_refused() -> None:
    answer = PS.parse(with_ids({"system": OID, "value": "810100050083"}))
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv1": "not_asked"}


@pytest.mark.proves("E30", "C38", "C44")
@pytest.mark.parametrize(
    ("identifier", "idnst", "kind"),
    [
        ({"value": "1810004421"}, "1810004421", "FINESS"),
        ({"value": "810004421"}, "1810004421", "FINESS"),
        ({"value": "12A0000123"}, "12A0000123", "FINESS"),
        ({"value": "2b0000123"}, "12B0000123", "FINESS"),
        ({"value": "1 81 000 4421"}, "1810004421", "FINESS"),
        ({"value": 1810004421}, "1810004421", "FINESS"),
        ({"value": "334173748400020"}, "334173748400020", "SIRET"),
        ({"value": "34173748400020"}, "334173748400020", "SIRET"),
        ({"system": "http://sirene.fr", "value": "12345678901234"}, "312345678901234", "SIRET"),
        (
            {"system": "http://finess.sante.gouv.fr", "value": "810004421"},
            "1810004421",
            "FINESS",
        ),
        ({"system": "1.2.250.1.71.4.2.2", "value": "1810004421"}, "1810004421", "FINESS"),
        ({"value": "410100050075001"}, "410100050075001", "RPPS_RANG"),
        ({"value": "047123456700"}, "047123456700", "ADELI_RANG"),
        ({"system": "urn:oid: 1.2.250.1.71.4.2.2", "value": "1810004421"}, "1810004421", "FINESS"),
        (
            {
                "type": {
                    "coding": [{"system": "https://hl7.fr/fr-core-vs-v2-0203", "code": "IDNST"}]
                },
                "value": "1810004421",
            },
            "1810004421",
            "FINESS",
        ),
    ],
)
def test_structure_ids_and_their_kind(identifier: Json, idnst: str, kind: str) -> None:
    assert structure(identifier) == {"idnst": idnst, "kind": kind}


@pytest.mark.proves("E30")
@pytest.mark.parametrize(
    "identifier",
    [
        None,
        {},
        {"value": ""},
        {"value": "cabinet 3"},
        {"value": "9810004421"},
        {"system": "https://editeur.fr", "value": "1810004421"},
        {"type": INTRN, "system": "https://editeur.fr", "value": "1810004421"},
    ],
)
def test_what_is_no_structure_id_is_left_out(identifier: Json | None) -> None:
    assert structure(identifier) is None


def structure(identifier: Json | None) -> Json | None:
    """The structure of the first slot whose role has this organization identifier."""

    def write(role: Json) -> None:
        role["organization"] = {"identifier": identifier}

    slot = first(PS.parse(change_resource(only(PS.bundle(), SLOT1), ROLE2, write)))
    assert slot["place"]["postal_code"] == "47000"
    return slot.get("structure")


@pytest.mark.proves("C39")
@pytest.mark.parametrize(
    ("role", "location", "expected"),
    [
        ([{"system": "phone", "value": "+33102030405"}], [], "+33102030405"),
        ([], [{"system": "phone", "value": "+33102030405"}], "+33102030405"),
        ([{"system": "phone", "value": ""}], [{"system": "Phone", "value": "0102"}], "0102"),
        ([{"system": "email", "value": "a@b.fr"}, {"system": "phone", "value": 102}], [], "102"),
        ([{"system": "phone", "use": "old", "value": "1"}], [], None),
        (None, None, None),
    ],
)
def test_the_phone_is_of_the_role_else_of_the_location(
    role: object, location: object, expected: str | None
) -> None:
    def write(found: Json) -> None:
        found["telecom"] = role
        found["contained"][0]["telecom"] = location

    slot = first(
        PS.parse(
            change_resource(
                only(PS.bundle(), SLOT3),
                "PractitionerRole/ExamplePractitionerRoleAgregateur4",
                write,
            )
        )
    )
    assert slot.get("phone") == expected


@pytest.mark.parametrize(
    ("ids", "flow", "expected"),
    [
        (["10100050075", THOMAS], "R01", {THOMAS}),
        ([f"{OID}|{THOMAS}"], "R04", {THOMAS}),
        (["34173748400020"], "SOS1", {"334173748400020"}),
        (["334173748400020"], "SOS1", {"334173748400020"}),
    ],
)
def test_asked_ids_with_or_without_prefix(ids: list[str], flow: str, expected: set[str]) -> None:
    assert parse_requested_ids(ids, flow) == expected


@pytest.mark.parametrize(
    ("value", "flow"), [("34173748400020", "R01"), ("abc", "R04"), (THOMAS, "SOS1")]
)
def test_an_asked_id_of_the_wrong_kind_is_named(value: str, flow: str) -> None:
    with pytest.raises(RequestedIdError, match=value):
        parse_requested_ids([value], flow)
