"""Seats of an occurrence of the SAS agenda, each taken and given back by one statement (F118)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from records.agenda.occurrences import OccurrenceKey
from records.database import upsert_row
from records.orientations.errors import SlotFull
from records.orientations.tables import OccurrenceSeats

CHUNK = 500
"""Slots of one query."""


def take_seat(session: Session, slot: str, start: datetime, seats: int) -> None:
    """Take one of ``seats``; raises ``SlotFull``. The database alone decides who has the last."""
    row = {"slot": slot, "start": start, "taken": 1}
    more = {"taken": OccurrenceSeats.taken + 1}
    free = OccurrenceSeats.taken < seats
    if seats < 1 or not upsert_row(session, OccurrenceSeats, row, more, free):
        raise SlotFull


def give_seat_back(session: Session, slot: str, start: datetime) -> None:
    """One seat less is taken."""
    held = (OccurrenceSeats.slot == slot, OccurrenceSeats.start == start)
    statement = update(OccurrenceSeats).where(*held, OccurrenceSeats.taken > 0)
    session.execute(statement.values(taken=OccurrenceSeats.taken - 1))


def count_taken(
    session: Session, slots: Sequence[str], since: datetime
) -> dict[OccurrenceKey, int]:
    """Seats taken of the occurrences of these slots that start at or after an instant."""
    found: dict[OccurrenceKey, int] = {}
    for first in range(0, len(slots), CHUNK):
        chosen = OccurrenceSeats.slot.in_(slots[first : first + CHUNK])
        later = (OccurrenceSeats.start >= since, OccurrenceSeats.taken > 0)
        rows = session.scalars(select(OccurrenceSeats).where(chosen, *later))
        found |= {OccurrenceKey(one.slot, one.start): one.taken for one in rows}
    return found
