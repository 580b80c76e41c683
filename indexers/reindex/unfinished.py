"""Half-built indices: marked while they are filled, deleted at the latest by the next run.

A run killed outright leaves its index behind. Without a mark it would look like a previous index,
and a rollback could make it live. The mark goes when the index is live and complete, so that an
index which was never live always has it.
"""

from collections.abc import Mapping
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.names import IndexName
from mappings.offers import offers_mapping

MARK = "unfinished"
HANDOVER = "handover"
"""Note on an index that goes live again: it is whole, and has answers to catch up."""


def build_unfinished_mapping() -> dict[str, Any]:
    """The mapping of offers, marked."""
    return {**offers_mapping(), "_meta": {MARK: True}}


def mark_unfinished(client: Elasticsearch, index: IndexName, note: Mapping[str, Any]) -> None:
    """Keep the mark of a complete index until the work of ``note`` is done once it is live."""
    _put_meta(client, index, {MARK: dict(note)})


def note_handover(client: Elasticsearch, index: IndexName, note: Mapping[str, Any]) -> None:
    """Keep the work of ``note`` until it is done, on an index that is whole without it."""
    _put_meta(client, index, {HANDOVER: dict(note)})


def mark_finished(client: Elasticsearch, index: IndexName) -> None:
    """Take the mark off: the index is complete."""
    _put_meta(client, index, {})


def read_unfinished_note(client: Elasticsearch, index: IndexName) -> dict[str, Any] | None:
    """The work left for an index; None when it is complete, empty when none was noted."""
    meta = _meta(client, index)
    mark = meta.get(MARK) or meta.get(HANDOVER)
    return mark if isinstance(mark, dict) else {} if mark else None


def drop_leftovers(client: Elasticsearch, alias: str) -> list[IndexName]:
    """Delete the half-built indices of an alias; call it only with the lock held."""
    live = lifecycle.live_index(client, alias)
    left = [
        name
        for name in lifecycle.all_indices(client, alias)
        if name != live and is_unfinished(client, name)
    ]
    for name in left:
        lifecycle.delete_leftover(client, name)
    return left


def is_unfinished(client: Elasticsearch, index: IndexName) -> bool:
    """True for an index whose run did not reach the end, or that no run made.

    The last batch of a killed run makes an index again when it arrives after the deletion and
    Elasticsearch creates indices by itself.
    """
    meta = _meta(client, index)
    return bool(meta.get(MARK)) or lifecycle.SCHEMA_KEY not in meta


def _meta(client: Elasticsearch, index: IndexName) -> dict[str, Any]:
    with translate_errors():
        answer = client.indices.get_mapping(index=str(index))
    found: dict[str, Any] = answer[str(index)]["mappings"].get("_meta", {})
    return found


def _put_meta(client: Elasticsearch, index: IndexName, more: Mapping[str, Any]) -> None:
    meta = {lifecycle.SCHEMA_KEY: index.schema, **more}
    with translate_errors():
        with_admin_timeout(client).indices.put_mapping(index=str(index), meta=meta)
