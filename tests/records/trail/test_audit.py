"""The audit trail."""

from datetime import UTC, datetime, timedelta

from records.database import Database
from records.trail import audit
from records.trail.audit import Event
from records.trail.trail import Trail

NOW = datetime(2026, 11, 4, 14, 20, tzinfo=UTC)


def test_nothing_recorded_nothing_told(database: Database) -> None:
    assert audit.read_audit_trail(Trail(database)) == []


def test_the_newest_line_comes_first(database: Database) -> None:
    trail, later = Trail(database), NOW + timedelta(minutes=3)
    audit.record_event(trail, Event.REINDEX_STARTED, "offers-1", now=NOW)
    audit.record_event(trail, Event.REINDEX_FAILED, "offers-1", now=later, details={"read": 12})
    newest, oldest = audit.read_audit_trail(Trail(database))
    assert (newest.event, newest.at, newest.details) == (Event.REINDEX_FAILED, later, {"read": 12})
    assert (oldest.event, oldest.index, oldest.details) == (Event.REINDEX_STARTED, "offers-1", {})
    assert "@" in newest.actor


def test_a_limit_keeps_the_newest(database: Database) -> None:
    trail = Trail(database)
    for minute in range(3):
        at = NOW + timedelta(minutes=minute)
        audit.record_event(trail, Event.ALIAS_SWAPPED, f"offers-{minute}", now=at)
    assert [entry.index for entry in audit.read_audit_trail(Trail(database), limit=1)] == [
        "offers-2"
    ]


def test_lines_are_found_by_index_by_event_by_instant_and_by_service(database: Database) -> None:
    trail, other = Trail(database), Trail(database, "other")
    for minute, event in enumerate((Event.REINDEX_STARTED, Event.REINDEX_FAILED)):
        at = NOW + timedelta(minutes=minute)
        audit.record_event(trail, event, f"offers-{minute}", now=at)
        audit.record_event(other, Event.ROLLED_BACK, "offers-0", now=at)
    found = (
        audit.read_audit_trail(trail, index="offers-0"),
        audit.read_audit_trail(trail, events={Event.REINDEX_FAILED}),
        audit.read_audit_trail(trail, since=NOW + timedelta(minutes=1)),
    )
    assert [[line.event for line in lines] for lines in found] == [
        [Event.REINDEX_STARTED],
        [Event.REINDEX_FAILED],
        [Event.REINDEX_FAILED],
    ]
