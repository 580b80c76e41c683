"""A search in plain words, and the instants that it speaks of.

The oracle is written apart from the queries: nothing of the query builders, of the ranking table
or of the slot rule is imported. What a search means is taken from the design, what a coordinate
and a seed become in Elasticsearch from its own source.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class OracleQuery:
    """A search in the oracle's own words; distances in kilometres."""

    lat: float
    lon: float
    department: str
    insee: str | None
    zone: str
    step_km: float
    radius_km: float | None
    explicit: bool
    measured: bool
    mode: str
    sort: str
    profile: str
    role: str
    now: datetime
    hours: float | None
    seed: int
    absent: bool
    slot_type: frozenset[str]
    consultation: frozenset[str]
    horizons: tuple[tuple[int, int], ...]
    open_now: bool
    filters: dict[str, frozenset[str]]
    meaning: Any
    group_cpts: bool = True
    cpts: str | None = None
    without_rpps: str | None = None
    deadline: float | None = None
    moment: str | None = None
    without_car: bool = False
    gender: str | None = None
    titled: bool = False
    age: str | None = None
    size: int = 5
    landmass: str = "mainland"
    practice: str | None = None


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def search_start(query: OracleQuery) -> datetime:
    fraction = query.now.microsecond
    return query.now.replace(microsecond=0) + timedelta(seconds=1 if fraction else 0)


def day_end(query: OracleQuery, days: int) -> datetime:
    local = search_start(query).astimezone(ZoneInfo(query.zone)).date() + timedelta(days=days)
    last = datetime(local.year, local.month, local.day, 23, 59, 59, tzinfo=ZoneInfo(query.zone))
    return last.astimezone(UTC)


def window(query: OracleQuery) -> tuple[str, str]:
    return compute_window(query.now, query.zone, query.hours)


@cache
def compute_window(now: datetime, zone: str, hours: float | None) -> tuple[str, str]:
    start = now + timedelta(microseconds=-now.microsecond % 1_000_000)
    if hours is not None:
        return text(start), text(start + timedelta(hours=hours))
    local = start.astimezone(ZoneInfo(zone)).date() + timedelta(days=2)
    last = datetime(local.year, local.month, local.day, 23, 59, 59, tzinfo=ZoneInfo(zone))
    return text(start), text(last)
