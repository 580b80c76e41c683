"""Weeks and months of the indicators, in French time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
"""Zone in which weeks and months begin, overseas too: national figures are of one week."""


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant to another, which is not in it; both in UTC."""

    since: datetime
    until: datetime


ChoosePeriod = Callable[[date], Period]
"""The period of an indicator, for the day on which it is read."""


def choose_week(day: date) -> Period:
    """The last whole week, Monday to Sunday, before a day."""
    monday = day - timedelta(days=day.weekday())
    return build_period(monday - timedelta(days=7), monday)


def choose_month(day: date) -> Period:
    """The last whole month before a day."""
    first = day.replace(day=1)
    return build_period(subtract_months(first, 1), first)


def choose_day(day: date) -> Period:
    """The day itself."""
    return build_period(day, day + timedelta(days=1))


def build_period(first: date, after: date) -> Period:
    """From midnight to midnight of two days."""
    return Period(find_midnight(first), find_midnight(after))


def find_midnight(day: date) -> datetime:
    """The instant at which a day begins."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def find_day(now: datetime) -> date:
    """The day that it is."""
    return now.astimezone(ZONE).date()


def subtract_months(first: date, months: int) -> date:
    """The first day of the month so many months before."""
    index = first.year * 12 + first.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
