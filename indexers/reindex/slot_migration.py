"""Live slots brought into a new index: carried when the directory has none, replayed at the end.

Only offers still present receive them, and only slots that have not ended; the coherence rules
are applied again with the new participation and absences. A place that only an editor told of
comes along as long as its professional or its association is still there. Every write is
conditional on the version read, so nothing that the new index was told meanwhile is undone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from elastic.bulk import Operation
from elastic.client import patient
from elastic.errors import translated
from elastic.scan import scan
from mappings.instants import utc_text
from mappings.records import Offer, StoredSlot
from slots.bookable import borne
from slots.coherence import visible_slots
from slots.loading.importing import offers_of
from slots.matching.created_offers import is_told_by_editor, renewed_offer
from slots.matching.matching import indexed, offer_owner

PAGE = 500
WITH_SLOTS = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}}

Merge = Callable[[Sequence[StoredSlot], Sequence[StoredSlot]], list[StoredSlot]]
"""The slots of the new index and of the live one, made one list."""


def _not_counted(offer: Offer) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Bringing:
    """From which index to which, and how the slots of both are made one list."""

    client: Elasticsearch
    live: str
    new: str
    merge: Merge
    sealed: int | None = None
    """Sequence number of the new index when it was complete: an offer written after it was told
    of since, and the later word of each source holds. None while nobody else writes there."""
    made: Callable[[Offer], object] = _not_counted
    """Told of each offer that the new index did not have: a place that only an editor knows."""

    def slots(self, stored: "Present", live: Sequence[StoredSlot]) -> list[StoredSlot]:
        """The slots that an offer of the new index gets."""
        told_since = self.sealed is not None and stored.version["if_seq_no"] > self.sealed
        merge = later if told_since else self.merge
        return visible_slots(stored.offer, merge(stored.offer.get("slots", []), live))


@dataclass(frozen=True, slots=True)
class Present:
    """An offer of the new index, with the version it was read at."""

    offer: Offer
    version: dict[str, int]


def carried(bringing: Bringing) -> Iterator[Operation]:
    """Offers of the new index with the live slots, ready to be written."""
    return _brought(bringing, WITH_SLOTS)


def replayed(bringing: Bringing, since: int) -> Iterator[Operation]:
    """The same for offers that changed in the live index after sequence number ``since``."""
    return _brought(bringing, {"range": {"_seq_no": {"gt": since}}})


def sequence_number(client: Elasticsearch, index: str) -> int:
    """The write of an index up to which all are done, so that later ones can be found again."""
    with translated():
        answer = patient(client).indices.stats(index=index, level="shards")
    shards = answer["indices"][index]["shards"].values()
    primaries = [copy for copies in shards for copy in copies if copy["routing"]["primary"]]
    return min(int(copy["seq_no"]["local_checkpoint"]) for copy in primaries)


def not_over(slots: Sequence[StoredSlot], now: datetime) -> list[StoredSlot]:
    """The slots that end after ``now``."""
    instant = utc_text(now)
    return [slot for slot in slots if slot["end"] > instant]


def only_live(now: datetime) -> Merge:
    """What the live index says, without the slots that are over."""
    return lambda _, live: not_over(live, now)


def fresher(since: datetime) -> Merge:
    """Of each source, what the live index was told after ``since``, else what the new one has."""
    instant = utc_text(since)

    def merge(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
        told = {slot["source"] for slot in live if slot["seen_at"] >= instant}
        return _with_sources(new, live, told)

    return merge


def later(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
    """Of each source, what was told last; the new index when both were told at once."""
    known = _last_words(new)
    told = {source for source, at in _last_words(live).items() if at > known.get(source, "")}
    return _with_sources(new, live, told)


def _last_words(slots: Iterable[StoredSlot]) -> dict[str, str]:
    found: dict[str, str] = {}
    for slot in slots:
        found[slot["source"]] = max(slot["seen_at"], found.get(slot["source"], ""))
    return found


def _with_sources(
    new: Sequence[StoredSlot], live: Sequence[StoredSlot], told: set[str]
) -> list[StoredSlot]:
    kept = [slot for slot in new if slot["source"] not in told]
    return [*kept, *(slot for slot in live if slot["source"] in told)]


def _brought(bringing: Bringing, query: Mapping[str, Any]) -> Iterator[Operation]:
    """The live index is refreshed first: what it was told in its last second counts too."""
    with translated():
        patient(bringing.client).indices.refresh(index=bringing.live)
    hits = scan(bringing.client, bringing.live, query)
    while page := list(islice(hits, PAGE)):
        live: dict[str, Offer] = {hit["_id"]: hit["_source"] for hit in page}
        present = {one.offer["id"]: one for one in _present(bringing, list(live))}
        for offer_id, stored in present.items():
            before = stored.offer.get("slots", [])
            after = bringing.slots(stored, live[offer_id].get("slots", []))
            if after != before:
                yield Operation.index({**stored.offer, **borne(after)}, **stored.version)
        yield from _editors_places(
            bringing, [offer for offer_id, offer in live.items() if offer_id not in present]
        )


def _editors_places(bringing: Bringing, absent: Sequence[Offer]) -> Iterator[Operation]:
    """Places that only editors told of, made again from what the new index says of their owner."""
    told = [offer for offer in absent if is_told_by_editor(offer)]
    if not told:
        return
    with translated():
        patient(bringing.client).indices.refresh(index=bringing.new)
    owners = sorted({offer_owner(offer) for offer in told})
    known = indexed(stored.offer for stored in offers_of(bringing.client, bringing.new, owners))
    for offer in told:
        if of_owner := known.of(offer_owner(offer)):
            made = renewed_offer(offer, of_owner)
            if slots := visible_slots(made, bringing.merge([], offer.get("slots", []))):
                bringing.made(made)
                yield Operation.create({**made, **borne(slots)})


def _present(bringing: Bringing, ids: list[str]) -> list[Present]:
    with translated():
        answer: Any = patient(bringing.client).mget(index=bringing.new, ids=ids)
    return [_read(doc) for doc in answer["docs"] if doc.get("found")]


def _read(doc: Mapping[str, Any]) -> Present:
    version = {"if_seq_no": doc["_seq_no"], "if_primary_term": doc["_primary_term"]}
    return Present(doc["_source"], version)
