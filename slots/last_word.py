"""The last word of each source on an offer: the slots of its last answer, and when it answered.

An answer is all that its source says of the persons asked, also when it holds no slot. Of two
answers of one source the later one holds, by its instant alone: in an import, a reindex, a replay
after the swap and a rollback. Pure: no Elasticsearch here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from mappings.records import Offer, StoredSlot
from slots.attachment import with_visible_slots
from slots.matching.matching import OfferIndex, offer_owner

AnswerTimes = Mapping[str, str]
"""By source of slots, the instant of an answer, as ``answer_time`` writes it."""


WORD_FIELDS = ("kind", "rpps", "siret", "answered_at", "slots.source", "slots.received_at")
"""Fields of a stored offer that say when each source answered about whom."""


def answer_time(moment: datetime) -> str:
    """An aware instant as UTC text to the microsecond; texts compare as the instants do."""
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def read_answer_times(offer: Offer) -> dict[str, str]:
    """When each source last answered about the offer.

    An offer written before answers had an instant has that of the newest slot of each source.
    """
    found: dict[str, str] = {}
    for slot in offer.get("slots", []):
        received = slot.get("received_at", "")
        at = f"{received.removesuffix('Z')}.000000Z" if received else ""
        found[slot["source"]] = max(at, found.get(slot["source"], ""))
    return {**found, **offer.get("answered_at", {})}


def is_late(offer: Offer, source: str, answered_at: str) -> bool:
    """True when the offer holds a later answer of the source."""
    return answered_at < read_answer_times(offer).get(source, "")


def with_answer(offer: Offer, source: str, answered_at: str, slots: Sequence[StoredSlot]) -> Offer:
    """The offer once the source has answered these slots, the coherence rules applied."""
    others = [slot for slot in offer.get("slots", []) if slot["source"] != source]
    return with_words(offer, [*others, *slots], {**read_answer_times(offer), source: answered_at})


def merge_last_words(offer: Offer, other: Offer) -> Offer:
    """``offer`` with the later word of each source of the two; its own at equal instants."""
    own, there = read_answer_times(offer), read_answer_times(other)
    later = {source for source, at in there.items() if source not in own or at > own[source]}
    if not later:
        return offer
    slots = [*_of_sources(offer, own.keys() - later), *_of_sources(other, later)]
    times = {source: (there if source in later else own)[source] for source in {*own, *there}}
    return with_words(offer, slots, times)


def with_former_words(offer: Offer, before: Offer | None) -> Offer:
    """The new facts of an offer with all that sources of slots said of it before."""
    words: Offer = {**offer}
    if before is not None and "answered_at" in before:
        words["answered_at"] = before["answered_at"]
    if before is None or "slots" not in before:
        return words
    return with_visible_slots(words, before["slots"])


def without_words(offer: Offer) -> Offer:
    """The facts of an offer, without what sources of slots said of it."""
    facts: Offer = {**offer}
    facts.pop("slots", None)
    facts.pop("answered_at", None)
    return facts


def latest_answer_times(offers: Iterable[Offer]) -> dict[str, str]:
    """When each source last answered about the owner of these offers.

    An answer is about a person: what it does not hold of another place of that person is gone.
    """
    latest: dict[str, str] = {}
    for offer in offers:
        for source, at in read_answer_times(offer).items():
            latest[source] = max(at, latest.get(source, ""))
    return latest


def with_owner_answers(place: Offer, known: OfferIndex) -> Offer:
    """A place without slots, at the instants of the answers about its owner's known offers."""
    bare: Offer = {**place, "slots": []}
    bare["answered_at"] = latest_answer_times(known.find_offers(offer_owner(place)))
    return bare


def _of_sources(offer: Offer, sources: Collection[str]) -> list[StoredSlot]:
    return [slot for slot in offer.get("slots", []) if slot["source"] in sources]


def with_words(offer: Offer, slots: Sequence[StoredSlot], times: AnswerTimes) -> Offer:
    """The offer with these slots, judged by the coherence rules, and these instants.

    An offer that never had a slot gets no empty list.
    """
    has_slots = bool(slots) or "slots" in offer
    found: Offer = with_visible_slots(offer, slots) if has_slots else {**offer}
    if times:
        found["answered_at"] = dict(sorted(times.items()))
    return found
