"""When the text asks for: a day or half a day of the window (``demain matin``, ``jeudi``).

Words about the day itself (``urgent``, ``ce soir``) are wishes and bound nothing: who is free
later is still of use. They only have an end, after which an offer is later than wished.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from search_engine.request.window import LAST_SECOND, SearchWindow, local_date

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS: Mapping[str, int] = MappingProxyType({"tomorrow": 1, "day_after_tomorrow": 2})
"""Days from today."""

PARTS: Mapping[str, tuple[time, time]] = MappingProxyType(
    {
        "": (time.min, LAST_SECOND),
        "morning": (time.min, time(12, 59, 59)),
        "afternoon": (time(12), time(19, 59, 59)),
        "evening": (time(18), LAST_SECOND),
    }
)
"""First and last local start of a slot. They overlap as speech does: 12:30 is both, and surgeries
of the afternoon go on to 20:00, when unscheduled care of the night begins (CSP R6315-1)."""

SOON, TONIGHT = "soon", "tonight"
DAY_WISHES: Mapping[str, str] = MappingProxyType({"today": "", "this_afternoon": "afternoon"})
"""Moments of the day itself by the part with which they end."""

WISHES = frozenset({SOON, TONIGHT, *DAY_WISHES})
"""Moments of the day itself, which bound nothing."""

NIGHT_END = time(8)
"""The night of unscheduled care ends (CSP R6315-1): what starts until then is of ``ce soir``."""

WEEKEND = "weekend"


def find_span(moment: str, window: SearchWindow) -> tuple[datetime, datetime] | None:
    """The part of the window that a named moment is, in UTC; None where no slot is known then.

    A weekday is the next one, today included. Moments of ``WISHES`` have no span.
    """
    if moment in WISHES:
        return None
    first, last = _find_local_ends(moment, window)
    start, end = max(first, window.start), min(last, window.end)
    return (start, end) if start <= end else None


def find_wish_end(moment: str, window: SearchWindow, soon_hours: float) -> datetime | None:
    """The last start that meets a wish, in UTC; None for another moment, and once it has gone by.

    ``soon_hours``: how long a wish without an hour waits. ``tonight`` ends with the night that
    comes, or with the one that has begun.
    """
    if moment not in WISHES:
        return None
    if moment == SOON:
        return window.start + timedelta(hours=soon_hours)
    if moment == TONIGHT:
        local = window.start.astimezone(ZoneInfo(window.zone)).time()
        return _at(window, int(local >= NIGHT_END), NIGHT_END)
    end = _at(window, 0, PARTS[DAY_WISHES[moment]][1])
    return end if end >= window.start else None


def _find_local_ends(moment: str, window: SearchWindow) -> tuple[datetime, datetime]:
    day, _, part = moment.rpartition("_")
    if part not in PARTS or not day:
        day, part = moment, ""
    opening, closing = PARTS[part]
    first = _count_days("saturday", window) if day == WEEKEND else _count_days(day, window)
    last = _count_days("sunday", window) if day == WEEKEND else first
    first = 0 if last < first else first  # a week-end that has begun
    return _at(window, first, opening), _at(window, last, closing)


def _count_days(day: str, window: SearchWindow) -> int:
    if day in DAYS:
        return DAYS[day]
    today = local_date(window.start, window.zone).weekday()
    return (WEEKDAYS.index(day) - today) % len(WEEKDAYS)


def _at(window: SearchWindow, days: int, clock: time) -> datetime:
    day = local_date(window.start, window.zone) + timedelta(days=days)
    return datetime.combine(day, clock, ZoneInfo(window.zone)).astimezone(window.start.tzinfo)
