"""Whether a place is open now, and until when, by its own clock (F085, F102, W17).

One rule for the card and the filter: the place is open when the wall of its zone shows a minute
of its hours. On the nights of clock change a local hour that comes twice counts twice, and one
that is skipped is never open.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from geography.departments import load_zones
from mappings.hours import WEEK_MINUTES, minute_of_week, open_minutes
from mappings.records import MinuteRange

NEXT_CHANGE_LIMIT = timedelta(days=8)
"""How far the next opening is looked for: the same weekday next week included."""


class OpeningState(TypedDict):
    """``until``: when it closes if open, when it opens if closed; local time with its offset.

    Absent when nothing changes in eight days.
    """

    now: bool
    until: NotRequired[str]


def opening_state(
    hours: Mapping[str, Sequence[Sequence[str]]], now: datetime, zone: str
) -> OpeningState | None:
    """The state of the place at ``now``; None when no hours are known.

    ``hours`` are read by ``mappings.hours.open_minutes``; ``until`` is always after ``now``.
    """
    week = open_minutes(hours) if hours else []
    if not week:
        return None
    state: OpeningState = {"now": _is_open(week, now, zone)}
    if (until := _next_change(week, now, zone)) is not None:
        state["until"] = until.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    return state


def open_now_clause(now: datetime) -> dict[str, Any]:
    """Offers that ``opening`` finds open at ``now``; none without hours (F085).

    The zones whose walls show the same minute are one clause. It is the same all through a minute,
    and shared by all callers: not to be changed.
    """
    return _open_at(now.replace(second=0, microsecond=0))


@lru_cache(maxsize=64)
def _open_at(now: datetime) -> dict[str, Any]:
    zones: defaultdict[int, list[str]] = defaultdict(list)
    for zone in load_zones():
        zones[minute_of_week(now, zone.key)].append(zone.key)
    clauses = [_open_in(names, minute) for minute, names in zones.items()]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _open_in(zones: list[str], minute: int) -> dict[str, Any]:
    there, then = {"terms": {"timezone": zones}}, {"term": {"open_minutes": minute}}
    return {"bool": {"filter": [there, then]}}


def _is_open(week: list[MinuteRange], moment: datetime, zone: str) -> bool:
    minute = minute_of_week(moment, zone)
    return any(span["gte"] <= minute < span["lt"] for span in week)


def _next_change(week: list[MinuteRange], now: datetime, zone: str) -> datetime | None:
    """The first instant after ``now`` at which the place opens or closes."""
    state, moment = _is_open(week, now, zone), now
    while (moment := _next_edge(week, moment, zone)) <= now + NEXT_CHANGE_LIMIT:
        if _is_open(week, moment, zone) != state:
            return moment
    return None


def _next_edge(week: list[MinuteRange], after: datetime, zone: str) -> datetime:
    """The next instant at which an interval starts or ends, or the clock of the zone changes."""
    start = after.astimezone(UTC).replace(second=0, microsecond=0)
    minute = minute_of_week(start, zone)
    edges = (edge for span in week for edge in (span["gte"], span["lt"]))
    ahead = min((edge - minute - 1) % WEEK_MINUTES + 1 for edge in edges)
    return start + timedelta(minutes=_before_clock_change(start, ahead, zone))


def _before_clock_change(start: datetime, minutes: int, zone: str) -> int:
    """So many minutes, or fewer when the clock changes before: it does once a week at most."""
    clock = ZoneInfo(zone)
    offset = start.astimezone(clock).utcoffset()

    def has_clock_changed(minute: int) -> bool:
        return (start + timedelta(minutes=minute)).astimezone(clock).utcoffset() != offset

    return bisect_left(range(minutes), True, key=has_clock_changed)
