"""Slots given to the offers they belong to, new places created on the way."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from mappings.instants import utc_text
from mappings.records import CanonicalSlot, Offer, StoredSlot
from slots.matching.matching import Locate, OfferIndex, matching_offer, slot_owner
from slots.matching.new_places import build_new_place_offer
from slots.stored import build_stored_slot, is_full, place_text


class Attribution:
    """Slots by offer id, the offers created for them, and the slots left aside, by reason.

    Reasons: ``past`` (F062), ``full`` (F063), ``unknown_owner`` (no offer of that RPPS or
    SIRET is indexed), ``no_place`` (the owner has several places and the slot names none
    that can be located).
    """

    def __init__(self, index: OfferIndex, now: datetime, locate: Locate) -> None:
        """Created offers also join ``index``."""
        self.created: list[Offer] = []
        self.unmatched: Counter[str] = Counter()
        self._index = index
        self._now = now
        self._locate = locate
        self._places: dict[tuple[str, str, str], Offer | str] = {}
        self._slots: dict[str, dict[str, StoredSlot]] = {}

    @property
    def slots(self) -> dict[str, list[StoredSlot]]:
        """The slots of each offer; of a slot that its source repeats, the last one."""
        return {offer_id: list(slots.values()) for offer_id, slots in self._slots.items()}

    def add(self, slots: Iterable[CanonicalSlot], source: str) -> None:
        """Give each slot to its offer."""
        instant = utc_text(self._now)
        for slot in slots:
            found = _skip_reason(slot, instant) or self._find_place(slot, source)
            if isinstance(found, str):
                self.unmatched[found] += 1
            else:
                stored = build_stored_slot(slot, source, instant)
                self._slots.setdefault(found["id"], {})[stored["id"]] = stored

    def _find_place(self, slot: CanonicalSlot, source: str) -> Offer | str:
        """The offer of a place, looked for once however many slots it has."""
        key = (slot_owner(slot), slot.get("structure", {}).get("idnst", ""), place_text(slot))
        if key not in self._places:
            self._places[key] = self._find_offer(slot, source)
        return self._places[key]

    def _find_offer(self, slot: CanonicalSlot, source: str) -> Offer | str:
        known = self._index.find_offers(slot_owner(slot))
        if not known:
            return "unknown_owner"
        found = matching_offer(slot, known, self._locate)
        return self._create_offer(slot, known, source) if found is None else found

    def _create_offer(self, slot: CanonicalSlot, known: list[Offer], source: str) -> Offer | str:
        created = build_new_place_offer(slot, known, source, self._locate)
        if created is None:
            return "no_place"
        self._index.add(created)
        self.created.append(created)
        return created


def _skip_reason(slot: CanonicalSlot, instant: str) -> str | None:
    if slot["start"] < instant:
        return "past"
    return "full" if is_full(slot) else None
