"""Audit trail of the indices: who did what, when, with which counts."""

import getpass
import socket
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select

from records.database import open_reading, open_transaction
from records.trail.tables import AuditLine
from records.trail.trail import Trail


class Event(StrEnum):
    """Events of an index."""

    REINDEX_STARTED = "reindex_started"
    REINDEX_CHECKED = "reindex_checked"
    """The new index passed its gate: the swap of the alias follows."""
    REINDEX_COMPLETED = "reindex_completed"
    REINDEX_FAILED = "reindex_failed"
    ALIAS_SWAPPED = "alias_swapped"
    ROLLED_BACK = "rolled_back"
    INDEX_PRUNED = "index_pruned"
    INDEX_MIGRATED = "index_migrated"
    SOURCE_LOADED = "source_loaded"
    SNAPSHOT_TAKEN = "snapshot_taken"
    SNAPSHOT_RESTORED = "snapshot_restored"
    SNAPSHOT_DELETED = "snapshot_deleted"


@dataclass(frozen=True)
class AuditEntry:
    """One line of the trail; ``actor`` is ``user@host``."""

    at: datetime
    event: Event
    index: str
    actor: str
    details: dict[str, Any]


def record_event(
    trail: Trail,
    event: Event,
    index: str,
    *,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one line. ``details`` holds counts and reasons, no personal name."""
    actor = f"{getpass.getuser()}@{socket.gethostname()}"
    record_entries(trail, [AuditEntry(now, event, index, actor, dict(details or {}))])


def record_entries(trail: Trail, entries: Collection[AuditEntry]) -> None:
    """Write lines as they are."""
    with open_transaction(trail.database) as session:
        session.add_all(
            AuditLine(
                prefix=trail.prefix,
                at=entry.at,
                event=entry.event.value,
                index_name=entry.index,
                actor=entry.actor,
                details=entry.details,
            )
            for entry in entries
        )


def read_audit_trail(
    trail: Trail,
    *,
    limit: int = 50,
    index: str | None = None,
    events: Collection[Event] | None = None,
    since: datetime | None = None,
) -> list[AuditEntry]:
    """The newest lines first, none when nothing was ever recorded.

    Only those of a concrete ``index``, of some ``events``, from the instant ``since`` on.
    """
    lines = select(AuditLine).where(*_list_conditions(trail, index, events, since))
    newest = lines.order_by(AuditLine.at.desc(), AuditLine.id.desc()).limit(limit)
    with open_reading(trail.database) as session:
        return [_build_entry(line) for line in session.scalars(newest)]


def _list_conditions(
    trail: Trail, index: str | None, events: Collection[Event] | None, since: datetime | None
) -> Iterator[ColumnElement[bool]]:
    yield AuditLine.prefix == trail.prefix
    if index is not None:
        yield AuditLine.index_name == index
    if events is not None:
        yield AuditLine.event.in_(sorted(events))
    if since is not None:
        yield AuditLine.at >= since


def _build_entry(line: AuditLine) -> AuditEntry:
    return AuditEntry(line.at, Event(line.event), line.index_name, line.actor, line.details)
