"""Putting a random search to the engine: one page of it, or all of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.backend.hints import Foresight
from search_engine.execution.search import search
from search_engine.request.criteria import Criteria
from tests.search_engine.conftest import Indexed
from tests.search_engine.random_searches import Drawn

Page = dict[str, Any]

LEARNT = Foresight()
"""Shared by searches of several indices: right for some, wrong for others."""


async def page_of(
    client: AsyncElasticsearch, indexed: Indexed, drawn: Drawn, foresight: Foresight = LEARNT
) -> Page:
    """The page that the engine gives."""
    return await search(
        client,
        indexed.alias,
        drawn.criteria,
        drawn.now,
        deps=None,
        resolve_area=drawn.resolve_area,
        interpret=drawn.interpret,
        foresight=foresight,
    )


async def walk(client: AsyncElasticsearch, indexed: Indexed, drawn: Drawn) -> AsyncIterator[Page]:
    """Every page of a search, following ``next``."""
    number: int | None = 1
    while number is not None:
        page = await page_of(client, indexed, asking(drawn, page=number))
        yield page
        number = (page["next"] or {}).get("page")


def asking(drawn: Drawn, **criteria: Any) -> Drawn:
    """The same search with other criteria."""
    given = drawn.criteria.model_dump(exclude_unset=True)
    return replace(drawn, criteria=Criteria(**{**given, **criteria}))


def within(drawn: Drawn, radius_km: float | None) -> Drawn:
    """The same search in a circle that is not to be enlarged; None is the department."""
    return replace(drawn, area=drawn.area._replace(radius_km=radius_km, explicit_radius=True))


def requests_counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The path of each request to Elasticsearch, from now on."""
    asked: list[str] = []
    real = AsyncElasticsearch.perform_request

    async def perform(client: AsyncElasticsearch, method: str, path: str, **options: Any) -> Any:
        asked.append(path)
        return await real(client, method, path, **options)

    monkeypatch.setattr(AsyncElasticsearch, "perform_request", perform)
    return asked
