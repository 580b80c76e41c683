"""Open slots of one agenda: when they start, in the zone of the place, as exact instants."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from simulation.draws import WeightedChoice, build_weighted, draw_whole

WINDOW_DAYS = 3
"""Today and the two days that follow, in the zone of the place."""
SOON = timedelta(hours=2)
SOON_SHARE = 0.45
"""Chance that an open practice has a place freed in the next two hours."""

MINUTES = build_weighted([(0, 0.27), (15, 0.14), (20, 0.15), (30, 0.22), (40, 0.12), (45, 0.10)])
DURATIONS = build_weighted([(15, 0.45), (20, 0.40), (30, 0.15)])

SATURDAY, SUNDAY = 5, 6


Hourly = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Filling of a day by an agenda: weight of each hour, and slots of a weekday, Saturday, Sunday.

    The three means are shares of the agenda's slots a day.
    """

    weekday_hours: Hourly
    weekend_hours: Hourly
    weekday: float
    saturday: float
    sunday: float

    def hours(self, day: date) -> Hourly:
        """Weight of each hour of a day."""
        return self.weekend_hours if day.weekday() >= SATURDAY else self.weekday_hours

    def share(self, day: date) -> float:
        """Share of a full day's slots."""
        return {SATURDAY: self.saturday, SUNDAY: self.sunday}.get(day.weekday(), self.weekday)

    def without_weekends(self) -> "Rhythm":
        """Every day is a weekday."""
        return replace(
            self, weekend_hours=self.weekday_hours, saturday=self.weekday, sunday=self.weekday
        )

    def remaining_share(self, local: datetime) -> float:
        """Share of a day's hours that lie after a local time, from 0 to 1."""
        hours, now = self.hours(local.date()), local.hour + local.minute / 60
        left = sum(weight * min(1.0, max(0.0, hour + 1 - now)) for hour, weight in hours)
        return left / sum(weight for _, weight in hours)


_OFFICE: Hourly = (
    (8, 1.0), (9, 1.2), (10, 1.2), (11, 1.0), (12, 0.25),
    (13, 0.3), (14, 0.9), (15, 1.0), (16, 1.1), (17, 1.1), (18, 0.8),
)  # fmt: skip


def _even(*hours: int) -> Hourly:
    return tuple((hour, 1.0) for hour in hours)


PRACTICE = Rhythm(_OFFICE, _even(8, 9, 10, 11), weekday=1.0, saturday=0.35, sunday=0.006)
"""Noon is thin, Saturday ends at noon, almost all close on Sunday."""
DUTY_HOUSE = Rhythm(
    _even(20, 21, 22, 23), _even(*range(12, 24)), weekday=0.5, saturday=1.0, sunday=1.5
)
SOS_POINT = Rhythm(_even(*range(8, 24)), _even(*range(24)), weekday=1.0, saturday=1.2, sunday=1.5)


@dataclass(frozen=True, slots=True)
class GeneratedOpening:
    """One open slot; both instants in UTC."""

    start: datetime
    end: datetime


def draw_openings(
    rng: random.Random, zone: str, now: datetime, rhythm: Rhythm, a_day: float
) -> list[GeneratedOpening]:
    """The open slots of an agenda from ``now`` to the end of day + 2, without overlap, in order.

    ``a_day`` is the mean number on a full weekday; what is left of today gets its share.
    """
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    drawn = [_draw_soon_opening(rng, place, now, rhythm)]
    for offset in range(WINDOW_DAYS):
        day = today + timedelta(days=offset)
        count = draw_whole(rng, a_day * rhythm.share(day) * rng.uniform(0.4, 1.6))
        drawn += [_draw_opening(rng, day, place, rhythm) for _ in range(count)]
    return _drop_overlaps(o for o in drawn if o is not None and o.start > now)


def draw_full_openings(
    rng: random.Random, zone: str, now: datetime, rhythm: Rhythm, a_day: float
) -> list[GeneratedOpening]:
    """As many open slots to come as on a weekday morning, whatever the day and the hour: what has
    gone of today is made up for over the window."""
    steady = rhythm.without_weekends()
    left = WINDOW_DAYS - 1 + steady.remaining_share(now.astimezone(ZoneInfo(zone)))
    return draw_openings(rng, zone, now, steady, a_day * WINDOW_DAYS / left)


@cache
def _hours(hours: Hourly) -> WeightedChoice[int]:
    return build_weighted(hours)


def _draw_opening(
    rng: random.Random, day: date, place: ZoneInfo, rhythm: Rhythm
) -> GeneratedOpening | None:
    at = time(_hours(rhythm.hours(day)).draw(rng), MINUTES.draw(rng))
    return _build_opening(datetime.combine(day, at, place), DURATIONS.draw(rng))


def _build_opening(local: datetime, minutes: int) -> GeneratedOpening | None:
    """The slot at a local time, None when a clock change skips or doubles that time."""
    start = local.astimezone(UTC)
    if start != local.replace(fold=1).astimezone(UTC):
        return None
    return GeneratedOpening(start, start + timedelta(minutes=minutes))


def _draw_soon_opening(
    rng: random.Random, place: ZoneInfo, now: datetime, rhythm: Rhythm
) -> GeneratedOpening | None:
    """A place freed at the last minute, if the practice is open in the next two hours."""
    local = now.astimezone(place)
    if rng.random() >= SOON_SHARE * min(1.0, rhythm.share(local.date())):
        return None
    at = local + SOON * rng.random()
    at = at.replace(minute=MINUTES.draw(rng), second=0, microsecond=0)
    open_then = any(hour == at.hour for hour, _ in rhythm.hours(at.date()))
    return _build_opening(at, DURATIONS.draw(rng)) if open_then else None


def _drop_overlaps(found: Iterable[GeneratedOpening]) -> list[GeneratedOpening]:
    kept: list[GeneratedOpening] = []
    for opening in sorted(found, key=lambda o: o.start):
        if not kept or opening.start >= kept[-1].end:
            kept.append(opening)
    return kept


def format_utc_instant(moment: datetime) -> str:
    """``2026-11-23T08:15:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
