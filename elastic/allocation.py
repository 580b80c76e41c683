"""Creation of an index that waits for its node; else each write would wait for its timeout."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import IndexUnassigned, translate_errors

ALLOCATION_TIMEOUT_S = 30
"""Longest wait, in seconds, for the node of an index, recovery after a start included."""


def create_allocated_index(
    client: Elasticsearch, name: str, settings: Mapping[str, Any], mappings: Mapping[str, Any]
) -> None:
    """Create an index; raises ``IndexAlreadyExists``, ``IndexUnassigned``."""
    with translate_errors():
        answer = with_admin_timeout(client).indices.create(
            index=name,
            settings=dict(settings),
            mappings=dict(mappings),
            timeout=f"{ALLOCATION_TIMEOUT_S}s",
        )
    if not answer["shards_acknowledged"]:
        raise IndexUnassigned(name)


def require_allocation(client: Elasticsearch, name: str) -> None:
    """Wait for the node of an index that exists; raises ``IndexUnassigned``."""
    with translate_errors():
        health = (
            with_admin_timeout(client)
            .options(ignore_status=HTTPStatus.REQUEST_TIMEOUT)
            .cluster.health(
                index=name, wait_for_status="yellow", timeout=f"{ALLOCATION_TIMEOUT_S}s"
            )
        )
    if health["timed_out"]:
        raise IndexUnassigned(name)
