"""The slots of a directory of files on their offers, for a reindex."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from mappings.records import Offer, StoredSlot
from slots.coherence import count_hidden_slots, visible_slots
from slots.loading.requests import WHOLE_ANSWER, DirectoryRequests, parse_requests
from slots.matching.attribution import Attribution
from slots.matching.locating import commune_geography
from slots.matching.matching import Locate, OfferIndex
from slots.stored import AGENDA_SOURCE


@dataclass(frozen=True, slots=True)
class DirectorySlots:
    """Slots by offer id, coherent with their offer; offers to create; counts by reason.

    ``created`` offers are complete but for their ``slots``, which are in ``slots`` like the
    others. ``unmatched`` and ``hidden`` count slots; ``rejected`` counts the entries that the
    parser refused, and answers and lines refused as a whole. ``answers`` counts all of them.
    """

    slots: dict[str, list[StoredSlot]]
    created: list[Offer]
    unmatched: Counter[str]
    hidden: Counter[str]
    rejected: Counter[str]
    answers: int = 0


def attribute_directory(
    slots: DirectoryRequests, index: OfferIndex, now: datetime, locate: Locate = commune_geography
) -> DirectorySlots:
    """Every slot of a directory on its offer, coherence applied.

    ``index`` holds at least the offers of ``slots.owners()``, participation and absences
    included; created offers are added to it. Memory holds the slots and one answer at a time.
    """
    rejected = Counter(slots.rejected)
    attribution = Attribution(index, now, locate)
    attribution.add(slots.agenda(), AGENDA_SOURCE)
    answers = 0
    for answer in parse_requests(slots.requests, now, rejected):
        attribution.add(answer.slots, answer.source)
        answers += 1
    answers += sum(rejected[reason] for reason in WHOLE_ANSWER)
    return _apply_coherence(attribution, index, rejected, answers)


def _apply_coherence(
    attribution: Attribution, index: OfferIndex, rejected: Counter[str], answers: int
) -> DirectorySlots:
    hidden: Counter[str] = Counter()
    slots = attribution.slots
    for offer_id, stored in slots.items():
        slots[offer_id] = visible_slots(index.offer(offer_id), stored)
        hidden.update(count_hidden_slots(slots[offer_id]))
    created, unmatched = attribution.created, attribution.unmatched
    return DirectorySlots(slots, created, unmatched, hidden, rejected, answers)
