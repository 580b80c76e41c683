"""A shifted clock cannot be refused slot by slot: it is counted, to watch each editor."""

import pytest

from mappings.instants import parse_instant
from slots.fhir.clock import clock_signs
from tests.slots.bundles import SOS, SOS_SLOT, edit_resource, only

HOURS = [{"daysOfWeek": ["fri", "sat"], "openingTime": "08:00:00", "closingTime": "19:00:00"}]


@pytest.mark.proves("E19")
@pytest.mark.parametrize(
    ("start", "zone", "hours", "signs"),
    [
        ("2023-08-18T09:00:00+02:00", "Europe/Paris", HOURS, []),
        ("2023-08-18T18:59:59+02:00", "Europe/Paris", HOURS, []),
        ("2023-08-18T19:00:00+02:00", "Europe/Paris", HOURS, ["outside_hours"]),
        ("2023-08-20T09:00:00+02:00", "Europe/Paris", HOURS, ["outside_hours"]),
        ("2023-08-18T09:00:00+02:00", "Europe/Paris", [], []),
        ("2023-08-18T22:00:00+02:00", "Europe/Paris", [], ["at_night"]),
        ("2023-08-18T22:00:00+02:00", "America/Cayenne", [], []),
        ("2023-08-18T09:00:00+00:00", "America/Cayenne", [{"allDay": True}], []),
        ("2023-08-18T08:00:00+00:00", "America/Cayenne", [{"allDay": True}], ["at_night"]),
        ("2023-08-18T09:00:00+02:00", "Europe/Paris", [{}], []),
    ],
)
def test_signs_of_a_wrong_clock(
    start: str, zone: str, hours: list[dict[str, object]], signs: list[str]
) -> None:
    assert clock_signs(parse_instant(start), zone, hours) == signs


@pytest.mark.proves("E19")
def test_local_time_labelled_utc_is_kept_as_written_and_counted() -> None:
    """18:00 in Rennes sent as 18:00+00:00 is 20:00 there, after closing time."""
    shifted = edit_resource(
        only(SOS.bundle(), SOS_SLOT),
        SOS_SLOT,
        start="2023-08-18T18:00:00.000+00:00",
        end="2023-08-18T18:30:00.000+00:00",
    )
    answer = SOS.parse(shifted)
    assert [slot["start"] for slot in answer.slots] == ["2023-08-18T18:00:00Z"]
    assert answer.reports == {"outside_hours": 1}


@pytest.mark.parametrize(
    ("start", "signs"),
    [
        ("2026-11-23T19:30:00Z", []),
        ("2026-11-23T23:30:00Z", ["at_night"]),
        ("2026-11-24T00:59:00Z", ["at_night"]),
        ("2026-11-24T01:00:00Z", ["at_night", "outside_hours"]),
        ("2026-11-23T18:30:00Z", ["outside_hours"]),
        ("2026-11-22T23:30:00Z", ["at_night", "outside_hours"]),
        ("2026-11-24T19:30:00Z", ["outside_hours"]),
    ],
)
def test_hours_over_midnight(start: str, signs: list[str]) -> None:
    """Monday 20:00 to 02:00 in Paris goes on on Tuesday."""
    hours = [{"daysOfWeek": ["mon"], "openingTime": "20:00:00", "closingTime": "02:00:00"}]
    assert clock_signs(parse_instant(start), "Europe/Paris", hours) == signs


@pytest.mark.parametrize("clock", ["00:00", "05:00", "12:00", "23:59"])
def test_midnight_to_midnight_is_the_whole_day(clock: str) -> None:
    hours = [{"daysOfWeek": ["mon"], "openingTime": "00:00:00", "closingTime": "00:00:00"}]
    found = clock_signs(parse_instant(f"2026-11-23T{clock}:00+01:00"), "Europe/Paris", hours)
    assert "outside_hours" not in found
