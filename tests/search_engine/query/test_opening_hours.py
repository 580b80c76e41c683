"""Open or closed, by the clock of the place."""

from datetime import datetime
from typing import Any

import pytest

from search_engine.query.opening_hours import opening_state

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
    found = opening_state(WEEK, datetime.fromisoformat(now), zone)
    assert found == {"now": state[0], "until": state[1]}


def test_a_night_with_a_change_of_clock_ends_on_time() -> None:
    night = {"sat": [["20:00", "24:00"]], "sun": [["00:00", "08:00"]]}
    found = opening_state(
        night, datetime.fromisoformat("2026-03-28T23:00:00+01:00"), "Europe/Paris"
    )
    assert found == {"now": True, "until": "2026-03-29T08:00:00+02:00"}


@pytest.mark.proves("F102", "W16")
@pytest.mark.parametrize(
    ("span", "now", "state"),
    [
        # 29 March in Paris: 02:00 to 03:00 is on no wall, 01:59:59 is followed by 03:00
        (("01:00", "02:30"), "2026-03-29T01:59:59+01:00", (True, "2026-03-29T03:00:00+02:00")),
        (("01:00", "02:30"), "2026-03-29T03:00:00+02:00", (False, "2026-04-05T01:00:00+02:00")),
        (("02:30", "04:00"), "2026-03-29T01:59:00+01:00", (False, "2026-03-29T03:00:00+02:00")),
        (("02:30", "04:00"), "2026-03-29T03:00:00+02:00", (True, "2026-03-29T04:00:00+02:00")),
        (("02:00", "03:00"), "2026-03-29T01:00:00+01:00", (False, "2026-04-05T02:00:00+02:00")),
        # 25 October: the walls show 02:00 to 03:00 twice
        (("02:00", "03:00"), "2026-10-25T02:59:59+02:00", (True, "2026-10-25T03:00:00+01:00")),
        (("02:10", "02:30"), "2026-10-25T02:10:00+02:00", (True, "2026-10-25T02:30:00+02:00")),
        (("02:10", "02:30"), "2026-10-25T02:30:00+02:00", (False, "2026-10-25T02:10:00+01:00")),
        (("02:10", "02:30"), "2026-10-25T02:10:00+01:00", (True, "2026-10-25T02:30:00+01:00")),
        (("02:10", "03:00"), "2026-10-25T02:20:00+02:00", (True, "2026-10-25T02:00:00+01:00")),
        (("01:00", "02:30"), "2026-10-25T02:45:00+02:00", (False, "2026-10-25T02:00:00+01:00")),
        (("22:00", "24:00"), "2026-10-25T01:00:00+02:00", (False, "2026-10-25T22:00:00+01:00")),
    ],
)
def test_the_nights_of_clock_change(
    span: tuple[str, str], now: str, state: tuple[bool, str]
) -> None:
    found = opening_state({"sun": [list(span)]}, datetime.fromisoformat(now), "Europe/Paris")
    assert found == {"now": state[0], "until": state[1]}


@pytest.mark.proves("F102")
@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-06-14T23:59:59.5+02:00", (True, "2026-06-15T06:00:00+02:00")),
        ("2026-06-15T00:00:00+02:00", (True, "2026-06-15T06:00:00+02:00")),
        ("2026-06-15T05:59:59.999+02:00", (True, "2026-06-15T06:00:00+02:00")),
        ("2026-06-15T06:00:00+02:00", (False, "2026-06-21T20:00:00+02:00")),
    ],
)
def test_a_night_from_sunday_to_monday_is_one(now: str, state: tuple[bool, str]) -> None:
    night = {"sun": [["20:00", "24:00"]], "mon": [["00:00", "06:00"]]}
    found = opening_state(night, datetime.fromisoformat(now), "Europe/Paris")
    assert found == {"now": state[0], "until": state[1]}


def test_what_never_closes_has_no_end() -> None:
    always = {
        day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
    now = datetime.fromisoformat("2026-03-28T12:00:00+01:00")
    assert opening_state(always, now, "Europe/Paris") == {"now": True}


def test_an_opening_more_than_eight_days_ahead_is_not_told() -> None:
    """The hour that is skipped on 29 March is next on the wall on 5 April."""
    skipped = {"sun": [["02:00", "03:00"]]}
    now = datetime.fromisoformat("2026-03-27T12:00:00+01:00")
    assert opening_state(skipped, now, "Europe/Paris") == {"now": False}


@pytest.mark.parametrize("hours", [{}, {"mon": []}])
def test_without_hours_nothing_is_said(hours: dict[str, Any]) -> None:
    now = datetime.fromisoformat("2026-06-15T14:05:00+02:00")
    assert opening_state(hours, now, "Europe/Paris") is None


def test_closed_all_week_but_one_day_opens_next_week() -> None:
    now = datetime.fromisoformat("2026-06-16T18:00:00+02:00")
    found = opening_state({"tue": [["14:05", "18:00"]]}, now, "Europe/Paris")
    assert found == {"now": False, "until": "2026-06-23T14:05:00+02:00"}
