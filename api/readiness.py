"""Readiness: whether an index can be searched; liveness and freshness are apart."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError

from api import refusals
from elastic.errors import ElasticError, translate_errors
from elastic.lifecycle import SCHEMA_KEY
from elastic.names import IndexName, NotAnIndexName
from mappings.offers import SCHEMA_VERSION
from search_engine.backend.answers import translate_unreadable
from search_engine.request.problem_document import (
    INDEX_MISSING,
    Problem,
    problem_from_elastic_error,
)

Reading = Problem | dict[str, Any]
"""The index that is ready, or why none is."""


KEPT_S = 1.0
"""Seconds one reading answers everybody: the route is open to callers that nobody identified."""


class ReadinessProbe:
    """One reading for all who ask: at most one at a time, and one a second."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        alias: str,
        floor: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._alias, self._floor = client, alias, floor
        self._clock = clock
        self._reading: asyncio.Task[Reading] | None = None
        self._read_at = 0.0

    async def read(self) -> Reading:
        """The last reading when it is recent, else a new one, shared by those who wait for it.

        It goes on when one of them leaves.
        """
        if self._reading is None or self._is_old(self._reading):
            self._reading = asyncio.create_task(self._check())
        return await asyncio.shield(self._reading)

    def _is_old(self, reading: "asyncio.Task[Reading]") -> bool:
        return reading.done() and self._clock() - self._read_at >= KEPT_S

    async def _check(self) -> Reading:
        try:
            with translate_unreadable():
                return await check_readiness(self._client, self._alias, self._floor)
        except ElasticError as error:
            return problem_from_elastic_error(error)
        finally:
            self._read_at = self._clock()


async def check_readiness(client: AsyncElasticsearch, alias: str, floor: int) -> Reading:
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
    [index] = answer.body.values()
    mapping = index["mappings"]
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
