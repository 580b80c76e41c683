"""A repeated slot is one slot: same person, place, instants and consultation (E27).

Slot.id is no key: two ids may name one interval, and one id two professionals (E28, C48).
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from mappings.bounds import FEW
from mappings.records import Appointment, CanonicalSlot, SlotType
from slots.stored import slot_key

LISTS: dict[str, Callable[[Any], Hashable]] = {
    "reasons": str,
    "specialties": lambda one: tuple(one.items()),
    "cpts": lambda one: one["finess"],
}
"""Lists of a slot that its copies have together, and what makes an item the same."""

LINK_KEYS = ("appointment", "url", "url_with_origin")


def merge_duplicate_slots(slots: Iterable[CanonicalSlot]) -> list[CanonicalSlot]:
    """Each slot once, in order of first appearance, with the facts of all its copies."""
    copies: dict[tuple[str, ...], list[CanonicalSlot]] = {}
    for slot in slots:
        copies.setdefault(slot_key(slot), []).append(slot)
    return [same[0] if len(same) == 1 else _merge_copies(same) for same in copies.values()]


def _merge_copies(same: Sequence[CanonicalSlot]) -> CanonicalSlot:
    """The first slot with the types, reasons, specialities and CPTS of all.

    The appointment and its link come together, from the first copy that can be booked.
    """
    joined: dict[str, Any] = {}
    for slot in reversed(same):
        joined |= slot
    types = {kind for slot in same for kind in slot["types"]}
    joined["types"] = [kind.value for kind in SlotType if kind.value in types]
    for name, key in LISTS.items():
        if every := _merge_lists(same, name, key):
            joined[name] = every
    bookable = min(same, key=_rank)
    for name in LINK_KEYS:
        joined.pop(name, None)
        joined.update({name: bookable[name]} if name in bookable else {})  # type: ignore[literal-required]
    return joined  # type: ignore[return-value]


def _merge_lists(
    same: Iterable[CanonicalSlot], name: str, key: Callable[[Any], Hashable]
) -> list[Any]:
    """The items of a list of every copy, each once, in order, as many as one slot may have."""
    found: dict[Hashable, Any] = {}
    for slot in same:
        for item in slot.get(name, []):  # type: ignore[attr-defined]
            found.setdefault(key(item), item)
    return list(found.values())[: FEW.most]


def _rank(slot: CanonicalSlot) -> tuple[bool, bool]:
    return ("url" not in slot, slot.get("appointment") != Appointment.ROUTINE)
