"""An agenda's slots in French, as a professional reads them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mappings.agenda.formats import AgendaSlotFormat

WEEKDAYS = {
    "mon": "lundi",
    "tue": "mardi",
    "wed": "mercredi",
    "thu": "jeudi",
    "fri": "vendredi",
    "sat": "samedi",
    "sun": "dimanche",
}


def describe_slot(slot: AgendaSlotFormat) -> str:
    """``lundi et jeudi, 08:00-12:00``, or ``30/11/2026, 08:00-12:00``."""
    return f"{describe_days(slot)}, {slot.start}-{slot.end}"


def describe_days(slot: AgendaSlotFormat) -> str:
    """``lundi et jeudi``, or the day of a slot that takes place once."""
    if not slot.is_weekly:
        return f"{slot.day:%d/%m/%Y}"
    names = [WEEKDAYS[name] for name in slot.weekdays]
    return " et ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def to_local(instant: datetime, slot: AgendaSlotFormat) -> datetime:
    """An instant by the clock of the place of a slot."""
    return instant.astimezone(ZoneInfo(slot.timezone))
