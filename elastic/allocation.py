"""A new index waits for a node: one that no node takes would hold up every write, one by one, until
its time is out."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import patient
from elastic.errors import IndexUnassigned, translated

PATIENCE_S = 30
"""Seconds in which a healthy cluster gives any index a node, recovery after a start included."""

TIMED_OUT = 408


def create(
    client: Elasticsearch, name: str, settings: Mapping[str, Any], mappings: Mapping[str, Any]
) -> None:
    """Create an index; raises ``IndexAlreadyExists``, ``IndexUnassigned``."""
    with translated():
        answer = patient(client).indices.create(
            index=name,
            settings=dict(settings),
            mappings=dict(mappings),
            timeout=f"{PATIENCE_S}s",
        )
    if not answer["shards_acknowledged"]:
        raise IndexUnassigned(name)


def require_node(client: Elasticsearch, name: str) -> None:
    """Wait for the node of an index that exists; raises ``IndexUnassigned``."""
    with translated():
        health = (
            patient(client)
            .options(ignore_status=TIMED_OUT)
            .cluster.health(index=name, wait_for_status="yellow", timeout=f"{PATIENCE_S}s")
        )
    if health["timed_out"]:
        raise IndexUnassigned(name)
