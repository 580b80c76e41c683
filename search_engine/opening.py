"""Whether a place is open now, and until when, by its own clock (F102, W17)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"
AHEAD = 8
"""Days looked at: today and the same weekday next week included."""

Interval = tuple[datetime, datetime]


class Opening(TypedDict):
    """``until``: when it closes if open, when it opens if closed; local time with its offset."""

    now: bool
    until: NotRequired[str]


def opening(hours: Mapping[str, list[list[str]]], now: datetime, zone: str) -> Opening | None:
    """The state of the place at ``now``; None when no hours are known.

    ``hours`` holds the intervals of each weekday as local ``HH:MM`` texts, ends excluded;
    an interval to 24:00 goes on with one that starts at 00:00 the next day.
    """
    if not hours:
        return None
    intervals = _joined(sorted(_intervals(hours, now, zone)))
    if not intervals:
        return None
    clock = ZoneInfo(zone)
    for start, end in intervals:
        if now < start:
            return {"now": False, "until": _local(start, clock)}
        if now < end:
            return {"now": True, "until": _local(end, clock)}
    return {"now": False}


def _intervals(
    hours: Mapping[str, list[list[str]]], now: datetime, zone: str
) -> Iterator[Interval]:
    """From yesterday on, because a night may have begun then."""
    today = now.astimezone(ZoneInfo(zone)).date()
    for days in range(-1, AHEAD):
        day = today + timedelta(days=days)
        for opens, closes in hours.get(WEEKDAYS[day.weekday()], []):
            yield _moment(day, opens, zone), _moment(day, closes, zone)


def _moment(day: date, clock: str, zone: str) -> datetime:
    if clock == MIDNIGHT:
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def _joined(intervals: list[Interval]) -> list[Interval]:
    """Intervals that touch or overlap made one, so that ``until`` is the real end."""
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
