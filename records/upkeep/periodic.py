"""Periodic work, leased: of any number of workers one does it, in the transaction that takes it.

The work is a change of the records, messages of the outbox included. A worker killed in its midst
leaves it due.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from records.database import Database, open_reading, open_transaction, upsert_row
from records.tables import PeriodicWork


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """A work by name, the time between two runs, and what it does; it returns a count."""

    name: str
    every: timedelta
    run: Callable[[Session, datetime], int]


def is_due(database: Database, name: str, now: datetime) -> bool:
    """True when nobody did the work since; another worker may be first all the same."""
    with open_reading(database) as session:
        row = session.get(PeriodicWork, name)
        return row is None or row.due_at <= now


def run_if_due(database: Database, task: PeriodicTask, now: datetime) -> int:
    """Do the work unless it was done less than ``every`` ago; returns its count, else 0."""
    with open_transaction(database) as session:
        row = {"name": task.name, "due_at": now + task.every}
        if not upsert_row(
            session, PeriodicWork, row, {"due_at": row["due_at"]}, PeriodicWork.due_at <= now
        ):
            return 0
        return task.run(session, now)
