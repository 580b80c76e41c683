"""Slots of the tests of the agenda."""

from typing import Any

from mappings.agenda.formats import AgendaSlotFormat

PLACE, OTHER_PLACE = "410100000016001", "410100000016002"
FIRST_ID, SECOND_ID = "00000000000000a1", "00000000000000b2"


def build_slot(**values: Any) -> AgendaSlotFormat:
    """A slot of 08:00 to 12:00 on Monday 30 November 2026 in Mende, unless told otherwise."""
    said = {
        "id": FIRST_ID,
        "idnst": PLACE,
        "timezone": "Europe/Paris",
        "day": "2026-11-30",
        "start": "08:00",
        "end": "12:00",
    }
    return AgendaSlotFormat.model_validate({**said, **values})


def build_weekly(*weekdays: str, **values: Any) -> AgendaSlotFormat:
    """The same, every week on these days: on Mondays, unless told otherwise."""
    return build_slot(**{"weekdays": list(weekdays or ("mon",)), **values})
