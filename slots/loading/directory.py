"""The slots of a directory of files, for a reindex: ``agenda.jsonl`` and the editors' answers.

A reindex indexes its offers, asks here for their slots, and stores both at once.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mappings.records import Offer, StoredSlot
from slots.coherence import count_hidden_slots, visible_slots
from slots.loading.requests import WHOLE_ANSWER, agenda_slots, parse_requests, read_requests
from slots.matching.attribution import Attribution
from slots.matching.locating import commune_geography
from slots.matching.matching import Locate, OfferIndex, bare_owner, slot_owner
from slots.stored import AGENDA_SOURCE


@dataclass(frozen=True, slots=True)
class DirectorySlots:
    """Slots by offer id, coherent with their offer; offers to create; counts by reason.

    ``created`` offers are complete but for their ``slots``, which are in ``slots`` like the
    others. ``unmatched`` and ``hidden`` count slots; ``rejected`` counts what the parser
    refused, and answers and lines refused as a whole. ``answers`` is how many were to be read.
    """

    slots: dict[str, list[StoredSlot]]
    created: list[Offer]
    unmatched: Counter[str]
    hidden: Counter[str]
    rejected: Counter[str]
    answers: int = 0


def owners_in(directory: Path) -> frozenset[str]:
    """RPPS, ADELI and SIRET that the directory's slots are about, to bound an ``OfferIndex``."""
    ignored: Counter[str] = Counter()
    asked = {bare_owner(one) for r in read_requests(directory, ignored) for one in r.requested_ids}
    booked = {slot_owner(slot) for slot in agenda_slots(directory, ignored)}
    return frozenset(asked | booked) - {""}


def slots_from_directory(
    directory: Path, index: OfferIndex, now: datetime, locate: Locate = commune_geography
) -> DirectorySlots:
    """Every slot of the directory on its offer, coherence applied; a missing file is no slot.

    ``index`` holds at least the offers of ``owners_in(directory)``, participation and absences
    included; created offers are added to it. One answer at a time is in memory, and the slots.
    """
    rejected: Counter[str] = Counter()
    found = Attribution(index, now, locate)
    found.add(agenda_slots(directory, rejected), AGENDA_SOURCE)
    answers = 0
    for request, slots in parse_requests(directory, now, rejected):
        found.add(slots, request.editor)
        answers += 1
    answers += sum(rejected[reason] for reason in WHOLE_ANSWER)
    return _coherent(found, index, rejected, answers)


def _coherent(
    found: Attribution, index: OfferIndex, rejected: Counter[str], answers: int
) -> DirectorySlots:
    hidden: Counter[str] = Counter()
    slots = found.slots
    for offer_id, stored in slots.items():
        slots[offer_id] = visible_slots(index.offer(offer_id), stored)
        hidden.update(count_hidden_slots(slots[offer_id]))
    return DirectorySlots(slots, found.created, found.unmatched, hidden, rejected, answers)
