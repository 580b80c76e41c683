"""Slots of one agenda at the same time: decided on the rules, whatever the years they hold for."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from mappings.agenda.days import DAY, find_span, has_day, list_days
from mappings.agenda.formats import AgendaSlotFormat

YEAR_DAYS = 53 * 7
"""Days after which the clocks of two zones have met in every way."""


class Overlap(NamedTuple):
    """Two slots and the first day of the first one on which they are at the same time."""

    slot: AgendaSlotFormat
    other: AgendaSlotFormat
    day: date


def list_overlaps(slots: Iterable[AgendaSlotFormat]) -> Iterator[Overlap]:
    """Every pair of slots at the same time; a person is at one place at a time.

    Slots of single days are compared with those of their day alone.
    """
    ordered = sorted(slots, key=lambda slot: slot.day)
    for rank, slot in enumerate(ordered):
        for other in islice(ordered, rank + 1, None):
            if slot.last_day is not None and other.day > slot.last_day + DAY:
                break
            if (day := find_overlap_day(slot, other)) is not None:
                yield Overlap(slot, other, day)


def find_overlap_day(slot: AgendaSlotFormat, other: AgendaSlotFormat) -> date | None:
    """The first day of ``slot`` on which the two are at the same time; None when never."""
    if slot.timezone != other.timezone:
        return _find_day_between_zones(slot, other)
    if slot.start >= other.end or other.start >= slot.end:
        return None
    return _find_common_day(slot, other)


def _find_common_day(slot: AgendaSlotFormat, other: AgendaSlotFormat) -> date | None:
    """Two weekly rules meet within a week, or only on days that are exceptions."""
    first = max(slot.day, other.day)
    last = first + (len(slot.exceptions) + len(other.exceptions) + 1) * 7 * DAY
    days = list_days(slot, first, last)
    return next((day for day in days if has_day(other, day)), None)


def _find_day_between_zones(slot: AgendaSlotFormat, other: AgendaSlotFormat) -> date | None:
    first = max(slot.day, other.day) - DAY
    days = list_days(slot, first, first + YEAR_DAYS * DAY)
    return next((day for day in days if _meets(slot, day, other)), None)


def _meets(slot: AgendaSlotFormat, day: date, other: AgendaSlotFormat) -> bool:
    span = find_span(slot, day)
    around = [find_span(other, one) for one in list_days(other, day - DAY, day + DAY)]
    met = (one for one in around if one and span and one[0] < span[1] and span[0] < one[1])
    return any(met)
