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
FULL_WINDOW_DAYS = 2.67
"""Days from a weekday morning to the end of the window: what waits are compared with where every
day is a full one."""

MINUTES = build_weighted([(0, 0.27), (15, 0.14), (20, 0.15), (30, 0.22), (40, 0.12), (45, 0.10)])
DURATIONS = build_weighted([(15, 0.45), (20, 0.40), (30, 0.15)])

SATURDAY, SUNDAY = 5, 6


Hourly = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Filling of a day by an agenda: weight of each hour, and slots of a weekday, Saturday, Sunday.

    The three means are shares of the agenda's slots a day. ``soon`` is the chance of a place in the
    next two hours where it is open, ``freed`` that of one booked place that comes back within the
    window: both before the wait is over.
    """

    weekday_hours: Hourly
    weekend_hours: Hourly
    weekday: float
    saturday: float
    sunday: float
    soon: float = 0.02
    freed: float = 0.04

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


_MORNING = _even(8, 9, 10, 11)

PRACTICE = Rhythm(_OFFICE, _MORNING, weekday=1.0, saturday=0.5, sunday=0.006)
"""Noon is thin, Saturday ends at noon, almost all close on Sunday."""
PRACTICE_CLOSED_ON_SATURDAY = Rhythm(_OFFICE, _MORNING, weekday=1.0, saturday=0.0, sunday=0.0)
EVENING_PRACTICE = Rhythm(
    (
        (10, 1.0),
        (11, 1.0),
        (14, 0.6),
        (15, 0.8),
        (16, 1.0),
        (17, 1.1),
        (18, 1.1),
        (19, 1.0),
        (20, 0.6),
    ),
    _even(9, 10, 11, 12, 14, 15, 16),
    weekday=1.0,
    saturday=0.6,
    sunday=0.0,
)
"""Open until 21:00, and on Saturday afternoon."""
EARLY_PRACTICE = Rhythm(
    ((7, 1.0), (8, 1.2), (9, 1.2), (10, 1.0), (11, 1.0), (13, 0.6), (14, 0.8), (15, 0.8)),
    _even(7, 8, 9, 10),
    weekday=1.0,
    saturday=0.2,
    sunday=0.0,
)
PRACTICES = build_weighted(
    [
        (PRACTICE, 0.38),
        (PRACTICE_CLOSED_ON_SATURDAY, 0.36),
        (EVENING_PRACTICE, 0.18),
        (EARLY_PRACTICE, 0.08),
    ]
)
"""How practices open: half of them on Saturday, one in five in the evening (estimates)."""
REMOTE_ONLY = Rhythm(
    _even(*range(7, 23)), _even(*range(8, 22)), weekday=1.0, saturday=0.8, sunday=0.6, soon=0.3
)
"""A doctor who is seen on a screen only: from early to late, every day."""
DUTY_HOUSE = Rhythm(
    _even(20, 21, 22, 23),
    _even(*range(12, 24)),
    weekday=0.5,
    saturday=1.0,
    sunday=1.5,
    soon=0.45,
)
SOS_POINT = Rhythm(
    _even(*range(8, 24)), _even(*range(24)), weekday=1.0, saturday=1.2, sunday=1.5, soon=0.45
)


@dataclass(frozen=True, slots=True)
class GeneratedOpening:
    """One open slot; both instants in UTC."""

    start: datetime
    end: datetime


def draw_openings(
    rng: random.Random,
    zone: str,
    now: datetime,
    rhythm: Rhythm,
    a_day: float,
    *,
    wait_days: float = 0.0,
) -> list[GeneratedOpening]:
    """The open slots of an agenda from ``now`` to the end of day + 2, without overlap, in order.

    ``a_day`` is the mean number on a full weekday; what is left of today gets its share. Nothing is
    open for ``wait_days``, but for places that are freed.
    """
    place = ZoneInfo(zone)
    drawn = (
        [] if wait_days >= WINDOW_DAYS else _draw_regular_openings(rng, place, now, rhythm, a_day)
    )
    first = now + timedelta(days=min(wait_days, WINDOW_DAYS))
    freed = _draw_freed_openings(rng, place, now, rhythm)
    return _drop_overlaps([*freed, *(o for o in drawn if o.start > first)])


def draw_full_openings(
    rng: random.Random,
    zone: str,
    now: datetime,
    rhythm: Rhythm,
    a_day: float,
    *,
    wait_days: float = 0.0,
) -> list[GeneratedOpening]:
    """As many open slots to come as on a weekday morning, whatever the day and the hour: what has
    gone of today is made up for over the window, and a wait takes its part of the slots."""
    place, steady = ZoneInfo(zone), rhythm.without_weekends()
    freed = _draw_freed_openings(rng, place, now, steady)
    if wait_days >= FULL_WINDOW_DAYS:
        return _drop_overlaps(freed)
    left = WINDOW_DAYS - 1 + steady.remaining_share(now.astimezone(place))
    drawn = _draw_regular_openings(rng, place, now, steady, a_day * WINDOW_DAYS / left)
    gone = draw_whole(rng, len(drawn) * wait_days / FULL_WINDOW_DAYS)
    return _drop_overlaps([*freed, *drawn[gone:]])


def _draw_regular_openings(
    rng: random.Random, place: ZoneInfo, now: datetime, rhythm: Rhythm, a_day: float
) -> list[GeneratedOpening]:
    """The slots of the window that lie ahead, in order; they may overlap."""
    today = now.astimezone(place).date()
    drawn: list[GeneratedOpening | None] = []
    for offset in range(WINDOW_DAYS):
        day = today + timedelta(days=offset)
        count = draw_whole(rng, a_day * rhythm.share(day) * rng.uniform(0.4, 1.6))
        drawn += [_draw_opening(rng, day, place, rhythm) for _ in range(count)]
    return sorted((o for o in drawn if o is not None and o.start > now), key=lambda o: o.start)


def _draw_freed_openings(
    rng: random.Random, place: ZoneInfo, now: datetime, rhythm: Rhythm
) -> list[GeneratedOpening]:
    """Booked places that come back: one in the next two hours, one at any time of the window."""
    found = [_draw_soon_opening(rng, place, now, rhythm)]
    day = now.astimezone(place).date() + timedelta(days=rng.randrange(WINDOW_DAYS))
    if rng.random() < rhythm.freed * min(1.0, rhythm.share(day)):
        found.append(_draw_opening(rng, day, place, rhythm))
    return [o for o in found if o is not None and o.start > now]


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
    if rng.random() >= rhythm.soon * min(1.0, rhythm.share(local.date())):
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
