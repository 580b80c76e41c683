"""Opening hours as minutes of the local week: what the index holds, what now is compared with."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from mappings.records import MinuteRange

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
"""Minutes of a week on the wall; a change of clock skips or repeats some, and adds none."""


def open_minutes(hours: Mapping[str, Sequence[Sequence[str]]]) -> list[MinuteRange]:
    """The opening intervals in order, as minutes since Monday 00:00, below 10,080 (F085, F102).

    ``hours`` holds the intervals of each weekday as local ``HH:MM`` texts, ends excluded. Those
    that touch or overlap are one, so 24:00 goes on with 00:00 of the next day; a night from
    Sunday to Monday stays two. Empty and reversed intervals are dropped.
    """
    joined: list[MinuteRange] = []
    for opens, closes in sorted(_intervals(hours)):
        if joined and opens <= joined[-1]["lt"]:
            joined[-1]["lt"] = max(joined[-1]["lt"], closes)
        else:
            joined.append({"gte": opens, "lt": closes})
    return joined


def minute_of_week(now: datetime, zone: str) -> int:
    """The minute on the wall of the zone at that instant: 0 on Monday 00:00, at most 10,079."""
    local = now.astimezone(ZoneInfo(zone))
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def _intervals(hours: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[tuple[int, int]]:
    for number, day in enumerate(WEEKDAYS):
        for span in hours.get(day, ()):
            opens, closes = (number * DAY_MINUTES + _minutes(clock) for clock in span)
            if opens < closes:
                yield opens, closes


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
