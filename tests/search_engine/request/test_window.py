"""The window of a search, over zones and changes of the clock."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mappings.instants import utc_text
from search_engine.request.window import build_window, local_dates, whole_second

PARIS, REUNION, CAYENNE = "Europe/Paris", "Indian/Reunion", "America/Cayenne"


@pytest.mark.proves("F060", "W54")
@pytest.mark.parametrize(
    ("now", "zone", "end"),
    [
        ("2026-06-16T08:05:00+00:00", PARIS, "2026-06-18T21:59:59Z"),
        ("2026-06-15T22:30:00+00:00", PARIS, "2026-06-18T21:59:59Z"),
        ("2026-06-15T21:30:00+00:00", PARIS, "2026-06-17T21:59:59Z"),
        ("2026-06-16T21:00:00+00:00", REUNION, "2026-06-19T19:59:59Z"),
        ("2026-06-17T02:00:00+00:00", CAYENNE, "2026-06-19T02:59:59Z"),
    ],
)
def test_to_the_end_of_the_day_after_tomorrow_in_the_zone(now: str, zone: str, end: str) -> None:
    assert utc_text(build_window(datetime.fromisoformat(now), zone).end) == end


@pytest.mark.proves("F076", "W16")
@pytest.mark.parametrize(
    ("now", "hours"),
    [("2026-03-28T00:00:00+01:00", 71), ("2026-10-24T00:00:00+02:00", 73)],
)
def test_a_change_of_clock_lengthens_or_shortens_the_window(now: str, hours: int) -> None:
    window = build_window(datetime.fromisoformat(now), PARIS)
    assert window.end - window.start == timedelta(hours=hours) - timedelta(seconds=1)


@pytest.mark.proves("F061", "W54")
def test_an_explicit_horizon_is_true_to_the_minute() -> None:
    now = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert build_window(now, PARIS, 72).end == now + timedelta(hours=72)
    assert build_window(now, PARIS, 0.25).end == now + timedelta(minutes=15)


@pytest.mark.proves("F075", "W15")
def test_dates_are_those_of_the_place() -> None:
    now = datetime(2026, 1, 31, 20, 30, tzinfo=UTC)
    window = build_window(now, REUNION)
    dates = [day.isoformat() for day in local_dates(window, REUNION)]
    assert dates == ["2026-02-01", "2026-02-02", "2026-02-03"]
    assert len(local_dates(build_window(now, PARIS, 1), PARIS)) == 3


def test_a_started_second_is_past() -> None:
    begun = datetime(2026, 1, 31, 20, 30, 7, 1, tzinfo=UTC)
    assert utc_text(whole_second(begun)) == "2026-01-31T20:30:08Z"
    exact = datetime(2026, 1, 31, 22, 30, 7, tzinfo=timezone(timedelta(hours=2)))
    assert utc_text(whole_second(exact)) == "2026-01-31T20:30:07Z"


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        build_window(datetime(2026, 1, 31), PARIS)  # noqa: DTZ001 - the fault under test
