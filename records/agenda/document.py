"""An agenda as plain values: what commands and routes answer."""

from collections.abc import Iterable
from typing import Any

from mappings.agenda.formats import AgendaFormat
from mappings.instants import utc_text
from records.agenda.occurrences import Occurrence, format_occurrence_id
from records.kinds import StoredRecord


def describe_agenda(
    stored: StoredRecord[AgendaFormat], coming: Iterable[Occurrence]
) -> dict[str, Any]:
    """The slots of an agenda, its version, and some of its occurrences; instants in UTC."""
    values = stored.value.model_dump(mode="json", exclude={"updated"}, exclude_none=True)
    return {
        **values,
        "version": stored.version,
        "updated_at": utc_text(stored.updated_at),
        "updated_by": stored.updated_by,
        "occurrences": [*map(_describe_occurrence, coming)],
    }


def _describe_occurrence(one: Occurrence) -> dict[str, Any]:
    return {
        "id": format_occurrence_id(one.key),
        "slot": one.slot.id,
        "start": utc_text(one.start),
        "end": utc_text(one.end),
        "seats": one.seats,
        "seats_left": one.seats_left,
    }
