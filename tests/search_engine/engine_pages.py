"""Putting a random search to the engine: one page of it, or all of them."""

import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.backend.hints import QueryHintCache
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.search import search
from search_engine.request.criteria import Criteria
from tests.geography.empty_geocoder import EmptyGeocoder
from tests.search_engine.conftest import RandomOffersIndex
from tests.search_engine.random_searches import RandomSearch

Page = dict[str, Any]

SHARED_HINTS = QueryHintCache()
"""Shared by searches of several indices: right for some, wrong for others."""


async def fetch_page(
    client: AsyncElasticsearch,
    random_index: RandomOffersIndex,
    drawn: RandomSearch,
    hints: QueryHintCache = SHARED_HINTS,
    key: CursorKey | None = None,
) -> Page:
    """The page that the engine gives."""
    return await search(
        client,
        random_index.alias,
        drawn.criteria,
        drawn.now,
        geocoder=EmptyGeocoder(),
        resolve_area=drawn.resolve_area,
        read_line=drawn.read_line,
        hints=hints,
        key=key,
    )


async def iterate_pages(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, drawn: RandomSearch
) -> AsyncIterator[Page]:
    """Every page of a search, following ``next``."""
    number: int | None = 1
    while number is not None:
        page = await fetch_page(client, random_index, change_criteria(drawn, page=number))
        yield page
        number = (page["next"] or {}).get("page")


def list_places(page: Page) -> list[dict[str, Any]]:
    """Every offer that a page shows: its cards, and the further places of their people."""
    return [
        place
        for card in page["results"]
        for place in (card, *({"kind": card["kind"], **one} for one in card.get("also_at", ())))
    ]


def change_criteria(drawn: RandomSearch, **criteria: Any) -> RandomSearch:
    """The same search with other criteria."""
    given = drawn.criteria.model_dump(exclude_unset=True)
    return replace(drawn, criteria=Criteria(**{**given, **criteria}))


def fix_radius(drawn: RandomSearch, radius_km: float | None) -> RandomSearch:
    """The same search in a circle that is not to be enlarged; None is the department."""
    return replace(drawn, area=drawn.area._replace(radius_km=radius_km, explicit_radius=True))


def record_request_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The path of each request of this thread to Elasticsearch, from now on.

    The server that other tests share asks from a thread of its own.
    """
    asked: list[str] = []
    here = threading.get_ident()
    real = AsyncElasticsearch.perform_request

    async def perform(client: AsyncElasticsearch, method: str, path: str, **options: Any) -> Any:
        if threading.get_ident() == here:
            asked.append(path)
        return await real(client, method, path, **options)

    monkeypatch.setattr(AsyncElasticsearch, "perform_request", perform)
    return asked


def read_minutes(result: dict[str, Any]) -> dict[str, float]:
    """Minutes of each part of a card's effort, after checking their sum."""
    parts = result["rank"]["parts"]
    assert sum(part["minutes"] for part in parts) == pytest.approx(result["rank"]["minutes"])
    return {part["name"]: part["minutes"] for part in parts}
