"""Fields of live offers replaced in place: read, decide, judge the slots again, write."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import Operation, Progress
from elastic.optimistic import (
    VersionedOffer,
    fetch_versioned_offers,
    scan_versioned_offers,
    write_until_settled,
)
from elastic.scan import scan
from mappings.records import Offer, SourceMark
from slots.attachment import with_visible_slots


@dataclass(frozen=True, slots=True)
class Patch:
    """Replace the ``owned`` fields of the offers of ``query`` by those of ``fields``."""

    query: Mapping[str, Any]
    owned: tuple[str, ...]
    fields: Callable[[Offer], Mapping[str, Any]]
    topic: str = ""
    """Key of ``sources`` that is set when one of ``marker_fields`` is given, removed otherwise."""
    source: str = ""
    marker_fields: tuple[str, ...] = ()


def apply_patch(offer: Offer, patch: Patch) -> Offer:
    """The offer with the fields replaced and its slots judged again, as a new dictionary."""
    kept = {name: value for name, value in offer.items() if name not in patch.owned}
    given = patch.fields(offer)
    new = cast("Offer", {**kept, **given, "sources": _sources(offer, given, patch)})
    return with_visible_slots(new, new["slots"]) if "slots" in new else new


def _sources(offer: Offer, new_fields: Mapping[str, Any], patch: Patch) -> dict[str, SourceMark]:
    others = {topic: mark for topic, mark in offer["sources"].items() if topic != patch.topic}
    if any(name in new_fields for name in patch.marker_fields):
        others[patch.topic] = {"source": patch.source}
    return others


def apply_patches(
    client: Elasticsearch, alias: str, patches: Iterable[Patch], progress: Progress | None = None
) -> int:
    """Apply patches one after the other to the live index; returns how many writes were made.

    Each reads the writes of the one before; ``progress`` counts the writes of each. Raises
    ``WriteConflictError`` when offers keep changing, ``BulkRefusedError`` when Elasticsearch
    refuses one.
    """
    return sum(_apply(client, alias, patch, progress) for patch in patches)


def _apply(client: Elasticsearch, alias: str, patch: Patch, progress: Progress | None) -> int:
    def read(conflicts: Sequence[str] | None) -> Iterator[Operation]:
        if conflicts is None:
            return _patch_operations(scan_versioned_offers(client, alias, patch.query), patch)
        return _patch_operations(fetch_versioned_offers(client, alias, conflicts), patch)

    lifecycle.refresh_index(client, alias)
    done = write_until_settled(client, alias, read, progress, require_alias=True)
    lifecycle.refresh_index(client, alias)
    return done


def diff_patch(client: Elasticsearch, alias: str, patch: Patch) -> Iterator[tuple[Offer, Offer]]:
    """The offers a patch would change, as they are and as they would be; nothing is written."""
    for hit in scan(client, alias, patch.query):
        new = apply_patch(hit["_source"], patch)
        if new != hit["_source"]:
            yield hit["_source"], new


def _patch_operations(offers: Iterable[VersionedOffer], patch: Patch) -> Iterator[Operation]:
    for stored in offers:
        patched = apply_patch(stored.offer, patch)
        if patched != stored.offer:
            yield stored.replace(patched)
