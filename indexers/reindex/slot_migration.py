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
from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.scan import scan
from mappings.instants import utc_text
from mappings.records import Offer, StoredSlot
from mappings.schema_history import read_offer
from slots.coherence import visible_slots
from slots.loading.importing import fetch_owner_offers
from slots.matching.matching import build_offer_index, offer_owner
from slots.matching.new_places import is_editor_place, refresh_place_offer

PAGE = 500
WITH_SLOTS = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}}

Merge = Callable[[Sequence[StoredSlot], Sequence[StoredSlot]], list[StoredSlot]]
"""The slots of the new index and of the live one, made one list."""


def _ignore_offer(offer: Offer) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class SlotMigration:
    """From which index to which, and how the slots of both are made one list."""

    client: Elasticsearch
    live: str
    new: str
    merge: Merge
    complete_seq_no: int | None = None
    """Sequence number of the new index when it was complete: an offer written after it was told
    of since, and the later word of each source holds. None while nobody else writes there."""
    on_created: Callable[[Offer], object] = _ignore_offer
    """Told of each offer that the new index did not have: a place that only an editor knows."""

    def resolve_slots(
        self, stored: "ReplayedOffer", live: Sequence[StoredSlot]
    ) -> list[StoredSlot]:
        """The slots that an offer of the new index gets."""
        told_since = (
            self.complete_seq_no is not None and stored.version["if_seq_no"] > self.complete_seq_no
        )
        merge = merge_latest if told_since else self.merge
        return visible_slots(stored.offer, merge(stored.offer.get("slots", []), live))


@dataclass(frozen=True, slots=True)
class ReplayedOffer:
    """An offer of the new index, with the version it was read at."""

    offer: Offer
    version: dict[str, int]


def migrate_slots(migration: SlotMigration) -> Iterator[Operation]:
    """Offers of the new index with the live slots, ready to be written."""
    return _migration_operations(migration, WITH_SLOTS)


def replay_slots(migration: SlotMigration, since: int) -> Iterator[Operation]:
    """The same for offers that changed in the live index after sequence number ``since``."""
    return _migration_operations(migration, {"range": {"_seq_no": {"gt": since}}})


def sequence_number(client: Elasticsearch, index: str) -> int:
    """The write of an index up to which all are done, so that later ones can be found again."""
    with translate_errors():
        answer = with_admin_timeout(client).indices.stats(index=index, level="shards")
    shards = answer["indices"][index]["shards"].values()
    primaries = [copy for copies in shards for copy in copies if copy["routing"]["primary"]]
    return min(int(copy["seq_no"]["local_checkpoint"]) for copy in primaries)


def drop_ended_slots(slots: Sequence[StoredSlot], now: datetime) -> list[StoredSlot]:
    """The slots that end after ``now``."""
    instant = utc_text(now)
    return [slot for slot in slots if slot["end"] > instant]


def merge_live_only(now: datetime) -> Merge:
    """What the live index says, without the slots that are over."""
    return lambda _, live: drop_ended_slots(live, now)


def merge_since(since: datetime) -> Merge:
    """Of each source, what the live index was told after ``since``, else what the new one has."""
    instant = utc_text(since)

    def merge(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
        told = {slot["source"] for slot in live if slot["received_at"] >= instant}
        return _replace_sources(new, live, told)

    return merge


def merge_latest(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
    """Of each source, what was told last; the new index when both were told at once."""
    known = _latest_seen_by_source(new)
    told = {
        source for source, at in _latest_seen_by_source(live).items() if at > known.get(source, "")
    }
    return _replace_sources(new, live, told)


def _latest_seen_by_source(slots: Iterable[StoredSlot]) -> dict[str, str]:
    found: dict[str, str] = {}
    for slot in slots:
        found[slot["source"]] = max(slot["received_at"], found.get(slot["source"], ""))
    return found


def _replace_sources(
    new: Sequence[StoredSlot], live: Sequence[StoredSlot], live_sources: set[str]
) -> list[StoredSlot]:
    kept = [slot for slot in new if slot["source"] not in live_sources]
    return [*kept, *(slot for slot in live if slot["source"] in live_sources)]


def _migration_operations(
    migration: SlotMigration, query: Mapping[str, Any]
) -> Iterator[Operation]:
    """The live index is refreshed first: what it was told in its last second counts too."""
    with translate_errors():
        with_admin_timeout(migration.client).indices.refresh(index=migration.live)
    hits = scan(migration.client, migration.live, query)
    while page := list(islice(hits, PAGE)):
        live: dict[str, Offer] = {hit["_id"]: read_offer(hit["_source"]) for hit in page}
        present = {one.offer["id"]: one for one in _fetch_versioned_offers(migration, list(live))}
        for offer_id, stored in present.items():
            before = stored.offer.get("slots", [])
            after = migration.resolve_slots(stored, live[offer_id].get("slots", []))
            if after != before:
                yield Operation.index({**stored.offer, "slots": after}, **stored.version)
        yield from _editor_place_operations(
            migration, [offer for offer_id, offer in live.items() if offer_id not in present]
        )


def _editor_place_operations(
    migration: SlotMigration, absent: Sequence[Offer]
) -> Iterator[Operation]:
    """Places that only editors told of, made again from what the new index says of their owner."""
    told = [offer for offer in absent if is_editor_place(offer)]
    if not told:
        return
    with translate_errors():
        with_admin_timeout(migration.client).indices.refresh(index=migration.new)
    owners = sorted({offer_owner(offer) for offer in told})
    known = build_offer_index(
        stored.offer for stored in fetch_owner_offers(migration.client, migration.new, owners)
    )
    for offer in told:
        if of_owner := known.find_offers(offer_owner(offer)):
            made = refresh_place_offer(offer, of_owner)
            if slots := visible_slots(made, migration.merge([], offer.get("slots", []))):
                migration.on_created(made)
                yield Operation.create({**made, "slots": slots})


def _fetch_versioned_offers(migration: SlotMigration, ids: list[str]) -> list[ReplayedOffer]:
    with translate_errors():
        answer: Any = with_admin_timeout(migration.client).mget(index=migration.new, ids=ids)
    return [_parse_versioned_offer(doc) for doc in answer["docs"] if doc.get("found")]


def _parse_versioned_offer(doc: Mapping[str, Any]) -> ReplayedOffer:
    version = {"if_seq_no": doc["_seq_no"], "if_primary_term": doc["_primary_term"]}
    return ReplayedOffer(doc["_source"], version)
