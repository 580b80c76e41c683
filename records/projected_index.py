"""A live index that the worker has not met yet gets what the records changed since its build."""

from datetime import datetime, timedelta

from records.database import Database, open_transaction
from records.declared import DECLARED
from records.kinds import queue_written
from records.orientations.counts import queue_counts_since
from records.professional_settings import queue_all_msp
from records.tables import ProjectedIndex

CLOCK_MARGIN = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""


def queue_missed_changes(
    database: Database, alias: str, index_name: str, built_at: datetime, now: datetime
) -> int:
    """Queue what the records changed since a build began; nothing for the index met last.

    Orientations are in no build: those that may be of today at some place are all queued.
    Returns the messages added. A reindex or a rollback made the index live; its build read the
    records once, at its start.
    """
    with open_transaction(database) as session:
        met = session.get(ProjectedIndex, alias)
        if met is not None and met.index_name == index_name:
            return 0
        since = built_at - CLOCK_MARGIN
        added = queue_all_msp(session, now)
        added += sum(
            1 for kind in DECLARED.values() for _ in queue_written(session, kind, since, now)
        )
        added += queue_counts_since(session, (now - timedelta(days=1)).date(), now)
        session.merge(ProjectedIndex(alias=alias, index_name=index_name))
        return added
