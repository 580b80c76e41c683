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
