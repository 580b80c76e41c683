"""The SAS agenda of the records as answers of a source: the occurrences of the window.

An answer is as old as the last change of its agenda, or as the day it is for: the same records
give the same answer on the same day, whoever builds it and how often.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from mappings.agenda.days import MIDNIGHT_BEFORE, find_instant
from mappings.instants import utc_text
from mappings.records import Appointment, CanonicalSlot
from records.agenda.agendas import WrittenAgenda
from records.agenda.occurrences import (
    Occurrence,
    OccurrenceKey,
    format_occurrence_id,
    list_occurrences,
    parse_occurrence_id,
)
from slots.fhir.window import window_at
from slots.loading.importing import batches
from slots.loading.requests import SourceAnswer
from slots.stored import AGENDA_SOURCE

PERSON_PREFIX = "8"
"""Stands before an RPPS as exchanged."""


def build_agenda_answers(agendas: Iterable[WrittenAgenda], now: datetime) -> Iterator[SourceAnswer]:
    """The agendas as answers, of bounded size, each of agendas whose word is of one instant."""
    groups: dict[datetime, list[WrittenAgenda]] = defaultdict(list)
    for one in agendas:
        groups[find_answer_instant(one, now)].append(one)
    for instant, held in sorted(groups.items()):
        for batch in batches(held):
            slots = [slot for one in batch for slot in build_agenda_slots(one, now)]
            owners = [one.agenda.rpps for one in batch]
            yield SourceAnswer(AGENDA_SOURCE, owners, slots, instant, received_at=instant)


def find_answer_instant(agenda: WrittenAgenda, now: datetime) -> datetime:
    """The later of its last change and of the midnight since which its window is what it is."""
    midnights = (_find_midnight(zone, now) for zone in _list_zones(agenda))
    return max([agenda.written_at, *midnights])


def build_agenda_slots(agenda: WrittenAgenda, now: datetime) -> list[CanonicalSlot]:
    """The occurrences of the window that have not begun, as canonical slots."""
    rpps, found = agenda.agenda.rpps, []
    for zone in sorted(_list_zones(agenda)):
        window = window_at(now, zone)
        slots = [slot for slot in agenda.agenda.slots if slot.timezone == zone]
        found += list_occurrences(slots, window.start, window.end, agenda.taken)
    return [_build_slot(rpps, one) for one in found]


def parse_agenda_slot_id(slot_id: str) -> OccurrenceKey:
    """The occurrence of a slot as the index names it; raises ``ValueError`` for any other."""
    source, _, occurrence = slot_id.partition(":")
    return parse_occurrence_id(occurrence if source == AGENDA_SOURCE else "")


def _list_zones(agenda: WrittenAgenda) -> set[str]:
    return {slot.timezone for slot in agenda.agenda.slots}


def _find_midnight(zone: str, now: datetime) -> datetime:
    return find_instant(now.astimezone(ZoneInfo(zone)).date(), MIDNIGHT_BEFORE, zone)


def _build_slot(rpps: str, one: Occurrence) -> CanonicalSlot:
    occurrence = format_occurrence_id(one.key)
    return {
        "slot": occurrence,
        "occurrence": occurrence,
        "start": utc_text(one.start),
        "end": utc_text(one.end),
        "types": list(one.slot.types),
        "consultation": list(one.slot.consultation),
        "appointment": Appointment.WALKIN if one.slot.seats else Appointment.ROUTINE,
        "practitioner": {"idnps": PERSON_PREFIX + rpps},
        "structure": {"idnst": one.slot.idnst},
        "source": AGENDA_SOURCE,
        "seats_max": one.seats,
        "seats_taken": one.taken,
    }
