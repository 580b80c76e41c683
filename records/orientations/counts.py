"""How many orientations each person was given on the last day there was one, for the index."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mappings.records import OrientationsToday
from records.database import Database, open_reading
from records.orientations.kinds import OrientationState
from records.orientations.tables import OrientationRow
from records.outbox import add_message

COUNT_ORIENTATIONS = "count_orientations"
"""Kind of the message that brings the count to offers; its key is ``person_key``."""

NOT_CANCELLED = OrientationRow.state != OrientationState.CANCELLED
"""Who was asked counts, whatever became of it; a cancelled one was not given."""


def queue_count(session: Session, person_key: str, now: datetime) -> None:
    """Add the message to the transaction that changes the count."""
    add_message(session, COUNT_ORIENTATIONS, person_key, now)


def queue_counts_since(session: Session, day: date, now: datetime) -> int:
    """Queue everybody who was given one on a day or later; returns how many."""
    people = select(OrientationRow.person_key).where(OrientationRow.asked_day >= day).distinct()
    found = session.scalars(people).all()
    for person in found:
        queue_count(session, person, now)
    return len(found)


def count_last_day(database: Database, people: Iterable[str]) -> dict[str, OrientationsToday]:
    """By person, the last day with orientations and how many; readers compare the day with theirs.

    So nothing has to be written when a day ends.
    """
    return _count_chosen(database, OrientationRow.person_key.in_(sorted(people)))


def count_recent_days(database: Database, now: datetime) -> dict[str, OrientationsToday]:
    """The same of everybody who was given one today or yesterday: it may be today somewhere."""
    return _count_chosen(database, OrientationRow.asked_day >= find_first_day(now))


def find_first_day(now: datetime) -> date:
    """The first day that it still is at some place, at an instant."""
    return (now - timedelta(days=1)).date()


def _count_chosen(database: Database, chosen: ColumnElement[bool]) -> dict[str, OrientationsToday]:
    last = (
        select(OrientationRow.person_key, func.max(OrientationRow.asked_day).label("day"))
        .where(chosen, NOT_CANCELLED)
        .group_by(OrientationRow.person_key)
        .subquery()
    )
    same = (OrientationRow.person_key == last.c.person_key) & (
        OrientationRow.asked_day == last.c.day
    )
    counted = (
        select(OrientationRow.person_key, last.c.day, func.count())
        .join(last, same)
        .where(NOT_CANCELLED)
        .group_by(OrientationRow.person_key, last.c.day)
    )
    with open_reading(database) as session:
        return {
            person: {"day": day.isoformat(), "count": count}
            for person, day, count in session.execute(counted)
        }
