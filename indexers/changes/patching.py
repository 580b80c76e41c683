"""Fields of live offers replaced in place: read, decide, judge the slots again, write."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import Operation, Progress, write_operations
from elastic.scan import scan
from mappings.records import Offer, SourceMark
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
    marker_fields: tuple[str, ...] = ()


def apply_patch(offer: Offer, patch: Patch) -> Offer:
    """The offer with the fields replaced and its slots judged again, as a new dictionary."""
    kept = {name: value for name, value in offer.items() if name not in patch.owned}
    given = patch.fields(offer)
    new = cast("Offer", {**kept, **given, "sources": _sources(offer, given, patch)})
    if "slots" in new:
        return {**new, "slots": visible_slots(new, new["slots"])}
    return new


def _sources(offer: Offer, new_fields: Mapping[str, Any], patch: Patch) -> dict[str, SourceMark]:
    others = {topic: mark for topic, mark in offer["sources"].items() if topic != patch.topic}
    if any(name in new_fields for name in patch.marker_fields):
        others[patch.topic] = {"source": patch.source}
    return others


def apply_patches(
    client: Elasticsearch, alias: str, patches: Iterable[Patch], progress: Progress | None = None
) -> int:
    """Apply patches one after the other to the live index; returns how many writes were made.

    Each sees what the one before did; ``progress`` counts the writes of each. Raises
    ``PatchConflictError`` when offers keep changing, ``BulkRefusedError`` when Elasticsearch
    refuses one.
    """
    return sum(_apply_with_retries(client, alias, patch, progress) for patch in patches)


def _apply_with_retries(
    client: Elasticsearch, alias: str, patch: Patch, progress: Progress | None
) -> int:
    done, query = 0, patch.query
    for _ in range(ATTEMPTS):
        lifecycle.refresh_index(client, alias)
        changes = _patch_operations(client, alias, query, patch)
        written = write_operations(client, alias, changes, progress, require_alias=True)
        done += written.done
        if not written.conflicts:
            lifecycle.refresh_index(client, alias)
            return done
        query = {"ids": {"values": written.conflicts}}
    raise PatchConflictError(
        f"{len(written.conflicts)} offers kept changing while they were updated: load again"
    )


def diff_patch(client: Elasticsearch, alias: str, patch: Patch) -> Iterator[tuple[Offer, Offer]]:
    """The offers a patch would change, as they are and as they would be; nothing is written."""
    for hit in scan(client, alias, patch.query):
        new = apply_patch(hit["_source"], patch)
        if new != hit["_source"]:
            yield hit["_source"], new


def _patch_operations(
    client: Elasticsearch, alias: str, query: Mapping[str, Any], patch: Patch
) -> Iterator[Operation]:
    for hit in scan(client, alias, query, versions=True):
        new = apply_patch(hit["_source"], patch)
        if new != hit["_source"]:
            yield Operation.index(
                new, if_seq_no=hit["_seq_no"], if_primary_term=hit["_primary_term"]
            )
