"""Opening hours as minutes of the local week."""

from datetime import datetime

import pytest

from mappings.hours import minute_of_week, open_minutes

SUNDAY = 6 * 1440


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
        ({"mon": [["08:00", "08:00"], ["18:00", "09:00"], ["24:00", "24:00"]]}, []),
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
    assert minute_of_week(datetime.fromisoformat(now), zone) == minute
