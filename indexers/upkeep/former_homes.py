"""What earlier versions kept in small indices of Elasticsearch, brought into the records once.

An index is deleted when what it held is in the records: killed in between, the import runs again
and brings nothing twice.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.names import add_prefix
from elastic.scan import scan
from mappings.formats import LrmEntry
from records.kinds import count_records
from records.registry.store import REGISTRY, load_registry
from records.trail.audit import AuditEntry, Event, read_audit_trail, record_entries
from records.trail.corrections import read_corrections, record_corrections
from records.trail.last_loads import SourceLoad, last_loads, record_loads
from records.trail.trail import Trail

ALL_LINES = 1_000_000
"""More lines than any trail has."""

Documents = Iterable[Mapping[str, Any]]
Bring = Callable[[Trail, Documents, datetime], int]
"""Keep the documents of an index that the records do not hold; returns how many."""


def import_former_indices(client: Elasticsearch, trail: Trail, now: datetime) -> dict[str, int]:
    """Bring every index that is still there into the records; rows that came, by its name.

    Raises ``ElasticError``, ``RecordsError``.
    """
    done: dict[str, int] = {}
    for name, bring in FORMER.items():
        index = add_prefix(trail.prefix, name)
        with translate_errors():
            if not client.indices.exists(index=index):
                continue
            client.indices.refresh(index=index)
        documents = [hit["_source"] for hit in scan(client, index, {"match_all": {}})]
        done[index] = bring(trail, documents, now)
        with translate_errors():
            with_admin_timeout(client).indices.delete(index=index)
    return done


def _bring_lines(trail: Trail, documents: Documents, _now: datetime) -> int:
    known = {_identify_line(line) for line in read_audit_trail(trail, limit=ALL_LINES)}
    lines = sorted(map(_build_line, documents), key=lambda line: line.at)
    new = [line for line in lines if _identify_line(line) not in known]
    record_entries(trail, new)
    return len(new)


def _build_line(document: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        at=datetime.fromisoformat(document["at"]),
        event=Event(document["event"]),
        index=document["index"],
        actor=document["actor"],
        details=document["details"],
    )


def _identify_line(line: AuditEntry) -> tuple[datetime, str, str]:
    return line.at, line.event.value, line.index


def _bring_loads(trail: Trail, documents: Documents, _now: datetime) -> int:
    known = last_loads(trail)
    new = [load for load in map(_build_load, documents) if load.source not in known]
    record_loads(trail, new)
    return len(new)


def _build_load(document: Mapping[str, Any]) -> SourceLoad:
    edition = document["edition"]
    return SourceLoad(
        source=document["source"],
        file=document["file"],
        edition=date.fromisoformat(edition) if edition else None,
        rows=document["rows"],
        bytes=document["bytes"],
        sha256=document["sha256"],
        loaded_at=datetime.fromisoformat(document["loaded_at"]),
    )


def _bring_corrections(trail: Trail, documents: Documents, now: datetime) -> int:
    known = read_corrections(trail)
    new: dict[str, dict[str, str]] = {}
    for one in documents:
        if one["raw"] not in known.get(one["source"], {}):
            new.setdefault(one["source"], {})[one["raw"]] = one["corrected"]
    return sum(record_corrections(trail, source, rows, now) for source, rows in new.items())


def _bring_registry(trail: Trail, documents: Documents, now: datetime) -> int:
    """Nothing where the records hold a registry: it is later than the index."""
    if count_records(trail.database, REGISTRY):
        return 0
    rows = [LrmEntry.model_validate(row) for one in documents for row in one["entries"]]
    return load_registry(trail.database, {row.origin: row for row in rows}, now).written


FORMER: Mapping[str, Bring] = MappingProxyType(
    {
        "sas-audit": _bring_lines,
        "sas-loads": _bring_loads,
        "sas-corrections": _bring_corrections,
        "lrm": _bring_registry,
    }
)
"""Names of the indices without their prefix, and what brings each into the records."""
