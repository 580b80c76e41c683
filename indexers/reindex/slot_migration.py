"""Live slots migrated to a new index: all of them when the directory has none, then the changes.

Of each source the later answer holds, in each offer. Only offers still present receive live slots,
and only slots that have not ended; the coherence rules are applied again with the new
participation and absences. A place known from an editor only is
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
from elastic.optimistic import fetch_versioned_offers, write_until_settled
from elastic.scan import scan
from mappings.instants import utc_text
from mappings.records import Offer
from mappings.schema_history import read_offer
from slots.attachment import with_slots, with_visible_slots
from slots.last_word import merge_last_words, with_owner_answers
from slots.loading.importing import fetch_owner_offers
from slots.matching.matching import build_offer_index, offer_owner
from slots.matching.new_places import is_editor_place, refresh_place_offer

PAGE = 500
WITH_SLOTS = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}}


def _ignore_offer(offer: Offer) -> None:
    """Default listener."""


@dataclass(frozen=True, slots=True)
class SlotMigration:
    """The live index, the new one, and the instant after which a slot has not ended."""

    client: Elasticsearch
    live: str
    new: str
    now: datetime
    on_created: Callable[[Offer], object] = _ignore_offer
    """Called with each offer added to the new index: a place that only an editor knows."""


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


def drop_ended_slots(offer: Offer, now: datetime) -> Offer:
    """The offer with the slots that end after ``now``."""
    instant = utc_text(now)
    return with_slots(offer, [one for one in offer.get("slots", []) if one["end"] > instant])


def _migration_operations(
    migration: SlotMigration, query: Mapping[str, Any]
) -> Iterator[Operation]:
    """The live index is refreshed first: the writes of its last second count too."""
    lifecycle.refresh_index(migration.client, migration.live)
    hits = scan(migration.client, migration.live, query)
    while page := list(islice(hits, PAGE)):
        absent: dict[str, Offer] = {hit["_id"]: read_offer(hit["_source"]) for hit in page}
        present = fetch_versioned_offers(migration.client, migration.new, list(absent))
        for stored in present:
            live = drop_ended_slots(absent.pop(stored.offer["id"]), migration.now)
            merged = merge_last_words(stored.offer, live)
            if merged != stored.offer:
                yield stored.replace(merged)
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
            live = drop_ended_slots(refresh_place_offer(place, of_owner), migration.now)
            held = merge_last_words(live, with_owner_answers(live, known))
            created = with_visible_slots(held, held["slots"])
            if created["slots"]:
                migration.on_created(created)
                yield Operation.create(created)
