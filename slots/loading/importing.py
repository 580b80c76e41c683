"""Fresh slots written to the live index: what a source says replaces what it said before.

A slot that is gone from an answer disappears, also when the answer is empty; the other sources'
slots stay (W11); the coherence rules are applied to all. Writes are conditional on the version
read, so two imports at once lose nothing. An import during which another index goes live is done
again there, so what is acknowledged is in the index that was live all along.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from mappings.records import CanonicalSlot, Kind, Offer, StoredSlot
from slots.coherence import count_hidden_slots, visible_slots
from slots.matching.attribution import Attribution
from slots.matching.locating import commune_geography
from slots.matching.matching import Locate, OfferIndex, bare_owner

ATTEMPTS = 5
"""Times an offer that changed under us is read and written again."""
BATCH = 200
"""Owners whose offers are read at once."""
CONFLICT, MISSING = 409, 404
MAX_OFFERS = 10_000
"""Offers of one batch of owners: 50 places for each of 200 owners."""


class ImportConflictError(RuntimeError):
    """Offers kept changing under us; the import can be run again."""


class SlotsRefusedError(RuntimeError):
    """Elasticsearch refused a write for another reason than a conflict."""


@dataclass(slots=True)
class ImportReport:
    """What an import did, in slots; ``offers`` are the cards written, ``created`` the new ones.

    ``unmatched`` and ``hidden`` count by reason; ``removed`` are slots of the source that are
    no longer offered.
    """

    written: int = 0
    removed: int = 0
    offers: int = 0
    created: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)

    def add(self, other: "ImportReport") -> None:
        """Count another import with this one."""
        self.written += other.written
        self.removed += other.removed
        self.offers += other.offers
        self.created += other.created
        self.unmatched += other.unmatched
        self.hidden += other.hidden

    def as_json(self) -> dict[str, Any]:
        """Plain counts."""
        return {
            "written": self.written,
            "removed": self.removed,
            "offers": self.offers,
            "created": self.created,
            "unmatched": dict(self.unmatched),
            "hidden": dict(self.hidden),
        }


@dataclass(frozen=True, slots=True)
class VersionedOffer:
    """An offer as read, with the version it was read at; no version for one to be created."""

    offer: Offer
    version: dict[str, int]


def import_slots(  # noqa: PLR0917
    client: Elasticsearch,
    alias: str,
    slots: Iterable[CanonicalSlot],
    source: str,
    requested_ids: Collection[str],
    now: datetime,
    *,
    locate: Locate = commune_geography,
    refresh: bool = True,
) -> ImportReport:
    """Replace the slots of ``source`` on every offer of the ids ``asked``, prefixed or not.

    A new place becomes an offer (F066). ``refresh`` makes the slots searchable at once, else
    they are after the index's own second. Raises the errors of ``elastic.errors`` and
    ``ImportConflictError``.
    """
    told = list(slots)
    for _ in range(ATTEMPTS):
        live = lifecycle.live_index(client, alias)
        report = _import_once(client, alias, told, source, requested_ids, now, locate)
        if lifecycle.live_index(client, alias) == live:
            break
    else:
        raise ImportConflictError("The live index kept being replaced: run the import again.")
    if refresh:
        with translate_errors():
            client.indices.refresh(index=alias)
    return report


def _import_once(  # noqa: PLR0917 - what import_slots was told
    client: Elasticsearch,
    alias: str,
    slots: Sequence[CanonicalSlot],
    source: str,
    requested_ids: Collection[str],
    now: datetime,
    locate: Locate,
) -> ImportReport:
    owners = sorted({bare_owner(one) for one in requested_ids} - {""})
    known = [
        stored for batch in batches(owners) for stored in fetch_owner_offers(client, alias, batch)
    ]
    index = OfferIndex()
    for stored in known:
        index.add(stored.offer)
    found = Attribution(index, now, locate)
    found.add(slots, source)
    report = ImportReport(created=len(found.created), unmatched=found.unmatched)
    pending = [*known, *(VersionedOffer(offer, {}) for offer in found.created)]
    _write_all(client, alias, pending, Replacement(source, found.slots, report))
    return report


@dataclass(frozen=True, slots=True)
class Replacement:
    """The new slots of a source by offer id, and the report that counts what becomes of them."""

    source: str
    slots: dict[str, list[StoredSlot]]
    report: ImportReport

    def replace_slots(self, offer: Offer) -> list[StoredSlot] | None:
        """The slots of the offer once replaced; None when nothing has to be written."""
        before = offer.get("slots", [])
        fresh = self.slots.get(offer["id"], [])
        others = [slot for slot in before if slot["source"] != self.source]
        if not fresh and len(others) == len(before):
            return None
        return visible_slots(offer, [*others, *fresh])

    def count(self, offer: Offer, slots: Sequence[StoredSlot]) -> None:
        """Count an offer that was written with these slots in place of its own."""
        fresh = [slot for slot in slots if slot["source"] == self.source]
        kept = {slot["id"] for slot in fresh}
        before = [slot for slot in offer.get("slots", []) if slot["source"] == self.source]
        self.report.offers += 1
        self.report.written += len(fresh)
        self.report.removed += sum(slot["id"] not in kept for slot in before)
        self.report.hidden += count_hidden_slots(fresh)


def _write_all(
    client: Elasticsearch, alias: str, pending: Sequence[VersionedOffer], change: Replacement
) -> None:
    for _ in range(ATTEMPTS):
        conflicts = _write(client, alias, pending, change)
        if not conflicts:
            return
        pending = _read_again(client, alias, conflicts)
    raise ImportConflictError(
        f"{len(pending)} offers kept changing while slots were written: run the import again."
    )


def _write(
    client: Elasticsearch, alias: str, pending: Sequence[VersionedOffer], change: Replacement
) -> list[VersionedOffer]:
    """Write the offers that change; returns those that changed under us."""
    conflicts: list[VersionedOffer] = []
    for batch in batches(list(_changes(pending, change))):
        lines = [line for stored, slots in batch for line in _operation(stored, slots)]
        with translate_errors():
            answer = with_admin_timeout(client).bulk(
                index=alias, operations=lines, require_alias=True
            )
        for (stored, slots), item in zip(batch, answer["items"], strict=True):
            if _is_written(next(iter(item.values()))):
                change.count(stored.offer, slots)
            else:
                conflicts.append(stored)
    return conflicts


def _is_written(item: dict[str, Any]) -> bool:
    """False when the offer changed or went since it was read; raises on any other refusal."""
    if item["status"] in (CONFLICT, MISSING):
        return False
    if "error" in item:
        raise SlotsRefusedError(
            f"Elasticsearch refused the slots of {item['_id']}: {item['error']['type']}. "
            "Compare the mapping with the records (sas index status shows its schema)."
        )
    return True


def _changes(
    pending: Iterable[VersionedOffer], change: Replacement
) -> Iterator[tuple[VersionedOffer, list[StoredSlot]]]:
    for stored in pending:
        slots = change.replace_slots(stored.offer)
        if slots is not None:
            yield stored, slots


def _operation(stored: VersionedOffer, slots: list[StoredSlot]) -> list[dict[str, Any]]:
    """A partial update of an offer at the version read, or the creation of a new one."""
    offer = stored.offer
    if not stored.version:
        return [{"create": {"_id": offer["id"]}}, {**offer, "slots": slots}]
    return [{"update": {"_id": offer["id"], **stored.version}}, {"doc": {"slots": slots}}]


def fetch_owner_offers(
    client: Elasticsearch, alias: str, owners: Sequence[str]
) -> Iterator[VersionedOffer]:
    """The offers of some owners, those known from a directory before those an editor created."""
    with translate_errors():
        answer = with_admin_timeout(client).search(
            index=alias,
            query=owners_query(owners),
            size=MAX_OFFERS,
            sort=["_doc"],
            seq_no_primary_term=True,
            track_total_hits=False,
        )
    hits = [_parse_hit(hit) for hit in answer["hits"]["hits"]]
    yield from sorted(hits, key=lambda stored: ("@addr-" in stored.offer["id"], stored.offer["id"]))


def owners_query(owners: Sequence[str]) -> dict[str, Any]:
    """Professionals by RPPS or ADELI, SOS points by SIRET."""
    professional = {"bool": {"should": [_terms("rpps", owners), _terms("adeli", owners)]}}
    return {
        "bool": {
            "should": [
                {"bool": {"filter": [_term_kind(Kind.PROFESSIONAL), professional]}},
                {"bool": {"filter": [_term_kind(Kind.SOS_POINT), _terms("siret", owners)]}},
            ]
        }
    }


def _terms(name: str, values: Sequence[str]) -> dict[str, Any]:
    return {"terms": {name: list(values)}}


def _term_kind(kind: Kind) -> dict[str, Any]:
    return {"term": {"kind": kind.value}}


def _parse_hit(hit: dict[str, Any]) -> VersionedOffer:
    version = {"if_seq_no": hit["_seq_no"], "if_primary_term": hit["_primary_term"]}
    return VersionedOffer(hit["_source"], version)


def _read_again(
    client: Elasticsearch, alias: str, stale: Sequence[VersionedOffer]
) -> list[VersionedOffer]:
    """The offers at their current version, in real time; one that is gone is left out."""
    ids = [stored.offer["id"] for stored in stale]
    with translate_errors():
        answer: Any = with_admin_timeout(client).mget(index=alias, ids=ids)
    return [_parse_hit(doc) for doc in answer["docs"] if doc.get("found")]


Item = TypeVar("Item")


def batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in lists of at most ``BATCH``."""
    for start in range(0, len(items), BATCH):
        yield list(items[start : start + BATCH])
