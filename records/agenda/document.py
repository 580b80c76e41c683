"""An agenda as plain values: what commands and routes answer."""

from collections.abc import Collection, Iterable
from typing import Any

from mappings.agenda.formats import AgendaFormat
from mappings.formats import Absence
from mappings.instants import utc_text
from records.absences import is_absent
from records.agenda.occurrences import Occurrence, format_occurrence_id
from records.agenda.wording import to_local
from records.kinds import StoredRecord


def describe_agenda(
    stored: StoredRecord[AgendaFormat],
    coming: Iterable[Occurrence],
    absences: Collection[Absence] = (),
) -> dict[str, Any]:
    """The slots of an agenda, its version, and some of its occurrences; instants in UTC.

    An occurrence during an absence shows in no search.
    """
    values = stored.value.model_dump(mode="json", exclude={"updated"}, exclude_none=True)
    return {
        **values,
        "version": stored.version,
        "updated_at": utc_text(stored.updated_at),
        "updated_by": stored.updated_by,
        "occurrences": [_describe_occurrence(one, absences) for one in coming],
    }


def is_hidden(one: Occurrence, absences: Collection[Absence]) -> bool:
    """True for an occurrence during an absence."""
    return is_absent(absences, one.slot.idnst, to_local(one.start, one.slot).date())


def _describe_occurrence(one: Occurrence, absences: Collection[Absence]) -> dict[str, Any]:
    return {
        "id": format_occurrence_id(one.key),
        "slot": one.slot.id,
        "start": utc_text(one.start),
        "end": utc_text(one.end),
        "seats": one.seats,
        "seats_left": one.seats_left,
        "absent": is_hidden(one, absences),
    }
