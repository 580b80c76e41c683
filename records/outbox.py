"""The outbox: what follows from a change, written in the same transaction, done by a worker.

Delivery is at least once and every receiver idempotent. Messages of one kind and key are done in
their order; a row is taken by lease, so that any number of workers may run and a killed one's
lease ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from mappings.bounds import FREE_TEXT
from records.tables import OutboxMessage

LEASE = timedelta(seconds=60)
"""Time a worker has for what it took; a living one ends in milliseconds."""
RETRY_AFTER_S = (1, 2, 5, 15, 60, 300, 900, 1800, 3600, 7200)
"""Seconds before each new try; after the last one the message is a dead letter."""


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """Messages that wait, of them those that failed once, and dead letters."""

    waiting: int
    failed: int
    dead: int


def add_message(session: Session, kind: str, key: str, now: datetime) -> None:
    """Add a message to the transaction of the change that it follows from."""
    session.add(OutboxMessage(kind=kind, key=key, created_at=now, not_before=now))


def lease_messages(
    session: Session, owner: str, kinds: Iterable[str], now: datetime, limit: int
) -> Sequence[OutboxMessage]:
    """Take up to ``limit`` due messages of these kinds for ``LEASE``, the oldest of each key.

    A kind that only a later program knows waits for it.
    """
    due = _select_due(now).where(OutboxMessage.kind.in_(sorted(kinds)))
    found = session.scalars(due.limit(limit)).all()
    for message in found:
        message.lease_owner, message.lease_until = owner, now + LEASE
    return found


def delete_message(session: Session, message_id: int) -> None:
    """The message is done."""
    if message := session.get(OutboxMessage, message_id):
        session.delete(message)


def postpone_message(session: Session, message_id: int, reason: str, now: datetime) -> None:
    """Try again later, or never: a message that failed too often is a dead letter."""
    message = session.get(OutboxMessage, message_id)
    if message is None:
        return
    message.last_error = reason[: FREE_TEXT.longest]
    message.lease_owner = message.lease_until = None
    if message.tries >= len(RETRY_AFTER_S):
        message.dead_at = now
    else:
        message.not_before = now + timedelta(seconds=RETRY_AFTER_S[message.tries])
    message.tries += 1


def revive_messages(session: Session, now: datetime) -> int:
    """Make dead letters due again, from their first try; returns how many."""
    dead = OutboxMessage.dead_at.is_not(None)
    again = {"dead_at": None, "tries": 0, "not_before": now}
    done = session.execute(update(OutboxMessage).where(dead).values(again))
    return int(getattr(done, "rowcount", 0))


def count_messages(session: Session) -> OutboxCounts:
    """How many messages wait, failed and are dead."""
    alive = OutboxMessage.dead_at.is_(None)
    return OutboxCounts(
        waiting=_count(session, alive),
        failed=_count(session, alive & (OutboxMessage.tries > 0)),
        dead=_count(session, ~alive),
    )


def list_messages(session: Session, limit: int) -> Sequence[OutboxMessage]:
    """The oldest messages, dead letters first."""
    order = (OutboxMessage.dead_at.is_(None), OutboxMessage.id)
    return session.scalars(select(OutboxMessage).order_by(*order).limit(limit)).all()


def _count(session: Session, condition: Any) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0


def _select_due(now: datetime) -> Select[OutboxMessage]:
    """Messages due and not taken, without those that wait behind an older one of their key."""
    older = aliased(OutboxMessage)
    waits_behind = (
        select(older.id)
        .where(older.kind == OutboxMessage.kind, older.key == OutboxMessage.key)
        .where(older.id < OutboxMessage.id, older.dead_at.is_(None))
        .exists()
    )
    return (
        select(OutboxMessage)
        .where(OutboxMessage.dead_at.is_(None), OutboxMessage.not_before <= now)
        .where(or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= now))
        .where(~waits_behind)
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
    )
