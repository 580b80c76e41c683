"""Readiness: whether an index can be searched; liveness and freshness are apart."""

from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError

from api import refusals
from elastic.errors import translate_errors
from elastic.lifecycle import SCHEMA_KEY
from elastic.names import IndexName, NotAnIndexName
from mappings.offers import SCHEMA_VERSION
from search_engine.request.problem_document import INDEX_MISSING, Problem


async def check_readiness(
    client: AsyncElasticsearch, alias: str, floor: int
) -> Problem | dict[str, Any]:
    """The index that is ready to be searched, or the problem that makes the service not ready.

    Raises the errors of ``elastic.errors`` when no node answers.
    """
    live = await _live_index(client, alias)
    if live is None:
        return INDEX_MISSING
    version = await _schema_version(client, alias)
    if version != SCHEMA_VERSION:
        return refusals.SCHEMA_MISMATCH
    with translate_errors():
        offers = int((await client.count(index=alias))["count"])
    if offers < floor:
        return refusals.INDEX_TOO_SMALL
    return {
        "status": "ready",
        "alias": alias,
        "index": str(live),
        "schema_version": version,
        "offers": offers,
    }


async def _schema_version(client: AsyncElasticsearch, alias: str) -> int:
    """The version in the live mapping; the name only holds the one it was built with."""
    with translate_errors():
        answer = await client.indices.get_mapping(index=alias)
    mapping = next(iter(answer.body.values()))["mappings"]
    return int(mapping.get("_meta", {}).get(SCHEMA_KEY, 0))


async def _live_index(client: AsyncElasticsearch, alias: str) -> IndexName | None:
    with translate_errors():
        try:
            indices = list((await client.indices.get_alias(name=alias)).body)
        except NotFoundError:
            return None
    try:
        return IndexName.parse(indices[0]) if len(indices) == 1 else None
    except NotAnIndexName:
        return None
