"""Anne's agenda, and her offer as a search shows it."""

from datetime import datetime, timedelta
from typing import cast

from mappings.instants import utc_text
from mappings.records import Offer, StoredSlot
from records.agenda.occurrences import OccurrenceKey, format_occurrence_id
from records.database import Database
from tests.records.agenda.agendas import open_slot
from tests.records.orientations.people import build_offer
from tests.records.samples import NOW

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FIRST = NOW.replace(hour=7) + timedelta(days=1)
"""First occurrence: 08:00 in Paris, in winter."""


def open_every_day(database: Database, seats: int | None = 3) -> str:
    """A slot of every morning; its id."""
    agenda = open_slot(database, weekdays=EVERY_DAY, day="2026-11-24", seats=seats)
    return agenda.value.slots[0].id


def name_slot(slot_id: str, start: datetime = FIRST) -> str:
    """The occurrence as the index names it."""
    return f"sas-agenda:{format_occurrence_id(OccurrenceKey(slot_id, start))}"


def show_offer(slot_id: str, start: datetime = FIRST, types: tuple[str, ...] = ("SNP",)) -> Offer:
    """Anne's offer with that occurrence."""
    slot = {"id": name_slot(slot_id, start), "start": utc_text(start), "types": list(types)}
    return build_offer(slots=[cast("StoredSlot", slot)])
