"""The worker's loop: rounds as long as there is work, a short pause when there is none."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from elastic.errors import ElasticError
from records.errors import RecordsUnavailable, SchemaOutdated
from worker.context import WorkerContext
from worker.delivery import catch_up_with_index, deliver_due, release_abandoned
from worker.measures import count_with_slot_if_due
from worker.periodic import run_periodic

PAUSE_S = 0.25
"""Pause of an idle worker: a change is searchable well within two seconds."""
CHECKS = timedelta(seconds=2)
"""Time between two looks at which index is live and which periodic work is due."""
TROUBLE_PAUSE_S = 2.0
"""Pause after the records or Elasticsearch did not answer."""

log = structlog.get_logger()


def run_worker(
    context: WorkerContext, stop: threading.Event, clock: Callable[[], datetime]
) -> None:
    """Carry out messages until ``stop`` is set; trouble of a service is waited out."""
    due = clock()
    while not stop.is_set():
        try:
            if clock() >= due:
                _check(context, clock())
                due = clock() + CHECKS
            done = deliver_due(context, clock())
        except (ElasticError, RecordsUnavailable, SchemaOutdated) as error:
            log.warning("worker_waits", error=type(error).__name__)
            stop.wait(TROUBLE_PAUSE_S)
        else:
            if not done:
                stop.wait(PAUSE_S)


def drain_outbox(context: WorkerContext, clock: Callable[[], datetime]) -> int:
    """Carry out what is due now and end; returns the messages done. Raises what fails."""
    _check(context, clock())
    total = 0
    while done := deliver_due(context, clock()):
        total += done
    return total


def _check(context: WorkerContext, now: datetime) -> None:
    """What is not a message: a killed worker, another live index, and work that comes back."""
    release_abandoned(context)
    catch_up_with_index(context, now)
    run_periodic(context.database, now)
    count_with_slot_if_due(context, now)
