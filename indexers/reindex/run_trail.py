"""Lines of the trail that a reindex and a rollback leave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from indexers.reindex.report import ReindexReport, audit_fields
from records.errors import RecordsError
from records.schema import require_schema
from records.trail.audit import Event, record_event
from records.trail.last_loads import record_loads
from records.trail.trail import Trail
from slots.loading.last_imports import record_imports


def record_start(trail: Trail, report: ReindexReport, now: datetime) -> None:
    """A run begins; records that are away end it."""
    record_event(trail, Event.REINDEX_STARTED, report.index, now=now)


def record_check(trail: Trail, report: ReindexReport, now: datetime) -> None:
    """The swap follows; records that are away end the run before it.

    An index would go live by nobody's hand.
    """
    details = {"total": report.offers.total}
    record_event(trail, Event.REINDEX_CHECKED, report.index, now=now, details=details)


def record_failure(trail: Trail, index: str, now: datetime, error: BaseException) -> None:
    """A run failed; where the records are away too, its error says so."""
    details = {"error": type(error).__name__}
    try:
        record_event(trail, Event.REINDEX_FAILED, index, now=now, details=details)
    except (RecordsError, OSError):
        error.add_note("The trail has no line of this failure: the records do not answer.")


def record_completion(
    trail: Trail, report: ReindexReport, started: datetime, now: datetime
) -> None:
    """What a run read and wrote, once its index is live."""
    record_loads(trail, report.loads)
    record_imports(trail, report.slots.get("sources", {}), started)
    details = audit_fields(report, now - started)
    record_event(trail, Event.REINDEX_COMPLETED, report.index, now=now, details=details)


def record_rollback(trail: Trail, index: str, now: datetime, details: Mapping[str, Any]) -> None:
    """A former index is live again, whatever becomes of its line.

    Raises ``RecordsError`` and ``OSError`` with a note: nobody is kept from going back.
    """
    try:
        require_schema(trail.database)
        record_event(trail, Event.ROLLED_BACK, index, now=now, details=details)
    except (RecordsError, OSError) as error:
        error.add_note(f"{index} is live again; only its line in the trail is missing.")
        raise
