"""Open or closed, by the clock of the place."""

from datetime import datetime
from typing import Any

import pytest

from search_engine.opening import opening

WEEK = {
    "mon": [["08:00", "12:00"], ["14:00", "18:30"]],
    "tue": [["14:05", "18:00"]],
    "sat": [["20:00", "24:00"]],
    "sun": [["00:00", "08:00"]],
}


@pytest.mark.proves("F102", "W17")
@pytest.mark.parametrize(
    ("now", "zone", "state"),
    [
        ("2026-06-15T14:05:00+02:00", "Europe/Paris", (True, "2026-06-15T18:30:00+02:00")),
        ("2026-06-16T14:04:59+02:00", "Europe/Paris", (False, "2026-06-16T14:05:00+02:00")),
        ("2026-06-16T14:05:00+02:00", "Europe/Paris", (True, "2026-06-16T18:00:00+02:00")),
        ("2026-06-15T12:00:00+02:00", "Europe/Paris", (False, "2026-06-15T14:00:00+02:00")),
        ("2026-06-15T07:00:00+00:00", "Indian/Reunion", (True, "2026-06-15T12:00:00+04:00")),
        ("2026-06-15T07:00:00+00:00", "America/Cayenne", (False, "2026-06-15T08:00:00-03:00")),
        ("2026-06-20T23:00:00+02:00", "Europe/Paris", (True, "2026-06-21T08:00:00+02:00")),
        ("2026-06-21T02:00:00+02:00", "Europe/Paris", (True, "2026-06-21T08:00:00+02:00")),
        ("2026-06-16T19:00:00+02:00", "Europe/Paris", (False, "2026-06-20T20:00:00+02:00")),
    ],
)
def test_open_or_closed_and_until_when(now: str, zone: str, state: tuple[bool, str]) -> None:
    found = opening(WEEK, datetime.fromisoformat(now), zone)
    assert found == {"now": state[0], "until": state[1]}


def test_a_night_with_a_change_of_clock_ends_on_time() -> None:
    night = {"sat": [["20:00", "24:00"]], "sun": [["00:00", "08:00"]]}
    found = opening(night, datetime.fromisoformat("2026-03-28T23:00:00+01:00"), "Europe/Paris")
    assert found == {"now": True, "until": "2026-03-29T08:00:00+02:00"}


@pytest.mark.parametrize("hours", [{}, {"mon": []}])
def test_without_hours_nothing_is_said(hours: dict[str, Any]) -> None:
    now = datetime.fromisoformat("2026-06-15T14:05:00+02:00")
    assert opening(hours, now, "Europe/Paris") is None


def test_closed_all_week_but_one_day_opens_next_week() -> None:
    now = datetime.fromisoformat("2026-06-16T18:00:00+02:00")
    found = opening({"tue": [["14:05", "18:00"]]}, now, "Europe/Paris")
    assert found == {"now": False, "until": "2026-06-23T14:05:00+02:00"}
