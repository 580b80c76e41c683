"""Audit trail of the indices, kept in Elasticsearch beside them."""

import getpass
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from elasticsearch import Elasticsearch

from elastic.errors import translate_errors
from elastic.names import audit_index
from elastic.service.service_index import ensure_service_index

_PROPERTIES: dict[str, Any] = {
    "at": {"type": "date"},
    "event": {"type": "keyword"},
    "index": {"type": "keyword"},
    "actor": {"type": "keyword"},
    "details": {"type": "object", "enabled": False},
}


class Event(StrEnum):
    """Events of an index."""

    REINDEX_STARTED = "reindex_started"
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
    client: Elasticsearch,
    event: Event,
    index: str,
    *,
    now: datetime,
    prefix: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one line, readable at once. ``details`` holds counts and reasons, no personal name."""
    name = audit_index(prefix)
    ensure_service_index(client, name, _PROPERTIES)
    document = {
        "at": now.astimezone(UTC).isoformat(),
        "event": event.value,
        "index": index,
        "actor": f"{getpass.getuser()}@{socket.gethostname()}",
        "details": dict(details or {}),
    }
    with translate_errors():
        client.index(index=name, document=document, refresh=True)


def read_audit_trail(
    client: Elasticsearch,
    *,
    prefix: str = "",
    limit: int = 50,
    index: str | None = None,
    event: Event | None = None,
    since: datetime | None = None,
) -> list[AuditEntry]:
    """The newest lines first, none when nothing was ever recorded.

    Only those of a concrete ``index``, of an ``event``, from the instant ``since`` on.
    """
    with translate_errors():
        found = client.search(
            index=audit_index(prefix),
            ignore_unavailable=True,
            size=limit,
            query={"bool": {"filter": _filters(index, event, since)}},
            sort=[{"at": "desc"}, {"_doc": "desc"}],
        )
    return [_parse_audit_entry(hit["_source"]) for hit in found["hits"]["hits"]]


def _filters(
    index: str | None, event: Event | None, since: datetime | None
) -> list[dict[str, Any]]:
    """The clauses of a query; without clause every line matches."""
    clauses: list[dict[str, Any]] = []
    if index is not None:
        clauses.append({"term": {"index": index}})
    if event is not None:
        clauses.append({"term": {"event": event.value}})
    if since is not None:
        clauses.append({"range": {"at": {"gte": since.astimezone(UTC).isoformat()}}})
    return clauses


def _parse_audit_entry(source: dict[str, Any]) -> AuditEntry:
    return AuditEntry(
        at=datetime.fromisoformat(source["at"]),
        event=Event(source["event"]),
        index=source["index"],
        actor=source["actor"],
        details=source["details"],
    )
