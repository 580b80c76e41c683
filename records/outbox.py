"""The outbox: what follows from a change, written in the same transaction, done by a worker.

Delivery is at least once and every receiver idempotent. Messages of one kind and key are done in
their order; a row is taken by lease, so that any number of workers may run and a killed one's
lease ends. One that was killed on this machine is known to be gone before that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
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


def lease_followers(
    session: Session, owner: str, heads: Iterable[OutboxMessage], now: datetime
) -> Sequence[OutboxMessage]:
    """Take also the later messages of the same keys, for work that reads the state as it is.

    One reading stands for all of them, since each was committed before.
    """
    taken = {(one.kind, one.key): one.id for one in heads}
    found = [
        message
        for kind in sorted({kind for kind, _ in taken})
        for message in session.scalars(_select_free(kind, taken, now))
        if message.id > taken[message.kind, message.key]
    ]
    for message in found:
        message.lease_owner, message.lease_until = owner, now + LEASE
    return found


def release_messages(session: Session, is_gone: Callable[[str], bool]) -> int:
    """Make due at once what workers that are gone had taken; returns how many messages."""
    held = OutboxMessage.lease_owner.is_not(None)
    owners = session.scalars(select(OutboxMessage.lease_owner).where(held).distinct()).all()
    gone = [owner for owner in owners if owner and is_gone(owner)]
    if not gone:
        return 0
    free = {"lease_owner": None, "lease_until": None}
    theirs = OutboxMessage.lease_owner.in_(gone)
    done = session.execute(update(OutboxMessage).where(theirs).values(free))
    return int(getattr(done, "rowcount", 0))


def delete_messages(session: Session, owner: str, ids: Iterable[int]) -> None:
    """These messages are done, those that ``owner`` still holds.

    A worker whose lease ended may find another's message: SQLite gives an id again.
    """
    held = OutboxMessage.lease_owner == owner
    session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(list(ids)), held))


def postpone_message(
    session: Session, owner: str, message_id: int, reason: str, now: datetime
) -> None:
    """Try again later, or never: a message that failed too often is a dead letter."""
    message = session.get(OutboxMessage, message_id)
    if message is None or message.lease_owner != owner:
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


def find_oldest_due(session: Session) -> datetime | None:
    """Since when the message that waits longest is due; None when none waits."""
    alive = OutboxMessage.dead_at.is_(None)
    found: datetime | None = session.scalar(select(func.min(OutboxMessage.not_before)).where(alive))
    return found


def _count(session: Session, condition: Any) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0


def _select_free(
    kind: str, taken: Iterable[tuple[str, str]], now: datetime
) -> Select[OutboxMessage]:
    keys = [key for held, key in taken if held == kind]
    alive = OutboxMessage.dead_at.is_(None)
    same = (OutboxMessage.kind == kind, OutboxMessage.key.in_(keys))
    return select(OutboxMessage).where(*same, alive, _is_free(now))


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= now)


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
        .where(_is_free(now))
        .where(~waits_behind)
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
    )
