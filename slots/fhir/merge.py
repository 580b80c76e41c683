"""A repeated slot is one slot: same person, place, instants and consultation (E27).

Slot.id is no key: two ids may name one interval, and one id two professionals (E28, C48).
"""

from collections.abc import Iterable
from typing import Any

from mappings.records import Appointment, CanonicalSlot, SlotType
from slots.fhir.cpts import merge_slot_cpts
from slots.fhir.elements import unique
from slots.stored import slot_key

LINK_KEYS = ("appointment", "url", "url_with_origin")


def merge_duplicate_slots(slots: Iterable[CanonicalSlot]) -> list[CanonicalSlot]:
    """Each slot once, in order of first appearance, with the facts of all its copies."""
    kept: dict[tuple[str, ...], CanonicalSlot] = {}
    for slot in slots:
        key = slot_key(slot)
        kept[key] = _merge_pair(kept[key], slot) if key in kept else slot
    return list(kept.values())


def _merge_pair(first: CanonicalSlot, other: CanonicalSlot) -> CanonicalSlot:
    """The first slot with the types, reasons, specialities and CPTS of both.

    The appointment and its link come together, from the first copy that can be booked.
    """
    joined: dict[str, Any] = {**other, **first}
    types = {*first["types"], *other["types"]}
    joined["types"] = [kind.value for kind in SlotType if kind.value in types]
    for name in ("reasons", "specialties"):
        both = unique([*first.get(name, []), *other.get(name, [])])  # type: ignore[misc]
        joined.update({name: both} if both else {})
    if cpts := merge_slot_cpts([first.get("cpts", []), other.get("cpts", [])]):
        joined["cpts"] = cpts
    bookable = other if _rank(other) < _rank(first) else first
    for name in LINK_KEYS:
        joined.pop(name, None)
        joined.update({name: bookable[name]} if name in bookable else {})  # type: ignore[literal-required]
    return joined  # type: ignore[return-value]


def _rank(slot: CanonicalSlot) -> tuple[bool, bool]:
    return ("url" not in slot, slot.get("appointment") != Appointment.ROUTINE)
