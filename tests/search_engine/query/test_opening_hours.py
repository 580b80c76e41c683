"""Open or closed, by the clock of the place."""

from datetime import datetime
from typing import Any

import pytest

from search_engine.query.opening_hours import OpeningState, find_absence_end
from search_engine.query.opening_hours import opening_state as offer_state


def opening_state(
    hours: dict[str, Any], now: datetime, zone: str, **fields: Any
) -> OpeningState | None:
    """The state of an offer with those hours in that zone; of Paris unless ``fields`` say."""
    offer: Any = {"department": "75", **fields, "hours": hours, "timezone": zone}
    return offer_state(offer, now)


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


PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("hours", "now", "state"),
    [
        ({"mon": [["20:00", "02:00"]]}, "2026-06-15T19:59+02:00", (False, "2026-06-15T20:00")),
        ({"mon": [["20:00", "02:00"]]}, "2026-06-15T23:00+02:00", (True, "2026-06-16T02:00")),
        ({"mon": [["20:00", "02:00"]]}, "2026-06-16T01:59+02:00", (True, "2026-06-16T02:00")),
        ({"mon": [["20:00", "02:00"]]}, "2026-06-16T02:00+02:00", (False, "2026-06-22T20:00")),
        # the week wraps
        ({"sun": [["20:00", "02:00"]]}, "2026-06-15T01:00+02:00", (True, "2026-06-15T02:00")),
        # 00:00-00:00 is a day, 08:00-07:59 a day but for a minute
        ({"mon": [["00:00", "00:00"]]}, "2026-06-15T12:00+02:00", (True, "2026-06-16T00:00")),
        ({"mon": [["08:00", "07:59"]]}, "2026-06-16T07:58+02:00", (True, "2026-06-16T07:59")),
        # the night of each change of clock: 9 hours, then 11, from 20:00 to 06:00
        ({"sat": [["20:00", "06:00"]]}, "2026-03-28T20:00+01:00", (True, "2026-03-29T06:00")),
        ({"sat": [["20:00", "06:00"]]}, "2026-10-24T20:00+02:00", (True, "2026-10-25T06:00")),
        ({"sat": [["20:00", "02:30"]]}, "2026-10-25T02:45+02:00", (False, "2026-10-25T02:00")),
    ],
)
def test_hours_go_on_after_midnight(
    hours: dict[str, Any], now: str, state: tuple[bool, str]
) -> None:
    found = opening_state(hours, datetime.fromisoformat(now), PARIS)
    assert found is not None
    assert (found["now"], found.get("until", "")[:16]) == state


EVERY_DAY = {day: [["08:00", "19:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
NIGHTS = {day: [["20:00", "02:00"]] for day in EVERY_DAY}
CHRISTMAS = {"code": "holiday", "label": "jour férié (Noël)"}


@pytest.mark.parametrize(
    ("hours", "now", "department", "state"),
    [
        (EVERY_DAY, "2026-12-25T12:00+01:00", "75", (False, "2026-12-26T08:00", CHRISTMAS)),
        (EVERY_DAY, "2026-12-25T12:00+01:00", "67", (False, "2026-12-27T08:00", CHRISTMAS)),
        (EVERY_DAY, "2026-12-24T12:00+01:00", "67", (True, "2026-12-24T19:00", None)),
        (EVERY_DAY, "2026-12-26T12:00+01:00", "75", (True, "2026-12-26T19:00", None)),
        (
            *(EVERY_DAY, "2026-04-03T12:00+02:00", "57"),
            (
                False,
                "2026-04-04T08:00",
                {"code": "holiday", "label": "jour férié (Vendredi saint)"},
            ),
        ),
        (EVERY_DAY, "2026-04-03T12:00+02:00", "54", (True, "2026-04-03T19:00", None)),
        # the night that began before the holiday ends when it says; that of the holiday never is
        (NIGHTS, "2026-12-25T01:00+01:00", "75", (True, "2026-12-25T02:00", None)),
        (NIGHTS, "2026-12-25T21:00+01:00", "75", (False, "2026-12-26T20:00", CHRISTMAS)),
        (NIGHTS, "2026-12-26T01:00+01:00", "75", (False, "2026-12-26T20:00", None)),
        # hours that say otherwise
        (
            *({**EVERY_DAY, "holiday": [["10:00", "12:00"]]}, "2026-12-25T11:00+01:00", "75"),
            (True, "2026-12-25T12:00", None),
        ),
    ],
)
def test_a_public_holiday_closes_unless_the_hours_say_otherwise(
    hours: dict[str, Any], now: str, department: str, state: tuple[bool, str, object]
) -> None:
    found = opening_state(hours, datetime.fromisoformat(now), PARIS, department=department)
    assert found is not None
    assert (found["now"], found.get("until", "")[:16], found.get("reason")) == state


@pytest.mark.parametrize(
    ("now", "zone", "department"),
    [
        ("2026-12-20T06:00Z", "Indian/Reunion", "974"),
        # still the 9th at midnight UTC
        ("2026-06-10T20:00Z", "America/Cayenne", "973"),
        ("2026-05-22T14:00Z", "America/Martinique", "972"),
        ("2026-10-09T14:00Z", "America/St_Barthelemy", "977"),
        ("2026-05-28T14:00Z", "America/Marigot", "978"),
    ],
)
def test_a_holiday_overseas_closes_by_the_calendar_of_the_place(
    now: str, zone: str, department: str
) -> None:
    at = datetime.fromisoformat(now)
    there = opening_state(EVERY_DAY, at, zone, department=department)
    assert there is not None
    assert there.get("reason") == {
        "code": "holiday",
        "label": "jour férié (abolition de l'esclavage)",
    }
    elsewhere = opening_state(EVERY_DAY, at, zone, department="48")
    assert elsewhere is not None
    assert elsewhere["now"]


def test_an_absence_closes_and_ends_an_opening() -> None:
    away = [{"gte": "2026-06-15T22:00:00Z", "lt": "2026-06-16T22:00:00Z"}]
    today = opening_state(
        NIGHTS, datetime.fromisoformat("2026-06-16T21:00+02:00"), PARIS, absences=away
    )
    assert today == {
        "now": False,
        "until": "2026-06-17T00:00:00+02:00",
        "reason": {"code": "absence", "label": "absence annoncée"},
    }
    eve = opening_state(
        NIGHTS, datetime.fromisoformat("2026-06-15T21:00+02:00"), PARIS, absences=away
    )
    assert eve == {"now": True, "until": "2026-06-16T00:00:00+02:00"}


def test_absent_for_good_never_opens() -> None:
    now = datetime.fromisoformat("2026-06-16T12:00+02:00")
    assert opening_state(EVERY_DAY, now, PARIS, always_absent=True) == {
        "now": False,
        "reason": {"code": "absence", "label": "absence annoncée"},
    }


@pytest.mark.parametrize(
    ("spans", "end"),
    [
        ([], None),
        ([("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")], None),
        ([("2026-11-22T00:00:00Z", "2026-11-25T23:00:00Z")], "2026-11-26T00:00:00+01:00"),
        (
            [
                ("2026-11-25T11:00:00Z", "2026-11-26T11:00:00Z"),
                ("2026-11-22T00:00:00Z", "2026-11-25T11:00:00Z"),
                ("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
                ("2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"),
            ],
            "2026-11-26T12:00:00+01:00",
        ),
    ],
)
def test_an_absence_ends_where_none_follows_it(
    spans: list[tuple[str, str]], end: str | None
) -> None:
    offer: Any = {
        "timezone": "Europe/Paris",
        "absences": [{"gte": start, "lt": stop} for start, stop in spans],
    }
    now = datetime.fromisoformat("2026-11-23T09:00:30+00:00")
    assert find_absence_end(offer, now) == end
    assert find_absence_end({**offer, "always_absent": True}, now) is None
