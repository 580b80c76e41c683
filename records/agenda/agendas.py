"""The SAS agenda of a professional: kept as rules, read with the seats taken of its days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.orm import Session

from mappings.agenda.formats import AgendaFormat, AgendaSlotFormat
from records.access import Actor, require_professional_access
from records.agenda.occurrences import (
    NONE_TAKEN,
    Occurrence,
    OccurrenceKey,
    Taken,
    find_occurrence,
)
from records.agenda.tables import AgendaException, AgendaSlot, ProfessionalAgenda
from records.database import Database, open_reading
from records.kinds import (
    Message,
    RecordKind,
    StoredRecord,
    find_write_instant,
    read_record,
)
from records.orientations.seats import count_taken
from records.outbox import add_message

PROJECT_AGENDA = "project_agenda"
"""Kind of the message that brings an agenda to the offers of its professional; its key is his
RPPS."""

SHARED = ("id", "idnst", "timezone", "day", "until", "seats")
"""Fields with one name and one type in the record and in the exchanged format."""
LISTED = ("weekdays", "consultation", "types")
"""Lists of codes, kept with commas between."""


def _fill(row: ProfessionalAgenda, agenda: AgendaFormat) -> None:
    row.rpps = agenda.rpps
    kept = {slot.id: slot for slot in row.slots}
    row.slots = [
        _fill_slot(kept.get(slot.id) or AgendaSlot(id=slot.id), slot) for slot in agenda.slots
    ]


def _fill_slot(row: AgendaSlot, slot: AgendaSlotFormat) -> AgendaSlot:
    for name in SHARED:
        setattr(row, name, getattr(slot, name))
    for name in LISTED:
        setattr(row, name, ",".join(getattr(slot, name)))
    row.start_time, row.end_time = slot.start, slot.end
    kept = {one.day: one for one in row.exceptions}
    row.exceptions = [kept.get(day) or AgendaException(day=day) for day in slot.exceptions]
    return row


def _build(row: ProfessionalAgenda) -> AgendaFormat:
    slots = sorted(map(_build_slot, row.slots), key=lambda slot: (slot.day, slot.start, slot.id))
    return AgendaFormat.model_construct(None, rpps=row.rpps, slots=slots, updated=row.updated_at)


def _build_slot(row: AgendaSlot) -> AgendaSlotFormat:
    values: dict[str, Any] = {name: getattr(row, name) for name in SHARED}
    values |= {name: [one for one in getattr(row, name).split(",") if one] for name in LISTED}
    values["exceptions"] = sorted(one.day for one in row.exceptions)
    return AgendaSlotFormat.model_construct(None, start=row.start_time, end=row.end_time, **values)


def _follow(row: ProfessionalAgenda) -> Iterable[Message]:
    yield Message(PROJECT_AGENDA, row.rpps)


AGENDAS = RecordKind(
    "agendas",
    ProfessionalAgenda,
    lambda agenda: agenda.rpps,
    _fill,
    _build,
    _follow,
    "Aucun agenda n'est enregistré pour le RPPS {key}.",
)


@dataclass(frozen=True, slots=True)
class WrittenAgenda:
    """An agenda, when it was last written (the instant of its word), and its seats taken."""

    agenda: AgendaFormat
    written_at: datetime
    taken: Taken = field(default_factory=dict)


def read_agenda(database: Database, actor: Actor, rpps: str) -> StoredRecord[AgendaFormat]:
    """The agenda of one professional; raises ``AccessDenied``, ``RecordMissing``."""
    require_professional_access(actor, rpps)
    return read_record(database, AGENDAS, rpps)


def read_agenda_seats(database: Database, rpps: str, since: datetime) -> Taken:
    """Seats taken of one professional's occurrences that start at or after an instant.

    Access is that of the agenda, read before.
    """
    with open_reading(database) as session:
        return count_taken(session, [rpps], since).get(rpps, NONE_TAKEN)


def read_written_agendas(
    database: Database, now: datetime, rpps: Iterable[str] | None = None
) -> list[WrittenAgenda]:
    """The agendas of these professionals, of all without them, in the order of their RPPS.

    With the seats taken of occurrences that start at ``now`` or later.
    """
    chosen = select(ProfessionalAgenda).order_by(ProfessionalAgenda.rpps)
    if rpps is not None:
        chosen = chosen.where(ProfessionalAgenda.rpps.in_(sorted(rpps)))
    with open_reading(database) as session:
        rows = session.scalars(chosen).all()
        taken = count_taken(session, [row.rpps for row in rows], now)
        return [
            WrittenAgenda(_build(row), row.written_at, taken.get(row.rpps, NONE_TAKEN))
            for row in rows
        ]


def queue_taken_seat(session: Session, rpps: str, now: datetime) -> None:
    """Project an agenda of which a seat was taken or given back; its version stays as it was.

    Its word becomes a later one, as after a change.
    """
    his = ProfessionalAgenda.rpps == rpps
    before = session.scalar(select(ProfessionalAgenda.written_at).where(his))
    later = {"written_at": find_write_instant(before, now)}
    session.execute(update(ProfessionalAgenda).where(his).values(later))
    add_message(session, PROJECT_AGENDA, rpps, now)


def lock_agenda(session: Session, rpps: str | ScalarSelect[str]) -> None:
    """Hold an agenda until the end of the transaction: always before its orientations.

    Two transactions that took them the other way round would wait for each other.
    """
    his = ProfessionalAgenda.rpps == rpps
    session.execute(select(ProfessionalAgenda.rpps).where(his).with_for_update())


def find_agenda_occurrence(session: Session, rpps: str, key: OccurrenceKey) -> Occurrence | None:
    """An occurrence by its name, as the agenda is now; None when it takes place no more."""
    row = session.get(AgendaSlot, (rpps, key.slot_id))
    return None if row is None else find_occurrence(_build_slot(row), key.start)
