"""From a canonical slot to the slot nested in its offer."""

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache
from sys import intern

from geography.address import address_key
from mappings.bounds import SLOT_LENGTH
from mappings.identifiers import as_finess
from mappings.instants import utc_text
from mappings.records import MAX_OVERLAP_INSTANT_GAP, CanonicalSlot, SlotCpts, StoredSlot

AGENDA_SOURCE = "sas-agenda"
"""``source`` of the slots of the SAS's own agenda; every other source is an editor."""

SECOND = timedelta(seconds=1)


def place_text(slot: CanonicalSlot) -> str:
    """The key of a place among those of one professional: the address, else an identifier.

    The address first, because the identifier is optional and may differ for one same door.
    """
    place = slot.get("place", {})
    line, postal_code = place.get("line", ""), place.get("postal_code", "")
    if line and (postal_code or place.get("city")):
        return _address(line, postal_code, place.get("city", ""))
    return slot.get("structure", {}).get("idnst") or "|".join(place.get("identifiers", []))


@lru_cache(maxsize=1 << 16)
def _address(line: str, postal_code: str, city: str) -> str:
    return address_key(line, postal_code, city)


def owner_with_prefix(slot: CanonicalSlot) -> str:
    """Who gives the slot: the professional's IDNPS, else the association's prefixed SIRET."""
    return slot.get("practitioner", {}).get("idnps") or slot.get("sos", {}).get("siret", "")


def slot_key(slot: CanonicalSlot) -> tuple[str, ...]:
    """Two slots with one key are one slot: same person, place, instants and consultation."""
    consultation = ",".join(slot.get("consultation", []))
    return (owner_with_prefix(slot), place_text(slot), slot["start"], slot["end"], consultation)


def build_slot_id(slot: CanonicalSlot, source: str) -> str:
    """``<source>:<16 hexadecimal digits>``, the same at every load of the same content.

    An occurrence of the SAS agenda has a name, which stays when its place or its end changes.
    """
    if "occurrence" in slot:
        return f"{source}:{slot['occurrence']}"
    digest = hashlib.sha256("|".join(slot_key(slot)).encode()).hexdigest()
    return f"{source}:{digest[:16]}"


def seats_left(slot: CanonicalSlot) -> int | None:
    """Free seats; a maximum below one is a single appointment; None when seats are unknown."""
    if "seats_max" not in slot and "seats_taken" not in slot:
        return None
    return max(slot.get("seats_max", 1), 1) - slot.get("seats_taken", 0)


def is_full(slot: CanonicalSlot) -> bool:
    """True when no seat is left (F063)."""
    left = seats_left(slot)
    return left is not None and left <= 0


@lru_cache(maxsize=1 << 16)
def _compute_overlap_instants(start: str, end: str) -> tuple[str, ...]:
    first, last = (datetime.fromisoformat(text) for text in (start, end))
    steps = max(0, (min(last - first, SLOT_LENGTH) - SECOND) // MAX_OVERLAP_INSTANT_GAP)
    inside = [first + step * MAX_OVERLAP_INSTANT_GAP for step in range(steps + 1)]
    return tuple(dict.fromkeys(utc_text(mark) for mark in [*inside, max(first, last - SECOND)]))


def overlap_instants(start: str, end: str) -> list[str]:
    """Instants by which the slot is found in any horizon it overlaps: UTC text, in order.

    Their number is bounded: of a slot over ``SLOT_LENGTH``, which no reader lets through, they are
    those of its first hours, and its last second.
    """
    return list(_compute_overlap_instants(start, end))


def build_stored_slot(slot: CanonicalSlot, source: str, received_at: str) -> StoredSlot:
    """The slot as nested in its offer, every declared type showing until coherence is applied.

    ``received_at`` is UTC text. Texts that come back in many slots are kept once: a load holds
    hundreds of thousands of slots in memory.
    """
    stored: StoredSlot = {
        "id": build_slot_id(slot, source),
        "start": intern(slot["start"]),
        "end": intern(slot["end"]),
        "overlap_instants": overlap_instants(slot["start"], slot["end"]),
        "types": list(slot["types"]),
        "declared_types": list(slot["types"]),
        "source": source,
        "received_at": received_at,
    }
    _copy_facts(slot, stored)
    _copy_seats(slot, stored)
    return stored


def _copy_facts(slot: CanonicalSlot, stored: StoredSlot) -> None:
    if consultation := slot.get("consultation"):
        stored["consultation"] = consultation
    if appointment := slot.get("appointment"):
        stored["appointment"] = appointment
    if cpts := bare_cpts(slot.get("cpts", [])):
        stored["cpts"] = cpts
    if reasons := slot.get("reasons"):
        stored["reasons"] = [intern(reason) for reason in reasons]
    if url := slot.get("url"):
        stored["url"] = intern(url)


def bare_cpts(cpts: list[SlotCpts]) -> list[str]:
    """FINESS of the CPTS without prefix, as the offers write them."""
    found = (as_finess(one.get("finess", "")) for one in cpts)
    return list(dict.fromkeys(finess for finess in found if finess is not None))


def _copy_seats(slot: CanonicalSlot, stored: StoredSlot) -> None:
    left = seats_left(slot)
    if left is not None:
        stored["seats_max"] = max(slot.get("seats_max", 1), 1)
        stored["seats_left"] = left
