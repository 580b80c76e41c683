"""Live slots brought into a new index: carried when the directory has none, replayed at the end.

Only offers still present receive them, and only slots that have not ended; the coherence rules
are applied again with the new participation and absences.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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

Merge = Callable[[Sequence[StoredSlot], Sequence[StoredSlot]], list[StoredSlot]]
"""The slots of the new index and of the live one, made one list."""


def carried(client: Elasticsearch, live: str, new: str, now: datetime) -> Iterator[Operation]:
    """Offers of the new index with the live slots that are not over, ready to be written."""
    return _brought(client, live, new, WITH_SLOTS, lambda _, old: not_over(old, now))


def replayed(
    client: Elasticsearch, live: str, new: str, since: int, merge: Merge
) -> Iterator[Operation]:
    """The same for offers that changed in the live index after sequence number ``since``."""
    changed = {"range": {"_seq_no": {"gt": since}}}
    return _brought(client, live, new, changed, merge)


def sequence_number(client: Elasticsearch, index: str) -> int:
    """The last write of an index, so that later ones can be found again."""
    with translated():
        answer = patient(client).indices.stats(index=index, level="shards")
    shards = answer["indices"][index]["shards"].values()
    return max(int(copy["seq_no"]["max_seq_no"]) for copies in shards for copy in copies)


def not_over(slots: Sequence[StoredSlot], now: datetime) -> list[StoredSlot]:
    """The slots that end after ``now``."""
    instant = utc_text(now)
    return [slot for slot in slots if slot["end"] > instant]


def fresher(since: datetime) -> Merge:
    """Of each source, what the live index was told after ``since``, else what the new one has."""
    instant = utc_text(since)

    def merge(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
        told = {slot["source"] for slot in live if slot["seen_at"] >= instant}
        kept = [slot for slot in new if slot["source"] not in told]
        return [*kept, *(slot for slot in live if slot["source"] in told)]

    return merge


def _brought(
    client: Elasticsearch, live: str, new: str, query: Mapping[str, Any], merge: Merge
) -> Iterator[Operation]:
    hits = scan(client, live, query, source=["id", "slots"])
    while page := list(islice(hits, PAGE)):
        slots = {hit["_id"]: hit["_source"].get("slots", []) for hit in page}
        for offer in _present(client, new, list(slots)):
            before = offer.get("slots", [])
            after = visible_slots(offer, merge(before, slots[offer["id"]]))
            if after != before:
                yield Operation.index({**offer, "slots": after})


def _present(client: Elasticsearch, index: str, ids: list[str]) -> list[Offer]:
    with translated():
        answer: Any = patient(client).mget(index=index, ids=ids)
    return [doc["_source"] for doc in answer["docs"] if doc.get("found")]
