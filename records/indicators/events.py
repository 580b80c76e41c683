"""Events: written one by one, and put together by month when they are old."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from records.database import Database, open_transaction
from records.indicators.periods import Period, build_period, find_day, subtract_months
from records.indicators.tables import EventKind, EventMonth, EventRow

KEPT_MONTHS = 25
"""Whole months that events are kept one by one: two years can be compared day by day."""
DESCRIBED = ("kind", "territory", "department", "editor", "mode", "role", "outcome")
"""What events that are put together have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent:
    """A fact without a person, see ``records.indicators.tables`` for each field."""

    at: datetime
    kind: EventKind
    territory: str | None = None
    department: str | None = None
    editor: str | None = None
    mode: str | None = None
    role: str | None = None
    outcome: str | None = None
    amount: int | None = None
    duration_ms: int | None = None


def record_events(database: Database, events: Iterable[ServiceEvent]) -> None:
    """Write events in one transaction."""
    rows = [asdict(one) for one in events]
    if rows:
        with open_transaction(database) as session:
            session.execute(insert(EventRow), rows)


def add_service_event(session: Session, event: ServiceEvent) -> None:
    """Add an event to the transaction of the change that it is about."""
    session.add(EventRow(**asdict(event)))


def aggregate_old_events(session: Session, now: datetime) -> int:
    """Put together the oldest month whose events are kept no longer; returns the events gone.

    One month at a time: a transaction of a year would hold up every other.
    """
    oldest = session.scalar(select(func.min(EventRow.at)))
    if oldest is None:
        return 0
    month = find_day(oldest).replace(day=1)
    if month >= subtract_months(find_day(now).replace(day=1), KEPT_MONTHS):
        return 0
    chosen = _is_within(build_period(month, subtract_months(month, -1)))
    sums = [dict(row._mapping) for row in session.execute(_select_sums(chosen))]
    session.execute(insert(EventMonth), [{**one, "month": month} for one in sums])
    session.execute(delete(EventRow).where(chosen))
    return sum(one["number"] for one in sums)


def _select_sums(chosen: Any) -> Any:
    described = [getattr(EventRow, name) for name in DESCRIBED]
    return (
        select(
            *described,
            func.count().label("number"),
            func.sum(EventRow.amount).label("amount"),
            func.sum(EventRow.duration_ms).label("duration_ms"),
        )
        .where(chosen)
        .group_by(*described)
    )


def _is_within(period: Period) -> Any:
    return (EventRow.at >= period.since) & (EventRow.at < period.until)
