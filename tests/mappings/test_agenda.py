"""Values of an agenda as exchanged, one by one, and slots at the same time."""

from typing import Any

import pytest
from pydantic import ValidationError

from mappings.agenda.formats import AgendaSlotFormat
from mappings.agenda.overlaps import find_overlap_day, list_overlaps
from tests.records.agenda.rules import build_slot, build_weekly


@pytest.mark.proves("F107")
@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"start": "25:00"}, "no_such_hour"),
        ({"start": "08:07"}, "no_such_hour"),
        ({"start": "8:00"}, "no_such_hour"),
        ({"start": "٠٨:00"}, "no_such_hour"),
        ({"end": "24:15"}, "no_such_hour"),
        ({"end": "08:00"}, "hours_in_disorder"),
        ({"start": "23:59", "end": "24:00"}, "hours_in_disorder"),
        ({"day": "2026-02-31"}, "date_from_datetime_parsing"),
        ({"weekdays": ["lundi"]}, "literal_error"),
        ({"weekdays": ["mon"], "until": "2026-11-29"}, "days_in_disorder"),
        ({"until": "2026-12-29"}, "days_in_disorder"),
        ({"consultation": []}, "too_short"),
        ({"consultation": ["physical"]}, "literal_error"),
        ({"seats": 0}, "greater_than_equal"),
        ({"types": ["CPTS"]}, "literal_error"),
        ({"timezone": "Europe/Mende"}, "no_such_zone"),
        ({"idnst": "1"}, "string_pattern_mismatch"),
        ({"room": "2"}, "extra_forbidden"),
    ],
)
def test_a_value_that_nothing_can_mean_is_refused(values: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as refused:
        build_slot(**values)
    assert [error["type"] for error in refused.value.errors()] == [fault]


@pytest.mark.parametrize("end", ["23:45", "23:59", "24:00"])
def test_a_day_ends_at_its_last_minute_or_at_midnight(end: str) -> None:
    assert build_slot(end=end).end == end


WEEKLY = build_weekly()


@pytest.mark.proves("F107")
@pytest.mark.parametrize(
    ("other", "day"),
    [
        (build_slot(start="11:45", end="13:00"), "2026-11-30"),
        (build_slot(start="12:00", end="13:00"), None),
        (build_slot(start="07:00", end="08:00"), None),
        (build_slot(day="2031-06-02"), "2031-06-02"),
        (build_slot(day="2031-06-03"), None),
        (build_weekly("tue", "wed"), None),
        (build_weekly("tue", "mon", day="2027-01-05"), "2027-01-11"),
        (build_weekly("mon", exceptions=["2026-11-30", "2026-12-07"]), "2026-12-14"),
        (build_weekly(until="2026-12-07", exceptions=["2026-11-30", "2026-12-07"]), None),
        (build_slot(timezone="Indian/Reunion", start="15:00", end="16:00"), None),
        (build_slot(timezone="Indian/Reunion", start="14:45", end="16:00"), "2026-11-30"),
        (build_weekly(timezone="Indian/Reunion", start="14:00", end="15:00"), "2026-11-30"),
        (build_weekly(timezone="Indian/Reunion", start="10:00", end="11:00"), "2027-03-29"),
        (build_weekly("tue", timezone="Pacific/Noumea", start="00:00", end="01:00"), None),
    ],
)
def test_two_slots_at_the_same_time(other: AgendaSlotFormat, day: str | None) -> None:
    met = find_overlap_day(WEEKLY, other)
    assert (met and met.isoformat()) == day
    assert (find_overlap_day(other, WEEKLY) is None) == (day is None)


def test_every_pair_is_found_whatever_the_order() -> None:
    slots = [
        build_slot(id="00000000000000c3", day="2026-12-07"),
        WEEKLY,
        build_slot(id="00000000000000d4", day="2026-12-07", start="11:00"),
        build_slot(id="00000000000000e5", day="2026-12-08"),
    ]
    pairs = {frozenset((one.slot.id[-2:], one.other.id[-2:])) for one in list_overlaps(slots)}
    assert pairs == {frozenset(pair) for pair in (("a1", "c3"), ("a1", "d4"), ("c3", "d4"))}
