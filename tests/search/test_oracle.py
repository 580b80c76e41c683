"""The engine gives what plain arithmetic over all offers gives, in the same order."""

from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.search import search
from tests.search.conftest import Indexed
from tests.search.oracle import Expected, Found, expected
from tests.search.random_searches import Drawn, draw

SEARCHES = 500
CLOSE = 1e-5


async def page_of(client: AsyncElasticsearch, indexed: Indexed, drawn: Drawn) -> dict[str, Any]:
    return await search(
        client,
        indexed.alias,
        drawn.criteria,
        drawn.now,
        deps=None,
        resolve_area=drawn.resolve_area,
        interpret=drawn.interpret,
    )


def same(one: Found, two: Found) -> bool:
    """Two offers that may stand in either order."""
    if abs(one.score - two.score) > CLOSE or len(one.inside) != len(two.inside):
        return False
    pairs = zip(one.inside, two.inside, strict=True)
    return all(
        abs(a - b) < CLOSE if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in pairs
    )


def assert_order(page: dict[str, Any], right: Expected, drawn: Drawn) -> None:
    first = (drawn.criteria.page - 1) * drawn.criteria.size
    slice_ = right.found[first : first + drawn.criteria.size]
    by_id = {one.id: one for one in right.found}
    shown = [result["id"] for result in page["results"]]
    assert len(shown) == len(slice_)
    assert len(set(shown)) == len(shown)
    for identifier, wanted in zip(shown, slice_, strict=True):
        assert identifier in by_id, identifier
        assert identifier == wanted.id or same(by_id[identifier], wanted), (identifier, wanted)


@pytest.mark.proves("F017", "F018", "F019", "F020", "F021", "F023", "F041", "F042", "F046")
async def test_same_ids_in_the_same_order_as_plain_arithmetic(
    client: AsyncElasticsearch, indexed: Indexed
) -> None:
    random = Random(92)
    totals = []
    for _ in range(SEARCHES):
        drawn = draw(random, page=1)
        right = expected(drawn.asked, indexed.offers, indexed.index)
        page = await page_of(client, indexed, drawn)
        assert page["total"] == {"value": len(right.found), "relation": "eq"}, drawn
        assert ("enlarged" in page) == right.enlarged, drawn
        assert page["area"].get("radius_km") == right.radius_km
        assert_order(page, right, drawn)
        totals.append(len(right.found))
    assert sum(total > 0 for total in totals) > SEARCHES * 0.6
    assert sum(total > 20 for total in totals) > SEARCHES * 0.2
