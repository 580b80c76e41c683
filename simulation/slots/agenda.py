"""Slots of the SAS agenda as canonical slots, with their seats."""

import random

from mappings.identifiers import structure_id_kind
from mappings.records import CanonicalSlot
from simulation.draws import build_weighted
from simulation.people.numbers import international
from simulation.slots.calendar import format_utc_instant
from simulation.slots.fhir import Agenda
from simulation.slots.slots import OpenSlot
from slots.stored import AGENDA_SOURCE

SEATS = build_weighted([(1, 0.55), (2, 0.2), (3, 0.1), (4, 0.1), (6, 0.05)])
FULL_SHARE = 0.12
"""Share of slots without a seat left."""


def build_canonical_slot(rng: random.Random, agenda: Agenda, slot: OpenSlot) -> CanonicalSlot:
    """One slot of a professional's SAS agenda."""
    seats = SEATS.draw(rng)
    taken = seats if rng.random() < FULL_SHARE else int(seats * rng.random())
    person, place = agenda.person, agenda.place
    kind = structure_id_kind(place.idnst)
    written: CanonicalSlot = {
        "slot": f"sas-{person.rpps}-{slot.id}",
        "start": format_utc_instant(slot.opening.start),
        "end": format_utc_instant(slot.opening.end),
        "types": list(slot.types),
        "consultation": list(slot.consultation),
        "appointment": "ROUTINE",
        "practitioner": {
            "idnps": "8" + person.rpps,
            "family": person.name.family,
            "given": person.name.given,
        },
        "structure": {"idnst": place.idnst, "kind": kind.value} if kind else {},
        "place": {"line": place.line, "postal_code": place.postal_code, "city": place.city},
        "source": AGENDA_SOURCE,
        "seats_max": seats,
        "seats_taken": taken,
    }
    if agenda.phone:
        written["phone"] = international(agenda.phone)
    return written
