"""What a change of the clock does to a slot, for the days of the coming year on which it does."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mappings.agenda.days import DAY, find_span, list_days
from mappings.agenda.formats import MIDNIGHT, AgendaSlotFormat
from records.agenda.wording import to_local

YEAR = timedelta(days=366)

SKIPPED = "n'a pas lieu : l'horloge saute ces heures"
MOVED = "a lieu de {start:%H:%M} à {end:%H:%M} : l'horloge saute une heure"
TWICE = "l'heure de {clock} arrive deux fois : la première compte"


class ClockNote(NamedTuple):
    """A day, and what happens to the slot on it, in French."""

    day: date
    text: str


def list_clock_notes(slot: AgendaSlotFormat, today: date) -> list[ClockNote]:
    """The notes of a year from ``today`` on; most slots have none."""
    days = list_days(slot, today, today + YEAR)
    return [ClockNote(day, text) for day in days for text in _describe_day(slot, day)]


def _describe_day(slot: AgendaSlotFormat, day: date) -> Iterator[str]:
    span = find_span(slot, day)
    if span is None:
        yield SKIPPED
        return
    start, end = (to_local(instant, slot) for instant in span)
    is_moved = f"{start:%H:%M}" != slot.start or f"{end:%H:%M}" != slot.end.replace("24", "00")
    if is_moved:
        yield MOVED.format(start=start, end=end)
    for clock in (slot.start, slot.end):
        if _comes_twice(day, clock, slot.timezone):
            yield TWICE.format(clock=clock)


def _comes_twice(day: date, clock: str, zone: str) -> bool:
    if clock == MIDNIGHT:
        day, clock = day + DAY, "00:00"
    local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))
    return (local.utcoffset() or YEAR) > (local.replace(fold=1).utcoffset() or YEAR)
