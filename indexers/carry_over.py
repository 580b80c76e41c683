"""Live slots carried into a new index when the directory brings none.

Only offers still present receive them, and only slots that have not ended; the coherence rules
are applied again with the new participation and absences.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import patient
from elastic.errors import translated
from indexers.bulk import Operation
from indexers.scan import scan
from indexers.slots.coherence import visible_slots
from indexers.slots.instants import utc_text
from mappings.records import Offer, StoredSlot

PAGE = 500
WITH_SLOTS = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}}


def carried(client: Elasticsearch, live: str, new: str, now: datetime) -> Iterator[Operation]:
    """Offers of the new index with the live slots that are not over, ready to be written."""
    bearers = scan(client, live, WITH_SLOTS, source=["id", "slots"])
    while page := list(islice(bearers, PAGE)):
        slots = {hit["_id"]: _not_over(hit["_source"]["slots"], now) for hit in page}
        for offer in _present(client, new, [key for key, kept in slots.items() if kept]):
            offer["slots"] = visible_slots(offer, slots[offer["id"]])
            yield Operation.index(offer)


def _not_over(slots: Sequence[StoredSlot], now: datetime) -> list[StoredSlot]:
    instant = utc_text(now)
    return [slot for slot in slots if slot["end"] > instant]


def _present(client: Elasticsearch, index: str, ids: list[str]) -> list[Offer]:
    if not ids:
        return []
    with translated():
        answer: Any = patient(client).mget(index=index, ids=ids)
    return [doc["_source"] for doc in answer["docs"] if doc.get("found")]
