"""Agendas of the tests: changed as a professional does."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from mappings.agenda.formats import AgendaFormat
from records.access import Actor
from records.agenda.changes import change_agenda
from records.agenda.edits import Edit, add_slot
from records.agenda.rules import Places
from records.database import Database
from records.kinds import StoredRecord
from tests.records.agenda.rules import OTHER_PLACE, PLACE, build_slot
from tests.records.samples import ANNE, NOW

PLACES = {PLACE: "Europe/Paris", OTHER_PLACE: "Indian/Reunion"}


def edit_agenda(
    database: Database,
    edit: Edit,
    version: int | None = None,
    *,
    rpps: str = ANNE,
    actor: Actor | None = None,
    now: datetime = NOW,
    places: Places = MappingProxyType(PLACES),
    cancels: bool = False,
) -> StoredRecord[AgendaFormat]:
    """Apply an edit to an agenda, by its professional unless another acts."""
    by = actor or Actor(rpps)
    return change_agenda(
        database, by, rpps, edit, places, version=version, now=now, cancels=cancels
    )


def open_slot(
    database: Database, version: int | None = None, **values: Any
) -> StoredRecord[AgendaFormat]:
    """Add a slot to Anne's agenda."""
    return edit_agenda(database, add_slot(build_slot(**{"id": "", **values})), version)
