"""Half-built indices: marked while they are filled, deleted by the next run when nobody could.

A run killed outright leaves its index behind. Without a mark it would look like a previous index,
and a rollback could make it live.
"""

from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.client import patient
from elastic.errors import translated
from elastic.names import IndexName
from mappings.offers import offers_mapping

MARK = "unfinished"


def unfinished_mapping() -> dict[str, Any]:
    """The mapping of offers, marked."""
    return {**offers_mapping(), "_meta": {MARK: True}}


def mark_finished(client: Elasticsearch, index: IndexName) -> None:
    """Take the mark off: the index is complete."""
    meta = {lifecycle.SCHEMA_KEY: index.schema}
    with translated():
        patient(client).indices.put_mapping(index=str(index), meta=meta)


def drop_leftovers(client: Elasticsearch, alias: str) -> list[IndexName]:
    """Delete the half-built indices of an alias; call it only with the lock held."""
    live = lifecycle.live_index(client, alias)
    left = [
        name
        for name in lifecycle.all_indices(client, alias)
        if name != live and is_unfinished(client, name)
    ]
    for name in left:
        lifecycle.delete_index(client, name)
    return left


def is_unfinished(client: Elasticsearch, index: IndexName) -> bool:
    """True for an index whose run did not reach the end."""
    with translated():
        answer = client.indices.get_mapping(index=str(index))
    return bool(answer[str(index)]["mappings"].get("_meta", {}).get(MARK))
