"""The small indices of our own upkeep: locks and audit trail."""

from contextlib import suppress
from typing import Any

from elasticsearch import Elasticsearch

from elastic.allocation import create, require_node
from elastic.errors import IndexAlreadyExists, translated

_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


def ensure_service_index(client: Elasticsearch, name: str, properties: dict[str, Any]) -> None:
    """Create the index unless it exists; two processes may do so at once.

    Raises ``IndexUnassigned``.
    """
    if not _exists(client, name):
        with suppress(IndexAlreadyExists):
            create(client, name, _SETTINGS, {"dynamic": "strict", "properties": properties})
            return
    require_node(client, name)


def _exists(client: Elasticsearch, name: str) -> bool:
    with translated():
        return bool(client.indices.exists(index=name))
