"""Occurrences of rules: both clock changes, zones overseas, exceptions, stable names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.agenda.days import find_first_span, find_instant
from mappings.agenda.formats import AgendaSlotFormat
from mappings.instants import utc_text
from records.agenda.occurrences import (
    OccurrenceKey,
    find_occurrence,
    format_occurrence_id,
    list_occurrences,
    parse_occurrence_id,
)
from tests.records.agenda.rules import FIRST_ID, SECOND_ID, build_slot, build_weekly

YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def list_spans(*slots: AgendaSlotFormat, period: tuple[datetime, datetime] = YEAR) -> list[str]:
    found = list_occurrences(slots, *period)
    return [f"{utc_text(one.start)[:16]}/{utc_text(one.end)[11:16]}" for one in found]


@pytest.mark.proves("W16", "F076", "F105")
@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("Europe/Paris", {"07:00", "06:00"}),
        ("America/Miquelon", {"11:00", "10:00"}),
        ("Indian/Reunion", {"04:00"}),
        ("America/Cayenne", {"11:00"}),
        ("Pacific/Marquesas", {"17:30"}),
    ],
)
def test_eight_o_clock_is_eight_o_clock_all_year(zone: str, hours: set[str]) -> None:
    slot = build_weekly(day="2026-01-01", timezone=zone)
    found = list_occurrences([slot], *YEAR)
    local = {one.start.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") for one in found}
    assert local == {"Mon 08:00"}
    assert len(found) == 52
    assert {f"{one.start:%H:%M}" for one in found} == hours


@pytest.mark.proves("W16")
@pytest.mark.parametrize(
    ("hours", "span"),
    [
        (("01:00", "04:00"), ["2026-03-29T00:00/02:00"]),
        (("02:00", "03:30"), ["2026-03-29T01:00/01:30"]),
        (("02:15", "03:30"), ["2026-03-29T01:00/01:30"]),
        (("01:00", "02:30"), ["2026-03-29T00:00/01:00"]),
        (("02:00", "03:00"), []),
        (("02:15", "02:45"), []),
        (("03:00", "03:30"), ["2026-03-29T01:00/01:30"]),
        (("23:00", "24:00"), ["2026-03-29T21:00/22:00"]),
    ],
)
def test_the_hour_that_does_not_exist(hours: tuple[str, str], span: list[str]) -> None:
    assert list_spans(build_slot(day="2026-03-29", start=hours[0], end=hours[1])) == span


@pytest.mark.proves("W16")
@pytest.mark.parametrize(
    ("hours", "span"),
    [
        (("02:00", "02:30"), "2026-10-25T00:00/00:30"),
        (("02:30", "03:00"), "2026-10-25T00:30/02:00"),
        (("01:00", "04:00"), "2026-10-24T23:00/03:00"),
        (("03:00", "03:30"), "2026-10-25T02:00/02:30"),
    ],
)
def test_the_hour_that_comes_twice_is_the_first(hours: tuple[str, str], span: str) -> None:
    assert list_spans(build_slot(day="2026-10-25", start=hours[0], end=hours[1])) == [span]


def test_the_leap_of_another_zone_is_found_to_the_minute() -> None:
    """Saint-Pierre-et-Miquelon leaps from 02:00 to 03:00 on 8 March, at 05:00 UTC."""
    for clock in ("02:00", "02:15", "02:59", "03:00"):
        at = find_instant(date(2026, 3, 8), clock, "America/Miquelon")
        assert at == datetime(2026, 3, 8, 5, tzinfo=UTC)


QUARTERS = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")


@pytest.mark.proves("W16")
@given(
    day=st.sampled_from(
        [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]
    ),
    clocks=st.tuples(QUARTERS, QUARTERS),
    zone=st.sampled_from(["Europe/Paris", "America/Miquelon"]),
)
def test_the_order_of_hours_is_the_order_of_instants(
    day: date, clocks: tuple[str, str], zone: str
) -> None:
    early, late = sorted(clocks)
    first, second = (find_instant(day, clock, zone) for clock in (early, late))
    assert first <= second


@pytest.mark.proves("F105", "F108")
def test_a_weekly_slot_keeps_to_its_days_its_last_day_and_its_exceptions() -> None:
    slot = build_weekly("fri", "mon", until="2026-12-14", exceptions=["2026-12-07"])
    assert slot.weekdays == ["mon", "fri"]
    assert [span[:10] for span in list_spans(slot)] == [
        "2026-11-30",
        "2026-12-04",
        "2026-12-11",
        "2026-12-14",
    ]
    assert list_spans(build_slot(exceptions=["2026-11-30"])) == []


def test_the_bounds_of_a_period_are_instants() -> None:
    slot = build_weekly()
    eight = datetime(2026, 11, 30, 7, tzinfo=UTC)
    a_week = timedelta(days=7)
    assert len(list_occurrences([slot], eight, eight + a_week)) == 1
    assert len(list_occurrences([slot], eight, eight + a_week + timedelta(seconds=1))) == 2
    assert list_occurrences([slot], eight + timedelta(seconds=1), eight + a_week) == []


def test_an_occurrence_has_a_name_for_ever() -> None:
    weekly, once = build_weekly(seats=3), build_slot(id=SECOND_ID, start="14:00", end="15:00")
    first, second = list_occurrences([once, weekly], *YEAR)[:2]
    assert format_occurrence_id(first.key) == f"{FIRST_ID}@2026-11-30T07:00:00Z"
    for one in (first, second):
        assert parse_occurrence_id(format_occurrence_id(one.key)) == one.key
        assert find_occurrence(one.slot, one.start) == one
        assert find_occurrence(one.slot, one.start + timedelta(minutes=15)) is None
    for wrong in ("", FIRST_ID, f"@{utc_text(first.start)}", f"{FIRST_ID}@2026-11-30T08:00:00"):
        with pytest.raises(ValueError, match="instant"):
            parse_occurrence_id(wrong)


@pytest.mark.parametrize(
    ("seats", "taken", "left"), [(None, 0, 1), (None, 1, 0), (4, 1, 3), (4, 4, 0), (4, 9, 0)]
)
def test_seats_taken_lower_those_of_one_occurrence(
    seats: int | None, taken: int, left: int
) -> None:
    slot = build_weekly(seats=seats)
    first = list_occurrences([slot], *YEAR)[0]
    key = OccurrenceKey(slot.id, first.start)
    found = list_occurrences([slot], *YEAR, {key: taken})
    assert found[0].seats_left == left
    assert {one.seats_left for one in found[1:]} == {seats or 1}


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ({}, "2026-11-30"),
        ({"exceptions": ["2026-11-30", "2026-12-07"]}, "2026-12-14"),
        ({"until": "2026-12-06", "exceptions": ["2026-11-30"]}, None),
        (
            {"day": "2027-03-28", "start": "02:00", "end": "03:00", "weekdays": ["sun"]},
            "2027-04-04",
        ),
    ],
)
def test_the_first_occurrence_of_a_rule(values: dict[str, Any], first: str | None) -> None:
    found = find_first_span(build_weekly(**values), YEAR[0])
    assert (found and utc_text(found[0])[:10]) == first
