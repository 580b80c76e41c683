"""Seats of an occurrence of the SAS agenda, each taken and given back by one statement (F118)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from records.database import upsert_row
from records.orientations.errors import SlotFull
from records.orientations.tables import OccurrenceSeats


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
