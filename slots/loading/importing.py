"""Fresh slots written to the live index: an answer replaces the former answer of its source.

A slot that is gone from an answer disappears, also when the answer is empty; the other sources'
slots stay (W11); the coherence rules are applied to all. Each offer of the persons asked keeps the
instant of the answer, and an answer older than that one changes nothing there. Writes are
conditional on the version read, so two imports at once lose nothing. An import during which
another index goes live is done again there, so that an acknowledged slot is in the index that is
live.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from elastic.bulk import Operation
from elastic.errors import translate_errors
from elastic.optimistic import (
    VersionedOffer,
    fetch_versioned_offers,
    repeat_until_alias_stays,
    scan_versioned_offers,
    write_until_settled,
)
from mappings.records import Kind, Offer, StoredSlot
from slots.coherence import count_hidden_slots
from slots.last_word import answer_time, is_late, with_answer, with_owner_answers
from slots.loading.requests import SourceAnswer
from slots.matching.attribution import Attribution
from slots.matching.locating import commune_geography
from slots.matching.matching import Locate, bare_owner, build_offer_index

BATCH = 200
"""Owners whose offers are read at once."""


@dataclass(slots=True)
class ImportReport:
    """Counts of an import, in slots; ``offers`` are the cards whose slots were written.

    ``created`` are the new cards, ``late`` those that hold a later answer of the source and stay
    as they are. ``unmatched`` and ``hidden`` count by reason; ``removed`` are slots of the source
    that are no longer offered.
    """

    written: int = 0
    removed: int = 0
    offers: int = 0
    created: int = 0
    late: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)

    def add(self, other: "ImportReport") -> None:
        """Count another import with this one."""
        self.written += other.written
        self.removed += other.removed
        self.offers += other.offers
        self.created += other.created
        self.late += other.late
        self.unmatched += other.unmatched
        self.hidden += other.hidden

    def as_json(self) -> dict[str, Any]:
        """Plain counts."""
        return {
            "written": self.written,
            "removed": self.removed,
            "offers": self.offers,
            "created": self.created,
            "late": self.late,
            "unmatched": dict(self.unmatched),
            "hidden": dict(self.hidden),
        }


def import_answer(
    client: Elasticsearch,
    alias: str,
    answer: SourceAnswer,
    now: datetime,
    *,
    locate: Locate = commune_geography,
    refresh: bool = True,
) -> ImportReport:
    """Replace the slots of the answer's source on every offer of its requested ids.

    A new place becomes an offer (F066). ``refresh`` makes the slots searchable at once, else
    they are after the index's own second. Raises the errors of ``elastic.errors``,
    ``BulkRefusedError`` and ``WriteConflictError``.
    """
    report = repeat_until_alias_stays(
        client, alias, lambda: _import_once(client, alias, answer, now, locate)
    )
    if refresh:
        with translate_errors():
            client.indices.refresh(index=alias)
    return report


def _import_once(
    client: Elasticsearch, alias: str, answer: SourceAnswer, now: datetime, locate: Locate
) -> ImportReport:
    owners = sorted({bare_owner(one) for one in answer.requested_ids} - {""})
    known = [one for batch in batches(owners) for one in fetch_owner_offers(client, alias, batch)]
    index = build_offer_index(one.offer for one in known)
    attribution = Attribution(index, now, locate)
    attribution.add(answer.slots, answer.source, answer.received_at)
    created = [with_owner_answers(place, index) for place in attribution.created]
    offers = [*known, *(VersionedOffer(place, {}) for place in created)]
    change = Replacement(answer.source, answer_time(answer.answered_at or now), attribution.slots)

    def read(conflicts: Sequence[str] | None) -> Iterator[Operation]:
        if conflicts is None:
            return change.operations(offers)
        return change.retry(conflicts, fetch_versioned_offers(client, alias, conflicts))

    write_until_settled(client, alias, read, require_alias=True)
    report = ImportReport(unmatched=attribution.unmatched)
    change.count(report, {place["id"] for place in created})
    return report


class Replacement:
    """The answer of one source: its slots by offer id, and the writes that put them in place."""

    def __init__(
        self, source: str, answered_at: str, slots: Mapping[str, list[StoredSlot]]
    ) -> None:
        """``answered_at`` is text of ``answer_time``."""
        self._source = source
        self._answered_at = answered_at
        self._slots = slots
        self._answered: dict[str, tuple[Offer, Offer]] = {}
        """Each offer that the answer is about, by id: as read, and with its new slots."""
        self._late: set[str] = set()

    def operations(self, offers: Iterable[VersionedOffer]) -> Iterator[Operation]:
        """The writes of the offers that lose or gain a slot, or a later instant."""
        for stored in offers:
            before = stored.offer
            if is_late(before, self._source, self._answered_at):
                self._late.add(before["id"])
                continue
            fresh = self._slots.get(before["id"], [])
            after = with_answer(before, self._source, self._answered_at, fresh)
            self._answered[before["id"]] = before, after
            if after != before:
                yield stored.replace(after)

    def retry(
        self, conflicts: Iterable[str], offers: Iterable[VersionedOffer]
    ) -> Iterator[Operation]:
        """The writes of the ids in conflict, from their ``offers`` read again."""
        for offer_id in conflicts:
            del self._answered[offer_id]
        return self.operations(offers)

    def count(self, report: ImportReport, created: Set[str]) -> None:
        """Count in ``report`` the offers given slots or deprived of them, and those created."""
        report.late = len(self._late - created)
        report.created = len(created & self._answered.keys())
        for before, after in self._answered.values():
            fresh, replaced = self._own_slots(after), self._own_slots(before)
            kept = {slot["id"] for slot in fresh}
            report.offers += bool(fresh or replaced)
            report.written += len(fresh)
            report.removed += sum(slot["id"] not in kept for slot in replaced)
            report.hidden += count_hidden_slots(fresh)

    def _own_slots(self, offer: Offer) -> list[StoredSlot]:
        return [slot for slot in offer.get("slots", []) if slot["source"] == self._source]


def fetch_owner_offers(
    client: Elasticsearch, alias: str, owners: Sequence[str]
) -> Iterator[VersionedOffer]:
    """The offers of some owners, those known from a directory before those an editor created."""
    hits = scan_versioned_offers(client, alias, owners_query(owners))
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


Item = TypeVar("Item")


def batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in lists of at most ``BATCH``."""
    for start in range(0, len(items), BATCH):
        yield list(items[start : start + BATCH])
