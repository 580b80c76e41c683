"""Occurrences of an agenda's slots: each a slot's id and the instant at which it starts.

Nothing keeps them: they are made from the rules for the instants that are looked at.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mappings.agenda.days import find_span, list_days
from mappings.agenda.formats import AgendaSlotFormat
from mappings.instants import InstantError, parse_instant, utc_text

SEPARATOR = "@"


class OccurrenceKey(NamedTuple):
    """What names an occurrence for ever: the id of its slot, and its first instant in UTC."""

    slot_id: str
    start: datetime


class Occurrence(NamedTuple):
    """A slot on one day: first instant, last instant excluded, seats taken of those it has."""

    slot: AgendaSlotFormat
    start: datetime
    end: datetime
    taken: int = 0

    @property
    def key(self) -> OccurrenceKey:
        """Its name."""
        return OccurrenceKey(self.slot.id, self.start)

    @property
    def seats(self) -> int:
        """Seats of the slot: one for a single appointment."""
        return self.slot.seats or 1

    @property
    def seats_left(self) -> int:
        """Seats still free; never below zero, also when seats were withdrawn."""
        return max(self.seats - self.taken, 0)


Taken = Mapping[OccurrenceKey, int]
"""Seats taken by occurrence."""
NONE_TAKEN: Taken = MappingProxyType({})


def format_occurrence_id(key: OccurrenceKey) -> str:
    """The name as text: ``1f0c2a9b3d4e5f60@2026-12-01T07:00:00Z``."""
    return f"{key.slot_id}{SEPARATOR}{utc_text(key.start)}"


def parse_occurrence_id(text: str) -> OccurrenceKey:
    """The name of an occurrence; raises ``ValueError`` for a text that is none."""
    slot_id, separator, start = text.partition(SEPARATOR)
    if not slot_id or not separator:
        raise InstantError("bad_instant")
    return OccurrenceKey(slot_id, parse_instant(start))


def list_occurrences(
    slots: Iterable[AgendaSlotFormat], first: datetime, end: datetime, taken: Taken = NONE_TAKEN
) -> list[Occurrence]:
    """Occurrences that start from ``first`` on and before ``end``, aware instants, in order."""
    found = [one for slot in slots for one in _expand(slot, first, end, taken)]
    return sorted(found, key=lambda one: (one.start, one.slot.id))


def list_day_occurrences(
    slots: Iterable[AgendaSlotFormat], first: date, last: date, taken: Taken = NONE_TAKEN
) -> list[Occurrence]:
    """Occurrences of the days from ``first`` to ``last``, both included, of each place's clock."""
    found = [one for slot in slots for one in _expand_days(slot, first, last, taken)]
    return sorted(found, key=lambda one: (one.start, one.slot.id))


def find_occurrence(slot: AgendaSlotFormat, start: datetime) -> Occurrence | None:
    """The occurrence of a slot that starts at this very instant; None when there is none."""
    day = start.astimezone(ZoneInfo(slot.timezone)).date()
    spans = (find_span(slot, one) for one in list_days(slot, day, day))
    return next((Occurrence(slot, *span) for span in spans if span and span[0] == start), None)


def _expand(
    slot: AgendaSlotFormat, first: datetime, end: datetime, taken: Taken
) -> Iterator[Occurrence]:
    place = ZoneInfo(slot.timezone)
    days = (first.astimezone(place).date(), end.astimezone(place).date())
    for one in _expand_days(slot, *days, taken):
        if first <= one.start < end:
            yield one


def _expand_days(
    slot: AgendaSlotFormat, first: date, last: date, taken: Taken
) -> Iterator[Occurrence]:
    for day in list_days(slot, first, last):
        span = find_span(slot, day)
        if span is not None:
            yield Occurrence(slot, *span, taken.get(OccurrenceKey(slot.id, span[0]), 0))
