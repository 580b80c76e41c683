"""Work that comes back: each is done by one of the workers, see ``records.upkeep.periodic``."""

from datetime import datetime, timedelta

from records.agenda.windows import queue_moved_windows
from records.database import Database
from records.indicators.events import aggregate_old_events
from records.orientations.life import expire_orientations
from records.upkeep.periodic import PeriodicTask, run_if_due

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

TASKS = (
    PeriodicTask("expire_orientations", MINUTE, expire_orientations),
    PeriodicTask("move_agenda_windows", MINUTE, queue_moved_windows),
    PeriodicTask("aggregate_events", HOUR, aggregate_old_events),
)


def run_periodic(database: Database, now: datetime) -> int:
    """Do what is due; returns what was done. Raises ``RecordsUnavailable``."""
    return sum(run_if_due(database, task, now) for task in TASKS)
