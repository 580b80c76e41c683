"""What follows from an orientation that comes in from another database."""

from datetime import datetime

from sqlalchemy import true
from sqlalchemy.orm import Session

from records.agenda.agendas import queue_taken_seat
from records.database import upsert_row
from records.orientations.counts import queue_count
from records.orientations.derivation import parse_slot_occurrence
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.tables import OccurrenceSeats, OrientationRow


def follow_restored(session: Session, row: OrientationRow, now: datetime) -> None:
    """Its count is projected, and its seat of the SAS agenda is taken, however many there are."""
    queue_count(session, row.person_key, now)
    if row.kind != OrientationKind.SLOT or row.state == OrientationState.CANCELLED or not row.slot:
        return
    key = parse_slot_occurrence(row.slot)
    seat = {"rpps": row.person_key, "slot": key.slot_id, "start": key.start, "taken": 1}
    more = {"taken": OccurrenceSeats.taken + 1}
    upsert_row(session, OccurrenceSeats, seat, more, true())
    queue_taken_seat(session, row.person_key, now)
