"""Opening hours as minutes of the local week."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mappings.hours import (
    HOLIDAY_START,
    add_holiday_hours,
    current_minutes,
    never_closes,
    open_minutes,
    span_minutes,
)

SUNDAY = 6 * 1440
NIGHT = 8 * 1440


@pytest.mark.proves("F085")
@pytest.mark.parametrize(
    ("hours", "ranges"),
    [
        ({}, []),
        ({"mon": []}, []),
        ({"mon": [["00:00", "24:00"]]}, [(0, 1440)]),
        ({"tue": [["14:05", "18:00"]]}, [(2285, 2520)]),
        ({"mon": [["14:00", "18:00"], ["08:00", "12:00"]]}, [(480, 720), (840, 1080)]),
        ({"mon": [["08:00", "12:00"], ["12:00", "14:00"]]}, [(480, 840)]),
        ({"mon": [["08:00", "18:00"], ["09:00", "12:00"]]}, [(480, 1080)]),
        ({"tue": [["00:00", "06:00"]], "mon": [["20:00", "24:00"]]}, [(1200, 1800)]),
        ({"mon": [["20:00", "24:00"]], "tue": [["00:01", "06:00"]]}, [(1200, 1440), (1441, 1800)]),
        ({"mon": [["08:00", "08:00"], ["24:00", "24:00"], ["24:00", "02:00"]]}, []),
        ({"mon": [["20:00", "00:00"]]}, [(1200, 1440)]),
        ({"mon": [["00:00", "00:00"]]}, [(0, 1440)]),
        # the night of Monday is 11,520 minutes after the minute of its day
        ({"mon": [["20:00", "02:00"]]}, [(1200, 1440), (NIGHT, NIGHT + 120)]),
        ({"mon": [["08:00", "07:59"]]}, [(480, 1440), (NIGHT, NIGHT + 479)]),
        (
            {"sun": [["20:00", "02:00"]]},
            [(SUNDAY + 1200, SUNDAY + 1440), (NIGHT + SUNDAY, NIGHT + SUNDAY + 120)],
        ),
        (
            {"holiday": [["20:00", "02:00"]]},
            [(HOLIDAY_START + 1200, NIGHT), (NIGHT + HOLIDAY_START, NIGHT + HOLIDAY_START + 120)],
        ),
        (
            {"sun": [["20:00", "24:00"]], "mon": [["00:00", "06:00"]]},
            [(0, 360), (SUNDAY + 1200, SUNDAY + 1440)],
        ),
    ],
)
def test_a_week_is_ranges_of_minutes(
    hours: dict[str, list[list[str]]], ranges: list[tuple[int, int]]
) -> None:
    assert open_minutes(hours) == [{"gte": gte, "lt": lt} for gte, lt in ranges]


def test_a_place_that_never_closes_is_one_range() -> None:
    days = ("sun", "sat", "fri", "thu", "wed", "tue", "mon")
    assert open_minutes({day: [["00:00", "24:00"]] for day in days}) == [{"gte": 0, "lt": 10_080}]


@pytest.mark.proves("F102", "W17")
@pytest.mark.parametrize(
    ("now", "zone", "minute"),
    [
        ("2026-06-15T00:00:00+02:00", "Europe/Paris", 0),
        ("2026-06-14T23:59:59.999+02:00", "Europe/Paris", 10_079),
        ("2026-06-16T14:05:59+02:00", "Europe/Paris", 2285),
        ("2026-06-14T20:00:00Z", "Indian/Reunion", 0),
        ("2026-06-15T00:00:00Z", "America/Cayenne", SUNDAY + 21 * 60),
        ("2026-06-15T00:00:00Z", "Pacific/Marquesas", SUNDAY + 14 * 60 + 30),
        # 02:30 comes twice in Paris on the night of 25 October
        ("2026-10-25T00:30:00Z", "Europe/Paris", SUNDAY + 150),
        ("2026-10-25T01:30:00Z", "Europe/Paris", SUNDAY + 150),
    ],
)
def test_the_minute_on_the_wall_of_the_place(now: str, zone: str, minute: int) -> None:
    local = datetime.fromisoformat(now).astimezone(ZoneInfo(zone))
    own, night = current_minutes(local, holiday=False, after_holiday=False)
    assert own == minute
    assert night == NIGHT + (minute - 1440) % 10_080


def test_a_public_holiday_is_a_day_of_its_own() -> None:
    local = datetime.fromisoformat("2026-12-25T01:30:00+01:00")
    thursday, friday = 3 * 1440, 4 * 1440
    minutes = current_minutes(local, holiday=True, after_holiday=False)
    assert minutes == (HOLIDAY_START + 90, NIGHT + thursday + 90)
    minutes = current_minutes(local, holiday=False, after_holiday=True)
    assert minutes == (friday + 90, NIGHT + HOLIDAY_START + 90)


@pytest.mark.parametrize(
    ("opens", "closes", "minutes"),
    [
        ("08:00", "12:00", (480, 720)),
        ("00:00", "24:00", (0, 1440)),
        ("00:00", "00:00", (0, 1440)),
        ("20:00", "02:00", (1200, 1560)),
        ("20:00:00", "02:00:00", (1200, 1560)),
        ("20:00", "00:00", (1200, 1440)),
        ("08:00", "08:00", None),
        ("24:00", "24:00", None),
        ("24:00", "06:00", None),
    ],
)
def test_an_interval_that_closes_before_it_opens_is_a_night(
    opens: str, closes: str, minutes: tuple[int, int] | None
) -> None:
    assert span_minutes(opens, closes) == minutes


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize(
    ("span", "always"),
    [
        (["00:00", "24:00"], True),
        (["00:00", "00:00"], True),
        (["00:00", "23:59"], True),
        (["08:00", "07:59"], True),
        (["00:00", "23:00"], False),
    ],
)
def test_what_never_closes_keeps_its_hours_on_holidays(span: list[str], always: bool) -> None:
    hours = {day: [span] for day in WEEKDAYS}
    assert never_closes(hours) is always
    assert add_holiday_hours(hours, on_duty=False).get("holiday") == ([span] if always else None)


def test_a_place_on_duty_has_its_hours_of_sunday_on_holidays_unless_it_gives_others() -> None:
    hours = {"mon": [["20:00", "24:00"]], "sun": [["08:00", "24:00"]]}
    assert add_holiday_hours(hours, on_duty=False) == hours
    assert add_holiday_hours(hours, on_duty=True) == {**hours, "holiday": [["08:00", "24:00"]]}
    own = {**hours, "holiday": [["10:00", "12:00"]]}
    assert add_holiday_hours(own, on_duty=True) == own
    closed: dict[str, list[list[str]]] = {**hours, "holiday": []}
    assert add_holiday_hours(closed, on_duty=True) == closed
    assert "holiday" not in add_holiday_hours({"mon": hours["mon"]}, on_duty=True)
