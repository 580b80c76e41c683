"""Small indices of earlier versions come into the records once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexers.upkeep.former_homes import FORMER, import_former_indices
from records.database import Database
from records.registry.store import read_registry
from records.trail.audit import Event, read_audit_trail, record_event
from records.trail.corrections import read_corrections, record_corrections
from records.trail.last_loads import SourceLoad, last_loads, record_loads
from records.trail.trail import Trail
from tests.records.fresh import open_fresh_records

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NIGHT = "2026-11-22T02:10:00+00:00"
DOCUMENTS: dict[str, list[dict[str, Any]]] = {
    "sas-audit": [
        {"at": NIGHT, "event": event, "index": "offers-1", "actor": "a@b", "details": {"n": 1}}
        for event in ("reindex_started", "reindex_completed")
    ],
    "sas-loads": [
        {"source": source, "file": "f", "rows": 9, "bytes": 1, "sha256": "ab"}
        | {"edition": edition, "loaded_at": NIGHT}
        for source, edition in (("rpps", "2026-11-20"), ("participation", None))
    ],
    "sas-corrections": [
        {"source": "finess", "raw": f"damaged {name}", "corrected": f"sound {name}", "at": NIGHT}
        for name in ("one", "two")
    ],
    "lrm": [{"as_of": NIGHT, "entries": [{"origin": "1.2", "name": "Alpha", "active": True}]}],
}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Records of this test alone."""
    return open_fresh_records(tmp_path)


def write_former(es: Elasticsearch, prefix: str) -> None:
    for name, documents in DOCUMENTS.items():
        es.indices.create(index=f"{prefix}-{name}")
        for document in documents:
            es.index(index=f"{prefix}-{name}", document=document)


def test_every_index_comes_in_and_goes(
    es: Elasticsearch, index_prefix: str, database: Database
) -> None:
    trail = Trail(database, index_prefix)
    write_former(es, index_prefix)
    done = import_former_indices(es, trail, NOW)
    assert done == {f"{index_prefix}-{name}": len(of) for name, of in DOCUMENTS.items()}
    newest, oldest = read_audit_trail(trail)
    assert (newest.event, oldest.event) == (Event.REINDEX_COMPLETED, Event.REINDEX_STARTED)
    assert (newest.at.isoformat(), newest.actor, newest.details) == (NIGHT, "a@b", {"n": 1})
    assert last_loads(trail)["rpps"].edition == date(2026, 11, 20)
    assert read_corrections(trail)["finess"]["damaged two"] == "sound two"
    assert read_registry(database)["1.2"].name == "Alpha"
    assert not any(es.indices.exists(index=f"{index_prefix}-{name}") for name in FORMER)
    assert import_former_indices(es, trail, NOW) == {}


def test_what_the_records_hold_is_later_and_stays(
    es: Elasticsearch, index_prefix: str, database: Database
) -> None:
    """Also after a run that was killed before it deleted the indices."""
    trail = Trail(database, index_prefix)
    write_former(es, index_prefix)
    import_former_indices(es, trail, NOW)
    later = SourceLoad("rpps", "g", None, 10, 1, "cd", NOW)
    record_loads(trail, [later])
    record_corrections(trail, "finess", {"damaged one": "better"}, NOW)
    record_event(trail, Event.ROLLED_BACK, "offers-1", now=NOW)
    write_former(es, index_prefix)
    assert set(import_former_indices(es, trail, NOW).values()) == {0}
    assert last_loads(trail)["rpps"] == later
    assert read_corrections(trail)["finess"]["damaged one"] == "better"
    assert len(read_audit_trail(trail)) == 3
