"""A directory's slots written to the live index: the SAS agenda whole, then each answer."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic.errors import translate_errors
from elastic.scan import scan
from mappings.identifiers import as_adeli
from mappings.records import CanonicalSlot
from slots.last_word import WORD_FIELDS, answer_time, read_answer_times
from slots.loading.importing import ImportReport, batches, fetch_owner_offers, import_answer
from slots.loading.requests import (
    OnRefusal,
    SourceAnswer,
    ignore_refusal,
    parse_requests,
    read_directory_requests,
)
from slots.matching.matching import bare_owner, build_offer_index, offer_owner, slot_owner
from slots.stored import AGENDA_SOURCE


@dataclass(slots=True)
class DirectoryImport:
    """Counts of slots written, and of entries the parser refused, by reason."""

    slots: ImportReport = field(default_factory=ImportReport)
    rejected: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    """Slots read, by source; a source that answered without any is there with 0."""

    def add(self, answer: SourceAnswer, report: ImportReport) -> None:
        """Count one answer and its import."""
        self.slots.add(report)
        self.sources.update({answer.source: len(answer.slots)})

    def as_json(self) -> dict[str, Any]:
        """Plain counts."""
        return {**self.slots.as_json(), "rejected": dict(self.rejected)}


def _ignore_progress(done: int) -> None:
    """Progress without a listener."""


def import_directory(
    client: Elasticsearch,
    alias: str,
    directory: Path,
    now: datetime,
    progress: Callable[[int], None] = _ignore_progress,
    *,
    on_refusal: OnRefusal = ignore_refusal,
    latest: datetime | None = None,
    with_agenda: bool = True,
) -> DirectoryImport:
    """Import ``agenda.jsonl`` and ``fhir/requests.jsonl``; ``progress`` gets slots read so far,
    ``on_refusal`` each request whose answer is refused as a whole. Nothing was received after
    ``latest``, or ``now``.

    The agenda file is the whole agenda: an owner who left it loses the agenda's slots. Without
    ``with_agenda`` it is not read: the records hold the agendas.
    """
    slots = read_directory_requests(directory)
    if not with_agenda:
        slots = replace(slots, agenda_lines=())
    result = DirectoryImport(rejected=Counter(slots.rejected))
    agenda = _agenda_answers(
        client, alias, list(slots.agenda()), slots.agenda_answered_at(latest or now)
    )
    requests = parse_requests(slots.requests, now, result.rejected, on_refusal, latest)
    unseen: set[str] = set()  # owners of places that no search finds yet
    for answer in chain(agenda, requests):
        owners = {bare_owner(one) for one in answer.requested_ids}
        if unseen & owners:
            _refresh(client, alias)
            unseen.clear()
        report = import_answer(client, alias, answer, now, refresh=False)
        unseen |= owners if report.created else set()
        result.add(answer, report)
        progress(result.sources.total())
    _refresh(client, alias)
    return result


def _refresh(client: Elasticsearch, alias: str) -> None:
    """Let a search find what was written: the next answer about it finds the new places too."""
    with translate_errors():
        client.indices.refresh(index=alias)


def _agenda_answers(
    client: Elasticsearch, alias: str, agenda: Sequence[CanonicalSlot], answered_at: datetime
) -> Iterator[SourceAnswer]:
    """The agenda as answers of bounded size, of its owners and of those who had its slots.

    None when the index has slots of a later agenda: the file is the whole agenda or nothing.
    """
    if agenda:
        live = fetch_slot_owners(client, alias, AGENDA_SOURCE)
        if max(live.values(), default="") <= answer_time(answered_at):
            by_owner = _join_aliases(client, alias, group_by_owner(agenda))
            yield from split_agenda(by_owner, live.keys(), answered_at)


def _join_aliases(
    client: Elasticsearch, alias: str, by_owner: Mapping[str, list[CanonicalSlot]]
) -> dict[str, list[CanonicalSlot]]:
    """The slots under an ADELI with those of its RPPS: apart, one answer would erase the other."""
    adeli = [owner for owner in by_owner if as_adeli(owner)]
    known = (one for batch in batches(adeli) for one in fetch_owner_offers(client, alias, batch))
    index = build_offer_index(one.offer for one in known)
    joined: dict[str, list[CanonicalSlot]] = defaultdict(list)
    for owner, slots in by_owner.items():
        joined[index.resolve_owner(owner)].extend(slots)
    return joined


def split_agenda(
    by_owner: Mapping[str, list[CanonicalSlot]], indexed_owners: Set[str], answered_at: datetime
) -> Iterator[SourceAnswer]:
    """One answer for each batch of owners, those who left the agenda included."""
    for owners in batches(sorted(by_owner.keys() | indexed_owners)):
        slots = [slot for owner in owners for slot in by_owner.get(owner, [])]
        yield SourceAnswer(AGENDA_SOURCE, owners, slots, answered_at)


def group_by_owner(slots: Iterable[CanonicalSlot]) -> dict[str, list[CanonicalSlot]]:
    """Slots by RPPS, ADELI or SIRET; those without owner are under ``""``."""
    groups: dict[str, list[CanonicalSlot]] = defaultdict(list)
    for slot in slots:
        groups[slot_owner(slot)].append(slot)
    return groups


def fetch_slot_owners(client: Elasticsearch, alias: str, source: str) -> dict[str, str]:
    """RPPS and SIRET of the offers that hold slots of a source, with its last answer about each."""
    query = {"nested": {"path": "slots", "query": {"term": {"slots.source": source}}}}
    found: dict[str, str] = {}
    for hit in scan(client, alias, query, source=WORD_FIELDS):
        owner, at = offer_owner(hit["_source"]), read_answer_times(hit["_source"])[source]
        found[owner] = max(at, found.get(owner, ""))
    found.pop("", None)
    return found
