"""A directory's slots written to the live index: the SAS agenda whole, then each answer."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic.errors import translate_errors
from elastic.scan import scan
from mappings.records import CanonicalSlot
from slots.loading.importing import ImportReport, batches, import_slots
from slots.loading.requests import agenda_slots, parse_requests
from slots.matching.matching import offer_owner, slot_owner
from slots.stored import AGENDA_SOURCE

OWNER_FIELDS = ("kind", "rpps", "siret")


@dataclass(slots=True)
class DirectoryImport:
    """What was written, and what the parser refused, by reason."""

    slots: ImportReport = field(default_factory=ImportReport)
    rejected: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    """Slots read, by source; a source that answered without any is there with 0."""

    def as_json(self) -> dict[str, Any]:
        """Plain counts."""
        return {**self.slots.as_json(), "rejected": dict(self.rejected)}


def _ignore_progress(done: int) -> None:
    """Progress that nobody watches."""


def import_directory(
    client: Elasticsearch,
    alias: str,
    directory: Path,
    now: datetime,
    progress: Callable[[int], None] = _ignore_progress,
) -> DirectoryImport:
    """Import ``agenda.jsonl`` and ``fhir/requests.jsonl``; ``progress`` gets slots read so far.

    The agenda file is the whole agenda: who is no longer in it loses its agenda slots.
    """
    result = DirectoryImport()
    read = 0
    for source, asked, slots in _parts(client, alias, directory, now, result.rejected):
        done = import_slots(client, alias, slots, source, asked, now, refresh=False)
        result.slots.add(done)
        result.sources.update({source: len(slots)})
        read += len(slots)
        progress(read)
    with translate_errors():
        client.indices.refresh(index=alias)
    return result


Part = tuple[str, list[str], list[CanonicalSlot]]
"""A source, the ids its slots are about, and the slots."""


def _parts(
    client: Elasticsearch, alias: str, directory: Path, now: datetime, rejected: Counter[str]
) -> Iterator[Part]:
    agenda = group_by_owner(agenda_slots(directory, rejected))
    if agenda:
        yield from _agenda_parts(agenda, fetch_slot_owners(client, alias, AGENDA_SOURCE))
    for request, slots in parse_requests(directory, now, rejected):
        yield request.editor, request.requested_ids, slots


def _agenda_parts(
    agenda: dict[str, list[CanonicalSlot]], indexed_owners: set[str]
) -> Iterator[Part]:
    for owners in batches(sorted(agenda.keys() | indexed_owners)):
        slots = [slot for owner in owners for slot in agenda.get(owner, [])]
        yield AGENDA_SOURCE, owners, slots


def group_by_owner(slots: Iterable[CanonicalSlot]) -> dict[str, list[CanonicalSlot]]:
    """Slots by RPPS, ADELI or SIRET; those of nobody are under ``""``."""
    found: dict[str, list[CanonicalSlot]] = defaultdict(list)
    for slot in slots:
        found[slot_owner(slot)].append(slot)
    return found


def fetch_slot_owners(client: Elasticsearch, alias: str, source: str) -> set[str]:
    """RPPS and SIRET of the offers that bear slots of a source."""
    query = {"nested": {"path": "slots", "query": {"term": {"slots.source": source}}}}
    hits = scan(client, alias, query, source=list(OWNER_FIELDS))
    return {offer_owner(hit["_source"]) for hit in hits} - {""}
