"""A live index that the worker has not met yet gets what the records changed since its build.

A build notes what it reads before it reads it (``mark_read_changes``), so that its index is not
given everything again.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from records.absences import PROJECT_ABSENCES
from records.agenda.agendas import PROJECT_AGENDA
from records.agenda.windows import set_windows
from records.database import Database, open_transaction
from records.declared import DECLARED
from records.kinds import queue_written
from records.orientations.counts import find_first_day, queue_counts_since
from records.professional_settings import (
    PARTICIPATION,
    PROJECT_MSP,
    PROJECT_PROFESSIONAL,
    queue_all_msp,
)
from records.structure_settings import PROJECT_STRUCTURE
from records.tables import Import, OutboxMessage, ProjectedIndex

CLOCK_MARGIN = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""

BUILT = (
    *(PROJECT_PROFESSIONAL, PROJECT_MSP, PROJECT_STRUCTURE),
    *(PROJECT_ABSENCES, PROJECT_AGENDA),
)
"""Kinds of messages whose effect is in an index from its build on."""


def mark_read_changes(database: Database, index_name: str) -> None:
    """Note that the build of an index reads the records after all that is committed now."""
    read = {"read_by": index_name}
    with open_transaction(database) as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.kind.in_(BUILT)).values(read))
        session.execute(update(Import).values(read))


def queue_missed_changes(
    database: Database, alias: str, index_name: str, built_at: datetime, now: datetime
) -> int:
    """Queue what the records changed since a build began; nothing for the index met last.

    What the build read is not: its messages go, what its files brought stays as it is.
    Orientations come and go all day: those that may be of today at some place are all queued.
    Returns the messages added. A reindex or a rollback made the index live; its build read the
    records once, at its start.
    """
    with open_transaction(database) as session:
        met = session.get(ProjectedIndex, alias)
        if met is not None and met.index_name == index_name:
            return 0
        session.execute(delete(OutboxMessage).where(OutboxMessage.read_by == index_name))
        added = _queue_declared(session, index_name, built_at - CLOCK_MARGIN, now)
        added += queue_counts_since(session, find_first_day(now), now)
        set_windows(session, min(built_at, now))
        session.merge(ProjectedIndex(alias=alias, index_name=index_name))
        return added


def _queue_declared(session: Session, index_name: str, since: datetime, now: datetime) -> int:
    """What was declared since; an MSP that nobody names any more follows from a professional."""
    added = {
        name: sum(1 for _ in queue_written(session, kind, since, now, read_by=index_name))
        for name, kind in DECLARED.items()
    }
    msp = queue_all_msp(session, now) if added[PARTICIPATION.name] else 0
    return sum(added.values()) + msp
