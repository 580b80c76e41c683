"""One round of the outbox: take what is due, carry it out by kind, delete it or put it off."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from elastic import lifecycle
from elastic.errors import ElasticError
from elastic.optimistic import WriteConflictError
from records.database import open_transaction
from records.errors import RecordsError
from records.outbox import delete_message, lease_messages, postpone_message
from records.professional_settings import PROJECT_MSP, PROJECT_PROFESSIONAL
from records.projected_index import queue_missed_changes
from worker.context import WorkerContext
from worker.projection import project_msp, project_professionals

BATCH = 500
"""Messages taken at once: one query and one bulk."""

Deliver = Callable[[WorkerContext, Sequence[str]], None]

DELIVERIES: Mapping[str, Deliver] = {
    PROJECT_PROFESSIONAL: project_professionals,
    PROJECT_MSP: project_msp,
}
"""What carries out each kind of message, given the keys of several."""

FAILURES = (ElasticError, WriteConflictError, RecordsError, OSError)
"""Failures of a receiver: the message stays and is tried again."""

log = structlog.get_logger()


def deliver_due(context: WorkerContext, now: datetime) -> int:
    """Carry out a batch of what is due; returns the messages done.

    Raises ``RecordsUnavailable`` when the outbox itself cannot be read or written.
    """
    taken = _take(context, now)
    return sum(_deliver_kind(context, kind, messages, now) for kind, messages in taken.items())


def catch_up_with_index(context: WorkerContext, now: datetime) -> int:
    """Queue what a newly live index lacks; returns the messages added. Raises ``ElasticError``."""
    live = lifecycle.live_index(context.client, context.alias)
    if live is None:
        return 0
    return queue_missed_changes(context.database, context.alias, str(live), live.stamp, now)


def _take(context: WorkerContext, now: datetime) -> dict[str, dict[int, str]]:
    """Messages by kind, each the key by its id."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    with open_transaction(context.database) as session:
        for message in lease_messages(session, context.name, DELIVERIES, now, BATCH):
            found[message.kind][message.id] = message.key
    return found


def _deliver_kind(
    context: WorkerContext, kind: str, messages: Mapping[int, str], now: datetime
) -> int:
    try:
        DELIVERIES[kind](context, sorted(set(messages.values())))
    except FAILURES as error:
        _postpone(context, kind, messages, error, now)
        return 0
    with open_transaction(context.database) as session:
        for message_id in messages:
            delete_message(session, message_id)
    return len(messages)


def _postpone(
    context: WorkerContext,
    kind: str,
    messages: Mapping[int, str],
    error: Exception,
    now: datetime,
) -> None:
    log.warning("outbox_postponed", kind=kind, messages=len(messages), error=type(error).__name__)
    with open_transaction(context.database) as session:
        for message_id in messages:
            postpone_message(session, message_id, f"{type(error).__name__}: {error}", now)
