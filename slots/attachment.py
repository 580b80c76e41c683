"""An offer and its slots, put together in one way by everything that writes them."""

from collections.abc import Iterable, Sequence

from mappings.records import Offer, StoredSlot
from slots.coherence import visible_slots


def with_slots(offer: Offer, slots: Sequence[StoredSlot]) -> Offer:
    """A copy of the offer with these slots, to which the coherence rules were applied."""
    return {**offer, "slots": list(slots)}


def with_visible_slots(offer: Offer, slots: Iterable[StoredSlot]) -> Offer:
    """A copy of the offer with these slots, the coherence rules applied by its own settings."""
    return with_slots(offer, visible_slots(offer, slots))
