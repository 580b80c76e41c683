"""Fields of live offers replaced in place: read, decide, judge the slots again, write."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import Operation, Progress, write
from elastic.scan import scan
from mappings.records import Offer, SourceMark
from slots.bookable import borne
from slots.coherence import visible_slots

ATTEMPTS = 5
"""Times an offer that changed under us (a slot arrived) is read and patched again."""


class PatchConflictError(RuntimeError):
    """Offers kept changing while they were patched."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Replace the ``owned`` fields of the offers of ``query`` by what ``fields`` gives."""

    query: Mapping[str, Any]
    owned: tuple[str, ...]
    fields: Callable[[Offer], Mapping[str, Any]]
    topic: str = ""
    """Key of ``sources`` that is set when one of ``told`` is given, removed otherwise."""
    source: str = ""
    told: tuple[str, ...] = ()


def patched(offer: Offer, patch: Patch) -> Offer:
    """The offer with the fields replaced and its slots judged again, as a new dictionary."""
    kept = {name: value for name, value in offer.items() if name not in patch.owned}
    given = patch.fields(offer)
    new = cast("Offer", {**kept, **given, "sources": _sources(offer, given, patch)})
    if "slots" in new:
        return {**new, **borne(visible_slots(new, new["slots"]))}
    return new


def _sources(offer: Offer, given: Mapping[str, Any], patch: Patch) -> dict[str, SourceMark]:
    others = {topic: mark for topic, mark in offer["sources"].items() if topic != patch.topic}
    if any(name in given for name in patch.told):
        others[patch.topic] = {"source": patch.source}
    return others


def apply(
    client: Elasticsearch, alias: str, patches: Iterable[Patch], progress: Progress | None = None
) -> int:
    """Apply patches one after the other to the live index; returns how many writes were made.

    Each sees what the one before did; ``progress`` counts the writes of each. Raises
    ``PatchConflictError`` when offers keep changing, ``BulkRefusedError`` when Elasticsearch
    refuses one.
    """
    return sum(_apply(client, alias, patch, progress) for patch in patches)


def _apply(client: Elasticsearch, alias: str, patch: Patch, progress: Progress | None) -> int:
    done, query = 0, patch.query
    for _ in range(ATTEMPTS):
        lifecycle.refresh(client, alias)
        changes = _changes(client, alias, query, patch)
        written = write(client, alias, changes, progress, require_alias=True)
        done += written.done
        if not written.conflicts:
            lifecycle.refresh(client, alias)
            return done
        query = {"ids": {"values": written.conflicts}}
    raise PatchConflictError(
        f"{len(written.conflicts)} offers kept changing while they were updated: load again"
    )


def differences(client: Elasticsearch, alias: str, patch: Patch) -> Iterator[tuple[Offer, Offer]]:
    """The offers a patch would change, as they are and as they would be; nothing is written."""
    for hit in scan(client, alias, patch.query):
        new = patched(hit["_source"], patch)
        if new != hit["_source"]:
            yield hit["_source"], new


def _changes(
    client: Elasticsearch, alias: str, query: Mapping[str, Any], patch: Patch
) -> Iterator[Operation]:
    for hit in scan(client, alias, query, versions=True):
        new = patched(hit["_source"], patch)
        if new != hit["_source"]:
            yield Operation.index(
                new, if_seq_no=hit["_seq_no"], if_primary_term=hit["_primary_term"]
            )
