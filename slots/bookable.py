"""What the slots of an offer say together: written with them, always, so that both agree."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from mappings.records import AUDIENCES, Bookable, Consultation, SlotType, StoredSlot

CONSULTATION_MODES = frozenset(Consultation)
SHORT_SLOT_INSTANTS = 2
"""Instants of a slot no longer than ``MAX_OVERLAP_INSTANT_GAP``: its first and last second."""


class SlotFields(TypedDict):
    """The two fields of an offer that its slots make; ``bookable`` is a list of one or of none,
    for a list is replaced whole by a partial update, and an object is not."""

    slots: list[StoredSlot]
    bookable: list[Bookable]


def build_slot_fields(slots: list[StoredSlot]) -> SlotFields:
    """The fields of an offer that bears these slots, after the coherence rules."""
    return {"slots": slots, "bookable": build_bookable_summary(slots)}


def build_bookable_summary(slots: Sequence[StoredSlot]) -> list[Bookable]:
    """Nothing without slots, nor where one needs more words than these: a long one, which its first
    and last seconds do not tell, or one of another consultation."""
    if not slots or not all(map(_is_plain, slots)):
        return []
    free = [slot for slot in slots if slot.get("seats_left", 1) > 0]
    seen = {name: _filter_by_types(free, types) for name, types in AUDIENCES.items()}
    return [
        {
            "last": max(slot["start"] for slot in slots),
            "types": _latest((kind, _filter_by_types(free, (kind,))) for kind in SlotType),
            "starts": {name: _starts(shown) for name, shown in seen.items()},
            "marks": {name: _distinct_overlap_instants(shown) for name, shown in seen.items()},
            "consultation": {name: _by_consultation(shown) for name, shown in seen.items()},
        }
    ]


def _is_plain(slot: StoredSlot) -> bool:
    return len(slot["marks"]) <= SHORT_SLOT_INSTANTS and CONSULTATION_MODES.issuperset(
        slot.get("consultation", ())
    )


def _filter_by_types(slots: Iterable[StoredSlot], types: tuple[SlotType, ...]) -> list[StoredSlot]:
    return [slot for slot in slots if not set(types).isdisjoint(slot["types"])]


def _latest(named: Iterable[tuple[str, list[StoredSlot]]]) -> dict[str, str]:
    return {str(name): max(slot["start"] for slot in slots) for name, slots in named if slots}


def _starts(slots: Iterable[StoredSlot]) -> list[str]:
    return list(dict.fromkeys(slot["start"] for slot in slots))


def _distinct_overlap_instants(slots: Iterable[StoredSlot]) -> list[str]:
    return list(dict.fromkeys(mark for slot in slots for mark in slot["marks"]))


def _by_consultation(slots: list[StoredSlot]) -> dict[str, str]:
    return _latest(
        (way, [slot for slot in slots if way in slot.get("consultation", ())])
        for way in Consultation
    )
