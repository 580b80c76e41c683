"""The small indices of our own upkeep: locks and audit trail."""

from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import patient
from elastic.errors import IndexAlreadyExists, translated

_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


def ensure_service_index(client: Elasticsearch, name: str, properties: dict[str, Any]) -> None:
    """Create the index unless it exists; two processes may do so at once."""
    if _exists(client, name):
        return
    try:
        with translated():
            patient(client).indices.create(
                index=name,
                settings=_SETTINGS,
                mappings={"dynamic": "strict", "properties": properties},
            )
    except IndexAlreadyExists:
        return


def _exists(client: Elasticsearch, name: str) -> bool:
    with translated():
        return bool(client.indices.exists(index=name))
