"""Seats of an occurrence of the SAS agenda, each taken and given back by one statement (F118)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from records.agenda.occurrences import OccurrenceKey
from records.database import upsert_row
from records.orientations.errors import SlotFull
from records.orientations.tables import OccurrenceSeats

CHUNK = 500
"""Professionals of one query."""


def take_seat(session: Session, rpps: str, occurrence: OccurrenceKey, seats: int) -> None:
    """Take one of ``seats``; raises ``SlotFull``. The database alone decides who has the last."""
    row = {"rpps": rpps, "slot": occurrence.slot_id, "start": occurrence.start, "taken": 1}
    more = {"taken": OccurrenceSeats.taken + 1}
    free = OccurrenceSeats.taken < seats
    if seats < 1 or not upsert_row(session, OccurrenceSeats, row, more, free):
        raise SlotFull


def give_seat_back(session: Session, rpps: str, occurrence: OccurrenceKey) -> None:
    """One seat less is taken."""
    held = (
        OccurrenceSeats.rpps == rpps,
        OccurrenceSeats.slot == occurrence.slot_id,
        OccurrenceSeats.start == occurrence.start,
    )
    statement = update(OccurrenceSeats).where(*held, OccurrenceSeats.taken > 0)
    session.execute(statement.values(taken=OccurrenceSeats.taken - 1))


def move_seats(session: Session, rpps: str, former: OccurrenceKey, now: OccurrenceKey) -> None:
    """Seats taken of an occurrence are those of another; a second call moves nothing."""
    row = session.get(OccurrenceSeats, (rpps, former.slot_id, former.start))
    if row is None or not row.taken:
        return
    moved, row.taken = row.taken, 0
    session.flush()
    values = {"rpps": rpps, "slot": now.slot_id, "start": now.start, "taken": moved}
    more = {"taken": OccurrenceSeats.taken + moved}
    upsert_row(session, OccurrenceSeats, values, more, true())


def count_taken(
    session: Session, rpps: Sequence[str], since: datetime
) -> dict[str, dict[OccurrenceKey, int]]:
    """By professional, seats taken of the occurrences that start at or after an instant."""
    found: dict[str, dict[OccurrenceKey, int]] = defaultdict(dict)
    for first in range(0, len(rpps), CHUNK):
        chosen = OccurrenceSeats.rpps.in_(rpps[first : first + CHUNK])
        later = (OccurrenceSeats.start >= since, OccurrenceSeats.taken > 0)
        for one in session.scalars(select(OccurrenceSeats).where(chosen, *later)):
            found[one.rpps][OccurrenceKey(one.slot, one.start)] = one.taken
    return found
