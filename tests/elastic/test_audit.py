"""The audit trail."""

from datetime import UTC, datetime, timedelta

from elasticsearch import Elasticsearch

from elastic.service import audit
from elastic.service.audit import Event

NOW = datetime(2026, 11, 4, 14, 20, tzinfo=UTC)


def test_nothing_recorded_nothing_told(es: Elasticsearch, index_prefix: str) -> None:
    assert audit.read_audit_trail(es, prefix=index_prefix) == []


def test_the_newest_line_comes_first(es: Elasticsearch, index_prefix: str) -> None:
    later = NOW + timedelta(minutes=3)
    audit.record_event(es, Event.REINDEX_STARTED, "offers-1", now=NOW, prefix=index_prefix)
    audit.record_event(
        es, Event.REINDEX_FAILED, "offers-1", now=later, prefix=index_prefix, details={"read": 12}
    )
    newest, oldest = audit.read_audit_trail(es, prefix=index_prefix)
    assert (newest.event, newest.at, newest.details) == (Event.REINDEX_FAILED, later, {"read": 12})
    assert (oldest.event, oldest.index, oldest.details) == (Event.REINDEX_STARTED, "offers-1", {})
    assert "@" in newest.actor


def test_a_limit_keeps_the_newest(es: Elasticsearch, index_prefix: str) -> None:
    for minute in range(3):
        at = NOW + timedelta(minutes=minute)
        audit.record_event(es, Event.ALIAS_SWAPPED, f"offers-{minute}", now=at, prefix=index_prefix)
    assert [entry.index for entry in audit.read_audit_trail(es, prefix=index_prefix, limit=1)] == [
        "offers-2"
    ]
