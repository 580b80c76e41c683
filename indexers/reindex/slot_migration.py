"""Live slots migrated to a new index: all of them when the directory has none, then the changes.

Only offers still present receive them, and only slots that have not ended; the coherence rules
are applied again with the new participation and absences. A place known from an editor only is
kept as long as its professional or its association is still there. Every write is conditional on
the version read, so a slot written meanwhile to the new index is never undone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import Operation, Progress
from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.optimistic import VersionedOffer, fetch_versioned_offers, write_until_settled
from elastic.scan import scan
from mappings.instants import utc_text
from mappings.records import Offer, StoredSlot
from mappings.schema_history import read_offer
from slots.attachment import with_slots, with_visible_slots
from slots.coherence import visible_slots
from slots.loading.importing import fetch_owner_offers
from slots.matching.matching import build_offer_index, offer_owner
from slots.matching.new_places import is_editor_place, refresh_place_offer

PAGE = 500
WITH_SLOTS = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}}

Merge = Callable[[Sequence[StoredSlot], Sequence[StoredSlot]], list[StoredSlot]]
"""The slots of the new index and of the live one, made one list."""


def _ignore_offer(offer: Offer) -> None:
    """Default listener."""


@dataclass(frozen=True, slots=True)
class SlotMigration:
    """The live index, the new one, and the rule that merges the slots of both."""

    client: Elasticsearch
    live: str
    new: str
    merge: Merge
    complete_seq_no: int | None = None
    """Sequence number of the new index when it was complete. In an offer written after it, the
    latest answer of each source wins. None while the new index has no other writer."""
    on_created: Callable[[Offer], object] = _ignore_offer
    """Called with each offer added to the new index: a place that only an editor knows."""

    def resolve_slots(self, stored: VersionedOffer, live: Sequence[StoredSlot]) -> list[StoredSlot]:
        """The slots that an offer of the new index gets."""
        is_newer = (
            self.complete_seq_no is not None and stored.version["if_seq_no"] > self.complete_seq_no
        )
        merge = merge_latest if is_newer else self.merge
        return visible_slots(stored.offer, merge(stored.offer.get("slots", []), live))


def migrate_slots(migration: SlotMigration, progress: Progress | None = None) -> int:
    """Write the live slots to the offers of the new index; returns the offers written."""
    return _write_slots(migration, WITH_SLOTS, progress)


def replay_slots(migration: SlotMigration, since: int, progress: Progress | None = None) -> int:
    """The same for offers that changed in the live index after sequence number ``since``."""
    return _write_slots(migration, {"range": {"_seq_no": {"gt": since}}}, progress)


def _write_slots(
    migration: SlotMigration, query: Mapping[str, Any], progress: Progress | None
) -> int:
    def read(conflicts: Sequence[str] | None) -> Iterator[Operation]:
        by_id = {"ids": {"values": list(conflicts or ())}}
        return _migration_operations(migration, query if conflicts is None else by_id)

    return write_until_settled(migration.client, migration.new, read, progress)


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
    """The slots of the live index that have not ended."""
    return lambda _, live: drop_ended_slots(live, now)


def merge_since(since: datetime) -> Merge:
    """Of each source, the live slots when they were received after ``since``, else the new ones."""
    instant = utc_text(since)

    def merge(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
        recent = {slot["source"] for slot in live if slot["received_at"] >= instant}
        return _replace_sources(new, live, recent)

    return merge


def merge_latest(new: Sequence[StoredSlot], live: Sequence[StoredSlot]) -> list[StoredSlot]:
    """Of each source, the slots received last; those of the new index at equal instants."""
    new_times, live_times = _latest_by_source(new), _latest_by_source(live)
    recent = {source for source, at in live_times.items() if at > new_times.get(source, "")}
    return _replace_sources(new, live, recent)


def _latest_by_source(slots: Iterable[StoredSlot]) -> dict[str, str]:
    """The instant at which the last slot of each source was received."""
    latest: dict[str, str] = {}
    for slot in slots:
        latest[slot["source"]] = max(slot["received_at"], latest.get(slot["source"], ""))
    return latest


def _replace_sources(
    new: Sequence[StoredSlot], live: Sequence[StoredSlot], live_sources: set[str]
) -> list[StoredSlot]:
    kept = [slot for slot in new if slot["source"] not in live_sources]
    return [*kept, *(slot for slot in live if slot["source"] in live_sources)]


def _migration_operations(
    migration: SlotMigration, query: Mapping[str, Any]
) -> Iterator[Operation]:
    """The live index is refreshed first: the writes of its last second count too."""
    lifecycle.refresh_index(migration.client, migration.live)
    hits = scan(migration.client, migration.live, query)
    while page := list(islice(hits, PAGE)):
        live: dict[str, Offer] = {hit["_id"]: read_offer(hit["_source"]) for hit in page}
        present = fetch_versioned_offers(migration.client, migration.new, list(live))
        absent = dict(live)
        for stored in present:
            slots = absent.pop(stored.offer["id"]).get("slots", [])
            merged = migration.resolve_slots(stored, slots)
            if merged != stored.offer.get("slots", []):
                yield stored.replace(with_slots(stored.offer, merged))
        yield from _editor_place_operations(migration, absent.values())


def _editor_place_operations(
    migration: SlotMigration, absent: Iterable[Offer]
) -> Iterator[Operation]:
    """Places known from editors only, built again from the owner's offers in the new index."""
    places = [offer for offer in absent if is_editor_place(offer)]
    if not places:
        return
    lifecycle.refresh_index(migration.client, migration.new)
    owners = sorted({offer_owner(offer) for offer in places})
    known = build_offer_index(
        stored.offer for stored in fetch_owner_offers(migration.client, migration.new, owners)
    )
    for place in places:
        if of_owner := known.find_offers(offer_owner(place)):
            refreshed = refresh_place_offer(place, of_owner)
            slots = migration.merge([], place.get("slots", []))
            created = with_visible_slots(refreshed, slots)
            if created["slots"]:
                migration.on_created(refreshed)
                yield Operation.create(created)
