"""Which slots count: one same slot meets the window, the role and every slot filter."""

from datetime import timedelta
from typing import Any

from tests.search_engine.oracle.searches import Asked, start_of, text, window

TYPES_BY_ROLE = {
    "OSNP": {"PUBLIC", "PRO", "SNP", "CPTS"},
    "IOA": {"PUBLIC", "PRO"},
    "OTHER": {"PUBLIC"},
}


def good_slots(asked: Asked, offer: dict[str, Any]) -> list[dict[str, Any]]:
    first, last = window(asked)
    wanted = TYPES_BY_ROLE[asked.role] & (asked.slot_type or TYPES_BY_ROLE[asked.role])
    good = []
    for slot in offer.get("slots", []):
        if not first <= slot["start"] <= last:
            continue
        if not wanted & set(slot["types"]) or slot.get("seats_left") == 0:
            continue
        if asked.consultation and not asked.consultation & set(slot.get("consultation", [])):
            continue
        if asked.horizons and not any(overlaps(asked, slot, *span) for span in asked.horizons):
            continue
        good.append(slot)
    return good


def overlaps(asked: Asked, slot: dict[str, Any], after: int, before: int) -> bool:
    start = start_of(asked)
    begins = slot["start"] < text(start + timedelta(hours=before))
    return begins and slot["end"] > text(start + timedelta(hours=after))


def needs_slot(asked: Asked) -> bool:
    """By the mode, or because a slot filter is given: that restricts in every mode."""
    filtered = asked.slot_type or asked.consultation or asked.horizons
    return asked.mode == "available" or bool(filtered)
