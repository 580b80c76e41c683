"""What a slot hangs on may be out of use, suspended, or outside its period."""

from typing import Any

import pytest

from tests.slots.bundles import (
    CPTS,
    CPTS_SLOT,
    FORET,
    GONE,
    PS,
    SLOT1,
    SOS,
    SOS_SLOT,
    GuideExample,
    Json,
    change_resource,
    copy_resource,
    edit_resource,
    entry,
    first,
    only,
    plus,
    rejection_reasons,
    resource,
    slot_ids,
)

BASE = "https://exemple.com/ans-sas/"
FALSE = [False, "false", "FALSE"]


def one_slot() -> Json:
    """The example with its first slot alone: 5 November 2021, 09:00 UTC, in Agen."""
    return only(PS.bundle(), SLOT1)


def reason(example: GuideExample, bundle: Json, now: str = "") -> str | None:
    """The reason of the only slot, None when it shows."""
    answer = example.parse(bundle, now=now)
    found = list(rejection_reasons(answer).values())
    assert len(found) + len(answer.slots) == 1
    return found[0] if found else None


def key(bundle: Json, kind: str) -> str:
    """``Type/id`` of the resource of a kind that the first slot of a bundle leads to."""
    slot = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Slot")
    schedule = resource(bundle, slot["schedule"]["reference"])
    if kind == "Schedule":
        return str(slot["schedule"]["reference"])
    names = [actor["reference"] for actor in schedule["actor"]]
    return next(name for name in names if name.startswith(f"{kind}/"))


@pytest.mark.parametrize("false", FALSE)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Schedule", "inactive_schedule"),
        ("Practitioner", "inactive_practitioner"),
        ("PractitionerRole", "inactive_role"),
    ],
)
def test_what_is_out_of_use_gives_no_slot(kind: str, expected: str, false: object) -> None:
    bundle = one_slot()
    assert reason(PS, edit_resource(bundle, key(bundle, kind), active=false)) == expected


@pytest.mark.parametrize("kind", ["Schedule", "Practitioner", "PractitionerRole"])
@pytest.mark.parametrize("written", [True, None, "true", "", 0, [], {}, GONE, "no"])
def test_what_does_not_say_so_is_in_use(kind: str, written: object) -> None:
    bundle = one_slot()
    assert reason(PS, edit_resource(bundle, key(bundle, kind), active=written)) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("suspended", "suspended_location"),
        ("inactive", "inactive_location"),
        ("INACTIVE", "inactive_location"),
        ("active", None),
        ("open", None),
        (None, None),
    ],
)
def test_the_status_of_a_place(status: object, expected: str | None) -> None:
    bundle = one_slot()
    role = key(bundle, "PractitionerRole")
    closed = change_resource(bundle, role, lambda r: r["contained"][0].update(status=status))
    assert reason(PS, closed) == expected
    sos = only(SOS.bundle(), SOS_SLOT)
    assert reason(SOS, edit_resource(sos, key(sos, "Location"), status=status)) == expected


def test_a_bundled_place_out_of_use() -> None:
    bundle = one_slot()
    role = key(bundle, "PractitionerRole")
    place = {**resource(bundle, role)["contained"][0], "id": "L1", "status": "suspended"}
    bundle = edit_resource(bundle, role, contained=GONE, location=[{"reference": "Location/L1"}])
    assert reason(PS, plus(bundle, entry(place))) == "suspended_location"


def test_an_association_out_of_use() -> None:
    bundle = only(SOS.bundle(), SOS_SLOT)
    place = resource(bundle, key(bundle, "Location"))
    organization = place["managingOrganization"]["reference"]
    closed = edit_resource(bundle, organization, active=False)
    assert reason(SOS, closed) == "inactive_organization"
    assert reason(SOS, edit_resource(bundle, key(bundle, "Schedule"), active=False)) == (
        "inactive_schedule"
    )


def test_the_structure_and_the_service_of_a_role_out_of_use() -> None:
    bundle = one_slot()
    role = key(bundle, "PractitionerRole")
    away = {"resourceType": "Organization", "id": "O1", "active": False}
    closed = edit_resource(bundle, role, organization={"reference": "Organization/O1"})
    assert reason(PS, plus(closed, entry(away))) == "inactive_organization"
    service = {"resourceType": "HealthcareService", "id": "H1", "active": False}
    closed = edit_resource(bundle, role, healthcareService=[{"reference": "HealthcareService/H1"}])
    assert reason(PS, plus(closed, entry(service))) == "inactive_service"
    assert reason(PS, closed) is None


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ({"resourceType": "HealthcareService", "id": "X", "active": False}, "inactive_service"),
        ({"resourceType": "Location", "id": "X", "status": "suspended"}, "suspended_location"),
        ({"resourceType": "HealthcareService", "id": "X", "active": True}, None),
    ],
)
def test_a_service_or_a_place_among_the_actors(actor: Json, expected: str | None) -> None:
    bundle = one_slot()
    reference = {"reference": f"{actor['resourceType']}/X"}
    busy = change_resource(bundle, key(bundle, "Schedule"), lambda r: r["actor"].append(reference))
    assert reason(PS, plus(busy, entry(actor))) == expected


def test_of_two_roles_the_one_in_use_gives_the_place() -> None:
    bundle = one_slot()
    role = key(bundle, "PractitionerRole")
    closed = copy_resource(bundle, role, id="old", active=False)
    closed["contained"][0]["address"]["city"] = "Ailleurs"
    reference = {"reference": "PractitionerRole/old"}
    both = change_resource(
        bundle, key(bundle, "Schedule"), lambda r: r["actor"].insert(0, reference)
    )
    shown = first(PS.parse(plus(both, entry(closed))))
    assert shown["place"] == first(PS.parse(bundle))["place"]


def test_of_two_states_of_a_professional_the_one_out_of_use_counts() -> None:
    bundle = one_slot()
    for active in (False, True):
        other = copy_resource(bundle, key(bundle, "Practitioner"), active=active, name=[])
        found = reason(PS, plus(bundle, entry(other, f"{BASE}{key(bundle, 'Practitioner')}")))
        assert found == (None if active else "inactive_practitioner")


def test_out_of_use_hides_nobody_else() -> None:
    bundle = PS.bundle()
    refused = PS.parse(edit_resource(bundle, key(bundle, "Practitioner"), active=False))
    assert set(rejection_reasons(refused).values()) == {"inactive_practitioner"}
    assert slot_ids(refused) == ["ExampleSlotPSIndiv3", "ExampleSlotPSIndiv4"]


PERIODS: list[tuple[Any, bool]] = [
    ({"end": "2021-11-05"}, True),
    ({"end": "2021-11-04"}, False),
    ({"end": "2021-11"}, True),
    ({"end": "2021-10"}, False),
    ({"end": "2021"}, True),
    ({"end": "2020"}, False),
    ({"end": "2021-11-05T09:00:00Z"}, True),
    ({"end": "2021-11-05T09:59:59+01:00"}, False),
    ({"end": "2021-11-05T09:59"}, False),
    ({"end": "2021-11-05T10:00:00.000000000"}, True),
    ({"start": "2021-11-05"}, True),
    ({"start": "2021-11-06"}, False),
    ({"start": "2021-11-05T09:00:01Z"}, False),
    ({"start": "2022"}, False),
    ({"start": "2020-01-01", "end": "2020-12-31"}, False),
    ({"start": "2021-11-01", "end": "2021-11-30"}, True),
    ({"end": "9999-12-31"}, True),
    ({"start": "0001-01-01"}, True),
    ({"end": "soon"}, True),
    ({"end": None}, True),
    ({"end": 2020}, False),
    ({"end": ["2020"]}, True),
    ([{"end": "2020"}], False),
    ("2020", True),
    (None, True),
]
"""Periods of FHIR and whether they hold 5 November 2021 at 10:00 in Paris; both ends count."""


@pytest.mark.parametrize(("period", "holds"), PERIODS)
def test_the_period_of_a_role_and_the_horizon_of_a_schedule(period: object, holds: bool) -> None:
    bundle = one_slot()
    ended = edit_resource(bundle, key(bundle, "PractitionerRole"), period=period)
    assert reason(PS, ended) == (None if holds else "outside_role_period")
    past = edit_resource(bundle, key(bundle, "Schedule"), planningHorizon=period)
    assert reason(PS, past) == (None if holds else "outside_planning_horizon")


def test_a_day_is_that_of_the_place() -> None:
    """22:00 UTC of 5 November is the 6th in Paris, and still the 5th in Cayenne."""
    bundle = edit_resource(
        one_slot(), SLOT1, start="2021-11-05T23:30:00Z", end="2021-11-05T23:50:00Z"
    )
    role = key(bundle, "PractitionerRole")
    bundle = edit_resource(bundle, role, period={"end": "2021-11-05"})
    assert reason(PS, bundle) == "outside_role_period"
    overseas = change_resource(
        bundle, role, lambda r: r["contained"][0]["address"].update(postalCode="97300")
    )
    assert reason(PS, overseas) is None


def test_each_slot_of_a_schedule_is_held_to_its_horizon() -> None:
    bundle = PS.bundle()
    schedule = key(bundle, "Schedule")
    later = copy_resource(
        bundle, SLOT1, id="later", start="2021-11-06T09:00:00Z", end="2021-11-06T09:30:00Z"
    )
    horizon = {"start": "2021-11-05", "end": "2021-11-05"}
    cut = edit_resource(plus(bundle, entry(later)), schedule, planningHorizon=horizon)
    answer = PS.parse(cut)
    assert rejection_reasons(answer) == {"later": "outside_planning_horizon"}
    assert len(answer.slots) == 4


def test_of_two_roles_at_one_place_one_in_force_is_enough() -> None:
    bundle = one_slot()
    role = key(bundle, "PractitionerRole")
    bundle = edit_resource(bundle, role, period={"end": "2021-06-30"})
    renewed = copy_resource(bundle, role, id="new", period={"start": "2021-07-01"})
    both = change_resource(
        bundle,
        key(bundle, "Schedule"),
        lambda r: r["actor"].append({"reference": "PractitionerRole/new"}),
    )
    assert reason(PS, bundle) == "outside_role_period"
    assert reason(PS, plus(both, entry(renewed))) is None


@pytest.mark.parametrize("kind", ["HealthcareService", "Organization"])
def test_a_cpts_out_of_use_is_attributed_to_nobody(kind: str) -> None:
    """As one that is unknown (C43): the other types of the slot stay."""
    bundle = CPTS.bundle()
    name = next(
        e["resource"]["id"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind
    )
    closed = edit_resource(bundle, f"{kind}/{name}", active=False)
    answer = CPTS.parse(closed)
    assert first(answer)["types"] == ["PUBLIC"]
    assert "cpts" not in first(answer)
    assert answer.reports == {"inactive_cpts": 1}
    alone = change_resource(closed, CPTS_SLOT, lambda r: r["meta"]["security"].pop(0))
    assert rejection_reasons(CPTS.parse(alone)) == {"ExampleSlotCPTS1": "inactive_cpts"}


def test_somebody_else_s_life_cycle_is_not_read() -> None:
    """Who was not requested is refused as such."""
    bundle = one_slot()
    closed = edit_resource(bundle, key(bundle, "Practitioner"), active=False)
    assert rejection_reasons(PS.parse(closed, requested_ids=(FORET,))) == {
        "ExampleSlotPSIndiv1": "not_asked"
    }
