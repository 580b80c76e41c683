"""Now to the end of the day after tomorrow, in the zone of the place."""

import pytest

from mappings.instants import parse_instant, utc_text
from slots.fhir.window import window_at, zone_of_postcode
from tests.slots.bundles import (
    PS,
    SLOT1,
    change_resource,
    edit_resource,
    only,
    rejection_reasons,
    slot_ids,
)

ROLE = "PractitionerRole/ExamplePractitionerRoleAgregateur2"


@pytest.mark.proves("F060", "F076")
@pytest.mark.parametrize(
    ("now", "zone", "end"),
    [
        ("2021-11-04T14:19:35Z", "Europe/Paris", "2021-11-06T23:00:00Z"),
        ("2021-11-04T23:30:00Z", "Europe/Paris", "2021-11-07T23:00:00Z"),
        ("2026-03-28T12:00:00Z", "Europe/Paris", "2026-03-30T22:00:00Z"),
        ("2026-10-24T12:00:00Z", "Europe/Paris", "2026-10-26T23:00:00Z"),
        ("2021-11-04T14:19:35Z", "Indian/Reunion", "2021-11-06T20:00:00Z"),
        ("2021-11-04T14:19:35Z", "America/Cayenne", "2021-11-07T03:00:00Z"),
        ("2021-11-04T02:00:00Z", "America/Cayenne", "2021-11-06T03:00:00Z"),
        ("2021-11-04T14:19:35Z", "Pacific/Noumea", "2021-11-07T13:00:00Z"),
    ],
)
def test_the_window_ends_at_midnight_of_the_place(now: str, zone: str, end: str) -> None:
    window = window_at(parse_instant(now), zone)
    assert utc_text(window.start) == now
    assert utc_text(window.end) == end


@pytest.mark.parametrize(
    ("postcode", "zone"),
    [
        ("47000", "Europe/Paris"),
        ("20000", "Europe/Paris"),
        ("97400", "Indian/Reunion"),
        ("97300", "America/Cayenne"),
        ("97500", "America/Miquelon"),
        ("98800", "Pacific/Noumea"),
        ("98000", "Europe/Paris"),
        ("", "Europe/Paris"),
    ],
)
def test_the_postcode_tells_the_zone(postcode: str, zone: str) -> None:
    assert zone_of_postcode(postcode) == zone


@pytest.mark.proves("E15", "C28", "F060", "F062")
@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2021-11-04T14:19:35+00:00", "2021-11-04T15:00:00+00:00", "past"),
        ("2021-11-04T14:19:36+00:00", "2021-11-04T15:00:00+00:00", None),
        ("2021-11-06T23:59:59+01:00", "2021-11-07T00:30:00+01:00", None),
        ("2021-11-07T00:00:00+01:00", "2021-11-07T00:30:00+01:00", "after_window"),
        ("2021-11-07T00:00:00+02:00", "2021-11-07T00:30:00+02:00", None),
    ],
)
def test_past_and_far_slots_are_refused(start: str, end: str, reason: str | None) -> None:
    answer = PS.parse(edit_resource(only(PS.bundle(), SLOT1), SLOT1, start=start, end=end))
    assert rejection_reasons(answer).get("ExampleSlotPSIndiv1") == reason
    assert len(answer.slots) == (reason is None)


@pytest.mark.proves("E15", "E36", "C28", "F060")
@pytest.mark.parametrize(
    ("postcode", "shown"), [("97300", True), ("47000", False), ("97400", False)]
)
def test_the_window_is_that_of_the_place(postcode: str, shown: bool) -> None:
    """23:30 in Cayenne on the last day is already the next day in Paris and in Réunion."""
    start, end = "2021-11-06T23:30:00-03:00", "2021-11-06T23:45:00-03:00"
    moved = edit_resource(only(PS.bundle(), SLOT1), SLOT1, start=start, end=end)

    def move(role: dict) -> None:  # type: ignore[type-arg]
        role["contained"][0]["address"]["postalCode"] = postcode

    answer = PS.parse(change_resource(moved, ROLE, move))
    assert bool(slot_ids(answer)) is shown
