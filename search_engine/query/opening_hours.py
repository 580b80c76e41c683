"""Whether a place is open now, and until when, by its own clock (F085, F102, W17).

One rule for the card and the filter: the place is open when the wall of its zone shows a minute
of its hours, those of public holidays on such a day (``geography.public_holidays``), and no
absence holds. On the nights of clock change a local hour that comes twice counts twice, and one
that is skipped is never open.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from geography.departments import load_zones
from geography.public_holidays import departments_with_own_holidays, find_public_holiday
from mappings.hours import DAY_MINUTES, current_minutes, open_minutes
from mappings.instants import utc_text
from mappings.records import DateRange, MinuteRange, Offer
from search_engine.backend.bodies import Clause
from search_engine.request.window import parse_instant

NEXT_CHANGE_LIMIT = timedelta(days=8)
"""How far the next opening is looked for: the same weekday next week included."""

ONE_DAY, ONE_MINUTE = timedelta(days=1), timedelta(minutes=1)

EVERYWHERE = ""
"""Stands for the departments without holidays of their own."""

OpenAt = tuple[int, int]
"""The minutes of ``mappings.hours.current_minutes``."""


class ClosingReason(TypedDict):
    """Why a place is closed beside its hours, with the French words for it."""

    code: Literal["absence", "holiday"]
    label: str


class OpeningState(TypedDict):
    """``until``: when it closes if open, when it opens if closed; local time with its offset.

    Absent when nothing changes in eight days. ``reason``: of what is closed by an absence or on
    a public holiday.
    """

    now: bool
    until: NotRequired[str]
    reason: NotRequired[ClosingReason]


class _Place(NamedTuple):
    """What decides whether a place is open; absences as instants, the end excluded."""

    week: Sequence[MinuteRange]
    zone: ZoneInfo
    department: str
    absences: Sequence[tuple[datetime, datetime]]
    always_absent: bool


def opening_state(offer: Offer, now: datetime) -> OpeningState | None:
    """The state of the place at ``now``; None when no hours are known.

    ``until`` is always after ``now``.
    """
    hours = offer.get("hours")
    week = open_minutes(hours) if hours else []
    if not week:
        return None
    absences = [_whole_minutes(span) for span in offer.get("absences", ())]
    zone, always = ZoneInfo(offer["timezone"]), offer.get("always_absent", False)
    place = _Place(week, zone, offer["department"], absences, always)
    return _describe(place, now)


def find_absence_end(offer: Offer, now: datetime) -> str | None:
    """When the absence that holds at ``now`` ends, in the local time of the place.

    Absences that follow or overlap each other are one. None without an absence, and for one that
    has no end.
    """
    if offer.get("always_absent", False):
        return None
    end = now
    for start, stop in sorted(map(_whole_minutes, offer.get("absences", ()))):
        if start <= _minute(end) < stop:
            end = stop
    if end == now:
        return None
    return end.astimezone(ZoneInfo(offer["timezone"])).isoformat(timespec="seconds")


def open_now_clause(now: datetime, zones: tuple[str, ...] = ()) -> dict[str, Any]:
    """Offers that ``opening_state`` finds open at ``now``; none without hours (F085).

    ``zones`` are the IANA zones of the offers looked among, none for all: eleven clauses fewer
    where only the métropole is searched. It is the same all through a minute, and shared by all
    callers: not to be changed.
    """
    return _open_at(_minute(now), zones)


@lru_cache(maxsize=64)
def _open_at(minute: datetime, among: tuple[str, ...]) -> dict[str, Any]:
    """The zones whose walls show the same are one clause, and one more a group of departments
    that have a public holiday then, or had one the day before, and the others have not."""
    walls: defaultdict[datetime, list[str]] = defaultdict(list)
    for zone in load_zones(among):
        walls[minute.astimezone(zone).replace(tzinfo=None, fold=0)].append(zone.key)
    clauses = [clause for wall, zones in walls.items() for clause in _open_by_wall(wall, zones)]
    at = utc_text(minute)
    away = {"range": {"absences": {"gte": at, "lte": at, "relation": "contains"}}}
    unwanted = [{"term": {"always_absent": True}}, away]
    return {"bool": {"should": clauses, "minimum_should_match": 1, "must_not": unwanted}}


def _open_by_wall(wall: datetime, zones: list[str]) -> Iterator[Clause]:
    common, apart = _open_minutes_at(wall, EVERYWHERE), defaultdict[OpenAt, list[str]](list)
    for department in sorted(departments_with_own_holidays()):
        if (at := _open_minutes_at(wall, department)) != common:
            apart[at].append(department)
    there = {"terms": {"timezone": zones}}
    excepted = [
        {"terms": {"department": sorted(code for codes in apart.values() for code in codes)}}
    ]
    unwanted = {"must_not": excepted} if apart else {}
    yield {"bool": {"filter": [there, _open_during(common)], **unwanted}}
    for at, codes in apart.items():
        here = {"terms": {"department": codes}}
        yield {"bool": {"filter": [there, here, _open_during(at)]}}


def _open_during(minutes: OpenAt) -> Clause:
    return {"terms": {"open_minutes": list(minutes)}}


def _open_minutes_at(local: datetime, department: str) -> OpenAt:
    """The minutes of which one is open at a local time in a department."""
    today, yesterday = local.date(), local.date() - ONE_DAY
    return current_minutes(
        local,
        holiday=find_public_holiday(today, department) is not None,
        after_holiday=find_public_holiday(yesterday, department) is not None,
    )


def _describe(place: _Place, now: datetime) -> OpeningState:
    state: OpeningState = {"now": _is_open(place, now)}
    if (until := _next_change(place, now)) is not None:
        state["until"] = until.astimezone(place.zone).isoformat(timespec="seconds")
    if not state["now"] and (reason := _closing_reason(place, now)) is not None:
        state["reason"] = reason
    return state


def _closing_reason(place: _Place, now: datetime) -> ClosingReason | None:
    if _is_absent(place, now):
        return {"code": "absence", "label": "absence annoncée"}
    holiday = find_public_holiday(_local_day(place, now), place.department)
    return None if holiday is None else {"code": "holiday", "label": f"jour férié ({holiday})"}


def _is_open(place: _Place, moment: datetime) -> bool:
    if _is_absent(place, moment):
        return False
    minutes = _open_minutes_at(moment.astimezone(place.zone), place.department)
    return any(span["gte"] <= minute < span["lt"] for span in place.week for minute in minutes)


def _is_absent(place: _Place, moment: datetime) -> bool:
    minute = _minute(moment)
    return place.always_absent or any(start <= minute < end for start, end in place.absences)


def _local_day(place: _Place, moment: datetime) -> date:
    return moment.astimezone(place.zone).date()


def _whole_minutes(span: DateRange) -> tuple[datetime, datetime]:
    """The minutes whose start lies in the range: the filter reads no seconds."""
    start, end = (parse_instant(span[bound]) for bound in ("gte", "lt"))
    return tuple(_minute(at + ONE_MINUTE - timedelta(microseconds=1)) for at in (start, end))  # type: ignore[return-value]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _next_change(place: _Place, now: datetime) -> datetime | None:
    """The first instant after ``now`` at which the place opens or closes."""
    if place.always_absent:
        return None
    state, moment, edges = _is_open(place, now), now, _day_edges(place.week)
    while (moment := _next_edge(place, edges, moment)) <= now + NEXT_CHANGE_LIMIT:
        if _is_open(place, moment) != state:
            return moment
    return None


def _day_edges(week: Sequence[MinuteRange]) -> set[int]:
    """Minutes of a day at which something may open or close, midnight included."""
    return {0, *(edge % DAY_MINUTES for span in week for edge in (span["gte"], span["lt"]))}


def _next_edge(place: _Place, edges: set[int], after: datetime) -> datetime:
    """The next instant at which an interval or an absence starts or ends, or the clock changes."""
    start = _minute(after.astimezone(UTC))
    local = start.astimezone(place.zone)
    minute = local.hour * 60 + local.minute
    ahead = min((edge - minute - 1) % DAY_MINUTES + 1 for edge in edges)
    edge = start + timedelta(minutes=_before_clock_change(start, ahead, place.zone))
    bounds = (bound for span in place.absences for bound in span if bound > start)
    return min((edge, *bounds))


def _before_clock_change(start: datetime, minutes: int, clock: ZoneInfo) -> int:
    """So many minutes, or fewer when the clock changes before: it does once a day at most."""
    offset = start.astimezone(clock).utcoffset()

    def has_clock_changed(minute: int) -> bool:
        return (start + timedelta(minutes=minute)).astimezone(clock).utcoffset() != offset

    return (
        bisect_left(range(minutes), True, key=has_clock_changed)
        if has_clock_changed(minutes)
        else minutes
    )
