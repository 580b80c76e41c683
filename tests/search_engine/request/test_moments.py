"""Moments that a line names, as parts of the window, over days of clock change and overseas."""

from datetime import UTC, datetime

import pytest

from search_engine.request.moments import find_span, find_wish_end
from search_engine.request.window import build_window
from search_engine.understanding.meanings import read_meanings

TUESDAY = datetime(2026, 6, 16, 8, 5, tzinfo=UTC)
"""10:05 in Paris, 18:05 in Nouméa +1 hour, 22:05 the day before in Papeete."""


def describe_span(moment: str, now: datetime = TUESDAY, zone: str = "Europe/Paris") -> str | None:
    """The span as ``day hour-day hour`` in UTC."""
    span = find_span(moment, build_window(now, zone))
    return None if span is None else " ".join(f"{end:%dT%H:%M}" for end in span)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("tomorrow", "16T22:00 17T21:59"),
        ("tomorrow_morning", "16T22:00 17T10:59"),
        ("tomorrow_afternoon", "17T10:00 17T17:59"),
        ("tomorrow_evening", "17T16:00 17T21:59"),
        ("day_after_tomorrow", "17T22:00 18T21:59"),
        ("thursday_morning", "17T22:00 18T10:59"),
        ("tuesday", "16T08:05 16T21:59"),
        ("tuesday_afternoon", "16T10:00 16T17:59"),
    ],
)
def test_a_moment_is_a_part_of_the_window(moment: str, expected: str) -> None:
    assert describe_span(moment) == expected


@pytest.mark.parametrize("moment", ["friday", "monday_morning", "weekend", "soon", "tonight"])
def test_a_moment_beyond_the_window_or_of_today_bounds_nothing(moment: str) -> None:
    assert describe_span(moment) is None


def test_a_moment_that_has_gone_by_bounds_nothing() -> None:
    assert describe_span("tuesday_morning", datetime(2026, 6, 16, 12, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 6, 19, 8, tzinfo=UTC), "19T22:00 21T21:59"),
        (datetime(2026, 6, 20, 8, tzinfo=UTC), "20T08:00 21T21:59"),
        (datetime(2026, 6, 21, 8, tzinfo=UTC), "21T08:00 21T21:59"),
        (datetime(2026, 6, 18, 8, tzinfo=UTC), "19T22:00 20T21:59"),
    ],
)
def test_the_weekend_is_what_the_window_holds_of_it(now: datetime, expected: str) -> None:
    assert describe_span("weekend", now) == expected


def test_days_are_those_of_the_place_and_of_its_clock() -> None:
    before_the_change = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert describe_span("tomorrow", before_the_change) == "28T23:00 29T21:59"
    assert describe_span("tomorrow", TUESDAY, "Pacific/Tahiti") == "16T10:00 17T09:59"


def test_every_moment_of_the_table_is_known() -> None:
    for kind, value in read_meanings():
        if kind == "when":
            describe_span(value)


@pytest.mark.parametrize(
    ("moment", "now", "expected"),
    [
        ("soon", TUESDAY, "16T12:05"),
        ("today", TUESDAY, "16T21:59"),
        ("this_afternoon", TUESDAY, "16T17:59"),
        ("this_afternoon", TUESDAY.replace(hour=18), None),
        ("tonight", TUESDAY, "17T06:00"),
        ("tonight", TUESDAY.replace(hour=23), "17T06:00"),
        ("tonight", TUESDAY.replace(hour=1), "16T06:00"),
        ("tomorrow", TUESDAY, None),
    ],
)
def test_a_wish_has_an_end(moment: str, now: datetime, expected: str | None) -> None:
    """In UTC, two hours before Paris; the night of ``ce soir`` ends at eight."""
    end = find_wish_end(moment, build_window(now, "Europe/Paris"), 4)
    assert (None if end is None else f"{end:%dT%H:%M}") == expected
