"""SOS Médecins: places and associations in every form of E37 and E38."""

import pytest

from tests.slots.bundles import (
    GONE,
    LORIENT,
    RENNES,
    SOS,
    SOS_SLOT,
    Json,
    copy_resource,
    edit_resource,
    entry,
    first,
    only,
    plus,
    rejection_reasons,
    slot_ids,
    without,
)

PLACE = "Location/1111111111"
RENNES_ORGA = "Organization/ExampleOrgaSOS1"
TYPES = "http://interopsante.org/fhir/CodeSystem/fr-location-identifier-type"
OID = "urn:oid:1.2.250.1.71.4.2.2"


def one() -> Json:
    """The example with its first slot only."""
    return only(SOS.bundle(), SOS_SLOT)


def build_identifier(code: str, system: str, value: str) -> Json:
    """A typed identifier."""
    return {"type": {"coding": [{"system": TYPES, "code": code}]}, "system": system, "value": value}


@pytest.mark.proves("E37", "C46")
@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        ([build_identifier("INTRN", "https://editeur.com", "p-1")], ["p-1"]),
        ([build_identifier("IDNST", OID, "1350001234")], ["1350001234"]),
        ([build_identifier("IDNST", OID, "350001234")], ["1350001234"]),
        (
            [
                build_identifier("INTRN", "https://editeur.com", "p-1"),
                build_identifier("IDNST", OID, "1350001234"),
            ],
            ["p-1", "1350001234"],
        ),
        ([build_identifier("INTRN", "a", "1"), build_identifier("INTRN", "b", "2")], ["1", "2"]),
        ([{"value": 12}], ["12"]),
        ([], None),
        (None, None),
    ],
)
def test_the_identifiers_of_a_place(identifiers: object, expected: list[str] | None) -> None:
    place = first(SOS.parse(edit_resource(one(), PLACE, identifier=identifiers)))["place"]
    assert place.get("identifiers") == expected


@pytest.mark.proves("E37")
def test_an_association_by_identifier_only() -> None:
    reference = {"identifier": {"system": OID, "value": RENNES}, "display": "SOS Rennes"}
    bundle = without(edit_resource(one(), PLACE, managingOrganization=reference), RENNES_ORGA)
    assert first(SOS.parse(bundle))["sos"] == {"siret": RENNES, "name": "SOS Rennes"}


@pytest.mark.proves("E37", "C50")
@pytest.mark.parametrize(
    "reference", [GONE, None, {}, {"reference": "Organization/absent"}, {"display": "SOS"}]
)
def test_a_place_of_no_association_loses_only_its_slots(reference: object) -> None:
    answer = SOS.parse(edit_resource(SOS.bundle(), PLACE, managingOrganization=reference))
    assert rejection_reasons(answer) == {"ExampleSlotSOS1": "no_association"}
    assert len(answer.slots) == 3


@pytest.mark.proves("E15", "C49")
def test_an_association_that_was_not_asked_for_is_refused() -> None:
    answer = SOS.parse(SOS.bundle(), requested_ids=["92080466300010"])
    assert {slot["sos"]["siret"] for slot in answer.slots} == {LORIENT}
    assert set(rejection_reasons(answer).values()) == {"not_asked"}


@pytest.mark.proves("E38")
def test_an_asked_association_that_is_absent_is_no_error() -> None:
    answer = SOS.parse(SOS.bundle(), requested_ids=["384173748400027"])
    assert answer.slots == []
    assert len(answer.rejected) == 4


@pytest.mark.proves("C45")
@pytest.mark.parametrize("siret", ["34173748400020", "3 34173748400020", "3341 7374 8400 020"])
def test_the_siret_of_an_association_however_written(siret: str) -> None:
    bundle = edit_resource(one(), RENNES_ORGA, identifier=[{"system": OID, "value": siret}])
    assert first(SOS.parse(bundle))["sos"]["siret"] == RENNES


@pytest.mark.proves("C45")
@pytest.mark.parametrize("system", ["https://sirene.fr", "https://editeur.fr"])
def test_the_siret_that_was_asked_for_under_any_system(system: str) -> None:
    bundle = edit_resource(one(), RENNES_ORGA, identifier=[{"system": system, "value": RENNES}])
    assert first(SOS.parse(bundle))["sos"]["siret"] == RENNES
    stranger = edit_resource(
        one(), RENNES_ORGA, identifier=[{"system": "https://x.fr", "value": RENNES}]
    )
    assert rejection_reasons(SOS.parse(stranger, requested_ids=[LORIENT])) == {
        "ExampleSlotSOS1": "no_association"
    }


@pytest.mark.proves("C45")
def test_the_phone_of_a_place_else_of_its_association() -> None:
    phones = [{"system": "phone", "value": "+33299000000"}]
    bundle = edit_resource(edit_resource(one(), PLACE, telecom=GONE), RENNES_ORGA, telecom=phones)
    assert first(SOS.parse(bundle))["phone"] == "+33299000000"


@pytest.mark.proves("C45")
def test_days_in_capitals_and_whole_days() -> None:
    hours = [{"daysOfWeek": ["MON", "Tue"], "allDay": True}, None, {}]
    place = first(SOS.parse(edit_resource(one(), PLACE, hoursOfOperation=hours)))["place"]
    assert place["hours"] == [{"daysOfWeek": ["mon", "tue"], "allDay": True}]


@pytest.mark.proves("C22", "E04")
def test_other_actors_of_a_schedule_are_passed_over() -> None:
    actors = [{"reference": "PractitionerRole/x"}, {"reference": PLACE}]
    assert slot_ids(SOS.parse(edit_resource(one(), "Schedule/ExampleScheduleSOS1", actor=actors)))


@pytest.mark.proves("E37")
def test_a_schedule_without_place_or_with_two_is_refused() -> None:
    schedule = "Schedule/ExampleScheduleSOS1"
    nowhere = SOS.parse(edit_resource(one(), schedule, actor=[]))
    assert rejection_reasons(nowhere) == {"ExampleSlotSOS1": "no_location"}
    both = [{"reference": PLACE}, {"reference": "Location/2222222222"}]
    two = SOS.parse(edit_resource(one(), schedule, actor=both))
    assert rejection_reasons(two) == {"ExampleSlotSOS1": "ambiguous_place"}


@pytest.mark.proves("E15")
def test_busy_slots_that_came_with_a_schedule_are_refused() -> None:
    busy = copy_resource(SOS.bundle(), SOS_SLOT, id="busy", status="busy")
    answer = SOS.parse(plus(SOS.bundle(), entry(busy)))
    assert rejection_reasons(answer) == {"busy": "not_free"}
    assert len(answer.slots) == 4
