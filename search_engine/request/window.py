"""The stretch of time a search looks at: from now to the end of day + 2, or so many hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mappings.instants import utc_text

DAYS = 3
"""Local dates of the default window: today, tomorrow, the day after (F060)."""

LAST_SECOND = time(23, 59, 59)


class SearchWindow(NamedTuple):
    """Both ends included, in UTC to the second; ``zone`` is where the days are counted.

    ``start`` is the instant of the search. ``span`` is the part of the window that the text asks
    for (``demain matin``): slots outside do not show.
    """

    start: datetime
    end: datetime
    zone: str
    span: tuple[datetime, datetime] | None = None

    @property
    def slot_span(self) -> tuple[datetime, datetime]:
        """First and last start of the slots that show."""
        return self.span or (self.start, self.end)

    def as_dict(self) -> dict[str, str]:
        """The block ``window`` of a page."""
        first, last = self.slot_span
        return {"from": utc_text(first), "to": utc_text(last), "zone": self.zone}


def build_window(now: datetime, zone: str, hours: float | None = None) -> SearchWindow:
    """From ``now`` to 23:59:59 two days later in ``zone`` (F060), or ``hours`` later (F061).

    A fraction of a second is rounded up: a slot that began within this second is past (F062).
    """
    start = whole_second(now)
    end = _end_of_day(start, zone, DAYS - 1) if hours is None else start + timedelta(hours=hours)
    return SearchWindow(start, end.replace(microsecond=0), zone)


def end_of_today(window: SearchWindow) -> datetime:
    """The last second of the local date on which the window starts."""
    return _end_of_day(window.start, window.zone, 0)


def local_dates(window: SearchWindow, zone: str) -> list[date]:
    """The dates of the window in the zone of a place, three at least (F075)."""
    first = local_date(window.start, zone)
    last = max(local_date(window.end, zone), first + timedelta(days=DAYS - 1))
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def local_date(moment: datetime, zone: str) -> date:
    """The date on the wall of the zone at that instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def parse_instant(text: str) -> datetime:
    """The aware datetime of an instant of the index."""
    return datetime.fromisoformat(text)


def whole_second(moment: datetime) -> datetime:
    """The instant in UTC, rounded up to the second. A naive datetime is a fault of the caller."""
    if moment.tzinfo is None:
        raise ValueError("now needs a time zone: pass datetime.now(UTC)")
    rounded = moment.astimezone(UTC)
    return rounded + timedelta(microseconds=-rounded.microsecond % 1_000_000)


def _end_of_day(moment: datetime, zone: str, days: int) -> datetime:
    """Dates are added on the calendar, never as 24 hours: a day of 23 or 25 hours stays one."""
    day = local_date(moment, zone) + timedelta(days=days)
    return datetime.combine(day, LAST_SECOND, ZoneInfo(zone)).astimezone(UTC)
