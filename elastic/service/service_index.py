"""The index of locks, made where it is missing."""

from contextlib import suppress
from typing import Any

from elasticsearch import Elasticsearch

from elastic.allocation import create_allocated_index, require_allocation
from elastic.errors import IndexAlreadyExists, translate_errors

_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


def ensure_service_index(client: Elasticsearch, name: str, properties: dict[str, Any]) -> None:
    """Create the index unless it exists; two processes may do so at once.

    Raises ``IndexUnassigned``.
    """
    if not _has_index(client, name):
        with suppress(IndexAlreadyExists):
            create_allocated_index(
                client, name, _SETTINGS, {"dynamic": "strict", "properties": properties}
            )
            return
    require_allocation(client, name)


def _has_index(client: Elasticsearch, name: str) -> bool:
    with translate_errors():
        return bool(client.indices.exists(index=name))
