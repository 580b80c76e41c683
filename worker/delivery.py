"""One round of the outbox: take what is due, carry it out by kind, delete it or put it off."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from elastic import lifecycle
from elastic.errors import ElasticError
from elastic.optimistic import WriteConflictError
from elastic.process import is_dead
from records.absences import PROJECT_ABSENCES
from records.agenda.agendas import PROJECT_AGENDA
from records.database import open_transaction
from records.errors import RecordsError
from records.orientations.counts import COUNT_ORIENTATIONS
from records.outbox import (
    delete_messages,
    lease_followers,
    lease_messages,
    postpone_message,
    release_messages,
)
from records.professional_settings import PROJECT_MSP, PROJECT_PROFESSIONAL
from records.structure_settings import PROJECT_STRUCTURE
from records.upkeep.projected_index import queue_missed_changes
from worker.context import WorkerContext
from worker.projection import (
    project_absences,
    project_agendas,
    project_msp,
    project_orientation_counts,
    project_professionals,
    project_structures,
)

BATCH = 500
"""Messages taken at once: one query and one bulk."""

Deliver = Callable[[WorkerContext, Sequence[str], datetime], None]
"""Carries out messages of one kind, given their keys and the instant of the round."""

# Each reads the records as they are, so the messages of a key are carried out together.
DELIVERIES: Mapping[str, Deliver] = {
    PROJECT_PROFESSIONAL: project_professionals,
    PROJECT_MSP: project_msp,
    PROJECT_STRUCTURE: project_structures,
    PROJECT_ABSENCES: project_absences,
    COUNT_ORIENTATIONS: project_orientation_counts,
    PROJECT_AGENDA: project_agendas,
}
"""What carries out each kind of message."""

FORESEEN = (ElasticError, WriteConflictError, RecordsError, OSError)
"""Failures whose sentence is kept; any other may repeat what a person wrote: its type alone is."""

log = structlog.get_logger()


def deliver_due(context: WorkerContext, now: datetime) -> int:
    """Carry out a batch of what is due; returns the messages done.

    Raises ``RecordsUnavailable`` when the outbox itself cannot be read or written.
    """
    batches = _take(context, now)
    return sum(_deliver(context, one.kind, keys, now) for one, keys in batches.items())


def catch_up_with_index(context: WorkerContext, now: datetime) -> int:
    """Queue what a newly live index lacks; returns the messages added. Raises ``ElasticError``."""
    live = lifecycle.live_index(context.client, context.alias)
    if live is None:
        return 0
    return queue_missed_changes(context.database, context.alias, str(live), live.stamp, now)


def release_abandoned(context: WorkerContext) -> int:
    """Free what workers of this machine had taken when they were killed; returns the messages."""
    with open_transaction(context.database) as session:
        return release_messages(session, is_dead)


class _Batch(NamedTuple):
    """Messages carried out at once: of a kind, and one that failed before by itself.

    One that cannot be done so holds up no other for longer than one try.
    """

    kind: str
    alone: int | None


def _take(context: WorkerContext, now: datetime) -> dict[_Batch, dict[int, str]]:
    """What is due, the key of each message by its id."""
    found: dict[_Batch, dict[int, str]] = defaultdict(dict)
    with open_transaction(context.database) as session:
        heads = lease_messages(session, context.name, DELIVERIES, now, BATCH)
        batches = {
            (one.kind, one.key): _Batch(one.kind, one.id if one.tries else None) for one in heads
        }
        for message in (*heads, *lease_followers(session, context.name, heads, now)):
            found[batches[message.kind, message.key]][message.id] = message.key
    return found


def _deliver(context: WorkerContext, kind: str, messages: Mapping[int, str], now: datetime) -> int:
    try:
        DELIVERIES[kind](context, sorted(set(messages.values())), now)
    except Exception as error:  # whatever fails, the message must not be lost
        _postpone(context, kind, messages, error, now)
        return 0
    with open_transaction(context.database) as session:
        delete_messages(session, context.name, messages)
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
            postpone_message(session, context.name, message_id, _describe(error), now)


def _describe(error: Exception) -> str:
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, FORESEEN) else name
