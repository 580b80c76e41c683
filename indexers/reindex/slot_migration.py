"""What sources answered to one index, replayed on another: of each source the later answer holds.

Offers of both indices are merged by ``slots.last_word``; live slots that have ended stay behind.
A place known from an editor only comes along as long as its professional or its association is
there. Every write is conditional on the version read, so an answer written meanwhile to the other
index is never undone.
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
from indexers.reindex.last_words import WITH_WORDS, drop_ended_slots
from mappings.records import Offer
from mappings.schema_history import read_offer
from slots.attachment import with_visible_slots
from slots.last_word import merge_last_words, with_owner_answers
from slots.loading.importing import fetch_owner_offers
from slots.matching.matching import OfferIndex, build_offer_index, offer_owner
from slots.matching.new_places import is_editor_place, refresh_place_offer

PAGE = 500


def _ignore_offer(offer: Offer) -> None:
    """Default listener."""


@dataclass(frozen=True, slots=True)
class SlotMigration:
    """The index that was written, the one to catch up, and when a slot has ended."""

    client: Elasticsearch
    live: str
    new: str
    now: datetime
    on_created: Callable[[Offer], object] = _ignore_offer
    """Called with each offer added to the new index: a place that only an editor knows."""


def replay_slots(
    migration: SlotMigration, since: int | None, progress: Progress | None = None
) -> int:
    """Replay the offers that changed in the live index after sequence number ``since``.

    None replays every offer that a source answered about. Returns the offers written.
    """
    changed: Mapping[str, Any] = {"range": {"_seq_no": {"gt": since}}}
    query = WITH_WORDS if since is None else changed

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


def _migration_operations(
    migration: SlotMigration, query: Mapping[str, Any]
) -> Iterator[Operation]:
    """Both indices are refreshed first: the writes of their last second count too."""
    lifecycle.refresh_index(migration.client, migration.live)
    lifecycle.refresh_index(migration.client, migration.new)
    hits = scan(migration.client, migration.live, query)
    while page := list(islice(hits, PAGE)):
        live = {hit["_id"]: read_offer(hit["_source"]) for hit in page}
        present = fetch_versioned_offers(migration.client, migration.new, list(live))
        absent = dict(live)
        for stored in present:
            replayed = drop_ended_slots(absent.pop(stored.offer["id"]), migration.now)
            yield from _merge_operations(stored, replayed)
        yield from _place_operations(migration, live, absent.values())


def _merge_operations(stored: VersionedOffer, live: Offer) -> Iterator[Operation]:
    merged = merge_last_words(stored.offer, live)
    if merged != stored.offer:
        yield stored.replace(merged)


def _place_operations(
    migration: SlotMigration, live: Mapping[str, Offer], absent: Iterable[Offer]
) -> Iterator[Operation]:
    """Places known from editors only: those of the live index alone, and those it no longer has."""
    client, owners = migration.client, sorted({*map(offer_owner, live.values())} - {""})
    known = list(fetch_owner_offers(client, migration.new, owners))
    in_new = build_offer_index(stored.offer for stored in known)
    in_live = build_offer_index(
        read_offer(stored.offer) for stored in fetch_owner_offers(client, migration.live, owners)
    )
    for place in filter(is_editor_place, absent):
        yield from _create_operations(migration, place, in_new)
    for stored in known:
        if stored.offer["id"] not in in_live and is_editor_place(stored.offer):
            yield from _merge_operations(stored, with_owner_answers(stored.offer, in_live))


def _create_operations(
    migration: SlotMigration, place: Offer, known: OfferIndex
) -> Iterator[Operation]:
    """The place built again from its owner's offers, unless a later answer no longer has it."""
    if of_owner := known.find_offers(offer_owner(place)):
        live = drop_ended_slots(refresh_place_offer(place, of_owner), migration.now)
        held = merge_last_words(live, with_owner_answers(live, known))
        created = with_visible_slots(held, held["slots"])
        if created["slots"]:
            migration.on_created(created)
            yield Operation.create(created)
