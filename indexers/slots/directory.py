"""The slots of a directory of files: ``agenda.jsonl`` and ``fhir/requests.jsonl``.

What a reindex calls: it indexes its offers, asks for their slots, and stores both at once.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from indexers.slots.attribution import Attribution
from indexers.slots.coherence import hidden_counts, visible_slots
from indexers.slots.matching import Locate, OfferIndex, nowhere, slot_owner
from indexers.slots.stored import AGENDA_SOURCE
from mappings.records import CanonicalSlot, Offer, StoredSlot

AGENDA_FILE = "agenda.jsonl"
REQUESTS_FILE = "fhir/requests.jsonl"


@dataclass(frozen=True, slots=True)
class DirectorySlots:
    """Slots by offer id, coherent with their offer; offers to create; counts by reason.

    ``created`` offers are complete but for their ``slots``, which are in ``slots`` like the
    others. ``unmatched`` and ``hidden`` count slots, ``rejected`` what the parser refused.
    """

    slots: dict[str, list[StoredSlot]]
    created: list[Offer]
    unmatched: Counter[str]
    hidden: Counter[str]
    rejected: Counter[str]


def owners_in(directory: Path) -> frozenset[str]:
    """RPPS and SIRET that the directory's slots are about, to bound an ``OfferIndex``."""
    return frozenset(filter(None, (slot_owner(slot) for slot in agenda_slots(directory))))


def slots_from_directory(
    directory: Path, index: OfferIndex, now: datetime, locate: Locate = nowhere
) -> DirectorySlots:
    """Every slot of the directory on its offer, coherence applied; a missing file is no slot.

    ``index`` holds at least the offers of ``owners_in(directory)``, participation and absences
    included; created offers are added to it.
    """
    found = Attribution(index, now, locate)
    found.add(agenda_slots(directory), AGENDA_SOURCE)
    return _coherent(found, index, Counter())


def _coherent(found: Attribution, index: OfferIndex, rejected: Counter[str]) -> DirectorySlots:
    hidden: Counter[str] = Counter()
    for offer_id, stored in found.slots.items():
        found.slots[offer_id] = visible_slots(index.offer(offer_id), stored)
        hidden.update(hidden_counts(found.slots[offer_id]))
    return DirectorySlots(found.slots, found.created, found.unmatched, hidden, rejected)


def agenda_slots(directory: Path) -> Iterator[CanonicalSlot]:
    """The SAS agenda's slots, one canonical slot a line."""
    path = directory / AGENDA_FILE
    if path.exists():
        with path.open("rb") as lines:
            yield from (orjson.loads(line) for line in lines if line.strip())
