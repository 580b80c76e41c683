"""Which slots count: one same slot meets the window, the role and every slot filter."""

from datetime import timedelta
from typing import Any

from tests.search_engine.oracle.query import OracleQuery, search_start, text, window

TYPES_BY_ROLE = {
    "OSNP": {"PUBLIC", "PRO", "SNP", "CPTS"},
    "IOA": {"PUBLIC", "PRO"},
    "OTHER": {"PUBLIC"},
}


def good_slots(query: OracleQuery, offer: dict[str, Any]) -> list[dict[str, Any]]:
    first, last = window(query)
    wanted = TYPES_BY_ROLE[query.role] & (query.slot_type or TYPES_BY_ROLE[query.role])
    good = []
    for slot in offer.get("slots", []):
        if not first <= slot["start"] <= last:
            continue
        if not wanted & set(slot["types"]) or slot.get("seats_left") == 0:
            continue
        if query.consultation and not query.consultation & set(slot.get("consultation", [])):
            continue
        if not query.consultation and is_seen_from_afar_only(slot):
            continue
        if query.horizons and not any(overlaps(query, slot, *span) for span in query.horizons):
            continue
        good.append(slot)
    return good


def is_seen_from_afar_only(slot: dict[str, Any]) -> bool:
    """Unless the caller says how the patient is to be seen, he is to be met."""
    ways = slot.get("consultation", [])
    return "VR" in ways and not {"AMB", "HH"} & set(ways)


def overlaps(query: OracleQuery, slot: dict[str, Any], after: int, before: int) -> bool:
    start = search_start(query)
    begins: str = slot["start"]
    ends: str = slot["end"]
    return begins < text(start + timedelta(hours=before)) and ends > text(
        start + timedelta(hours=after)
    )


def needs_slot(query: OracleQuery) -> bool:
    """By the mode, or because a slot filter is given: that restricts in every mode."""
    filtered = query.slot_type or query.consultation or query.horizons
    return query.mode == "available" or bool(filtered)
