"""The last word of each source on the offers of a build: of its directory, or of the live index.

Decided per offer and source by the instant of the answer, so that a directory without some editors
keeps their live slots, and one with older answers brings none of them back. A place known from an
editor only is kept as long as its professional or its association is still there. A dry run
decides by the same function as the reindex after it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexers.offers.directory import SourceDirectory
from mappings.instants import utc_text
from mappings.records import Offer
from mappings.schema_history import read_offer
from slots.attachment import with_slots
from slots.last_word import WORD_FIELDS, latest_answer_times, merge_last_words, without_words
from slots.loading.directory import DirectorySlots, LiveAnswers
from slots.matching.matching import offer_owner
from slots.matching.new_places import is_editor_place, refresh_place_offer

WITH_WORDS: Mapping[str, Any] = {
    "bool": {
        "should": [
            {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}},
            {"exists": {"field": "answered_at"}},
        ]
    }
}
"""Offers with a slot, or about which a source answered that there is none."""

EVERY_WORD_FIELD = (*WORD_FIELDS, "zone", "timezone", "slots.seen_at")
"""Fields that say when each source answered about whom, by the names of every known schema."""

ReadHits = Callable[[Mapping[str, Any], tuple[str, ...] | bool], Iterable[Mapping[str, Any]]]
"""The hits of a query in the live index, with these fields or all."""


@dataclass(frozen=True, slots=True)
class SettledOffer:
    """An offer of the build with its last words; ``before`` as it is in the live index."""

    offer: Offer
    before: Offer | None
    is_new_place: bool = False
    """True for a place that no source of offers knows."""
    keeps_live_slots: bool = False


def read_live_answers(read: ReadHits) -> LiveAnswers:
    """When each source last answered about each owner; memory grows with the owners."""
    found: dict[str, dict[str, str]] = {}
    for hit in read(WITH_WORDS, EVERY_WORD_FIELD):
        offer = read_offer(hit["_source"])
        known = found.setdefault(offer_owner(offer), {})
        for source, at in latest_answer_times([offer]).items():
            known[source] = max(at, known.get(source, ""))
    return LiveAnswers(found)


def settle_offers(
    sources: SourceDirectory, found: DirectorySlots, read: ReadHits
) -> Iterator[SettledOffer]:
    """Each offer of the build that has a word, and the places that only the live index knows.

    ``sources`` hold the offers of every owner of whom either side has a word.
    """
    index, now = sources.offer_index, sources.now
    created, met, absent = {one["id"] for one in found.created}, set(), []
    for hit in read(WITH_WORDS, True):
        before = read_offer(hit["_source"])
        if before["id"] in index:
            met.add(before["id"])
            own = found.with_own_words(index.offer(before["id"]))
            yield _settle(own, before, now, before["id"] in created)
        elif is_editor_place(before):
            absent.append(before)
    yield from _settle_absent_places(sources, found, absent)
    for offer in index.offers():
        if offer["id"] not in met:
            own = found.with_own_words(offer)
            if "answered_at" in own:
                yield SettledOffer(own, None, offer["id"] in created)


def _settle(own: Offer, before: Offer, now: datetime, is_new_place: bool) -> SettledOffer:
    held = merge_last_words(own, drop_ended_slots(before, now))
    return SettledOffer(held, before, is_new_place, not _slot_ids(held) <= _slot_ids(own))


def _slot_ids(offer: Offer) -> set[str]:
    return {slot["id"] for slot in offer.get("slots", [])}


def _settle_absent_places(
    sources: SourceDirectory, found: DirectorySlots, places: Iterable[Offer]
) -> Iterator[SettledOffer]:
    for place in places:
        if known := sources.offer_index.find_offers(offer_owner(place)):
            refreshed = sources.settle_place(without_words(refresh_place_offer(place, known)))
            settled = _settle(found.with_own_words(refreshed), place, sources.now, True)
            if settled.offer.get("slots"):
                yield settled


def drop_ended_slots(offer: Offer, now: datetime) -> Offer:
    """The offer with the slots that end after ``now``."""
    instant = utc_text(now)
    return with_slots(offer, [one for one in offer.get("slots", []) if one["end"] > instant])
