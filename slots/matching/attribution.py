"""Slots given to the offers they belong to, new places created on the way."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mappings.bounds import SLOTS_OF_A_PLACE, SOME
from mappings.instants import utc_text
from mappings.records import CanonicalSlot, Offer, StoredSlot
from slots.matching.matching import Locate, OfferIndex, OwnerPlaces, slot_owner
from slots.matching.new_places import build_new_place_offer
from slots.stored import build_stored_slot, is_full, place_text


@dataclass(frozen=True, slots=True)
class SlotOwner:
    """The offers of an owner that are indexed, and those with the places that slots add."""

    known: list[Offer]
    places: OwnerPlaces


class Attribution:
    """Slots by offer id, the offers created for them, and the slots left aside, by reason.

    Reasons: ``past`` (F062), ``full`` (F063), ``unknown_owner`` (no offer of that RPPS or
    SIRET is indexed), ``no_place`` (the owner has several places and the slot names none
    that can be located), ``too_many_places`` (the owner has more places than anybody has),
    ``too_many_slots`` (more of one source at one place than an offer takes).
    """

    def __init__(self, index: OfferIndex, now: datetime, locate: Locate) -> None:
        """Created offers also join ``index``."""
        self.created: list[Offer] = []
        self.unmatched: Counter[str] = Counter()
        self._index = index
        self._now = now
        self._locate = locate
        self._places: dict[tuple[str, str, str], Offer | str] = {}
        self._owners: dict[str, SlotOwner] = {}
        self._slots: dict[str, dict[str, StoredSlot]] = {}
        self._kept: Counter[tuple[str, str]] = Counter()
        """Slots by offer and source."""

    @property
    def slots(self) -> dict[str, list[StoredSlot]]:
        """The slots of each offer; of a slot that its source repeats, the last one."""
        return {offer_id: list(slots.values()) for offer_id, slots in self._slots.items()}

    def add(
        self, slots: Iterable[CanonicalSlot], source: str, received_at: datetime | None = None
    ) -> None:
        """Give each slot to its offer, received now unless it was before."""
        instant = utc_text(self._now)
        received = utc_text(received_at or self._now)
        for slot in slots:
            found = _skip_reason(slot, instant) or self._find_place(slot, source)
            if isinstance(found, str):
                self.unmatched[found] += 1
            else:
                self._keep(found["id"], build_stored_slot(slot, source, received))

    def _keep(self, offer_id: str, slot: StoredSlot) -> None:
        held = self._slots.setdefault(offer_id, {})
        key = offer_id, slot["source"]
        is_new = slot["id"] not in held
        if is_new and self._kept[key] >= SLOTS_OF_A_PLACE.most:
            self.unmatched["too_many_slots"] += 1
            return
        self._kept[key] += is_new
        held[slot["id"]] = slot

    def drop(self, owners: Iterable[str], source: str) -> None:
        """Take back what a source said of these owners before: its new answer is all it says."""
        for owner in owners:
            for offer in self._index.find_offers(owner):
                held = self._slots.get(offer["id"], {})
                kept = {key: slot for key, slot in held.items() if slot["source"] != source}
                if len(kept) < len(held):
                    self._slots[offer["id"]] = kept
                    del self._kept[offer["id"], source]

    def _find_place(self, slot: CanonicalSlot, source: str) -> Offer | str:
        """The offer of a place, looked for once however many slots it has."""
        key = (slot_owner(slot), slot.get("structure", {}).get("idnst", ""), place_text(slot))
        if key not in self._places:
            self._places[key] = self._find_offer(slot, source)
        return self._places[key]

    def _find_offer(self, slot: CanonicalSlot, source: str) -> Offer | str:
        owner = self._owner(self._index.resolve_owner(slot_owner(slot)))
        if not owner.known:
            return "unknown_owner"
        found = owner.places.find_offer(slot, self._locate)
        return self._create_offer(slot, owner, source) if found is None else found

    def _owner(self, name: str) -> SlotOwner:
        if name not in self._owners:
            known = self._index.find_offers(name)
            self._owners[name] = SlotOwner(known, OwnerPlaces(known))
        return self._owners[name]

    def _create_offer(self, slot: CanonicalSlot, owner: SlotOwner, source: str) -> Offer | str:
        created = build_new_place_offer(slot, owner.known, source, self._locate)
        if created is None:
            return "no_place"
        if len(owner.places.offers) >= SOME.most:
            return "too_many_places"
        self._index.add(created)
        owner.places.add(created)
        self.created.append(created)
        return created


def _skip_reason(slot: CanonicalSlot, instant: str) -> str | None:
    if slot["start"] < instant:
        return "past"
    return "full" if is_full(slot) else None
