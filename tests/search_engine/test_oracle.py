"""The engine gives what plain arithmetic over all offers gives, in the same order."""

from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from tests.search_engine.conftest import RandomOffersIndex
from tests.search_engine.engine_pages import fetch_page
from tests.search_engine.oracle.groups import Card, OracleHit
from tests.search_engine.oracle.order import OracleResult, oracle_result
from tests.search_engine.random_searches import RandomSearch, draw_search
from tests.suite.repetitions import Repetitions

CLOSE = 1e-5


def same(one: OracleHit, two: OracleHit) -> bool:
    """Two offers that may stand in either order."""
    if abs(one.score - two.score) > CLOSE or len(one.inside) != len(two.inside):
        return False
    pairs = zip(one.inside, two.inside, strict=True)
    return all(
        abs(a - b) < CLOSE if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in pairs
    )


def assert_order(page: dict[str, Any], right: OracleResult, drawn: RandomSearch) -> None:
    """The cards of the page are those of its place in the whole result."""
    first = (drawn.criteria.page - 1) * drawn.criteria.size
    slice_ = right.cards[first : first + drawn.criteria.size]
    cards = {card.id: card for card in right.cards}
    found = {one.id: one for one in right.hits}
    shown = [result["id"] for result in page["results"]]
    assert len(shown) == len(slice_)
    assert len(set(shown)) == len(shown)
    for result, wanted in zip(page["results"], slice_, strict=True):
        assert result["id"] in cards, result["id"]
        card = cards[result["id"]]
        assert card.id == wanted.id or same(card.best, wanted.best), (card, wanted)
        assert_card(result, card, found)


def assert_card(result: dict[str, Any], card: Card, found: dict[str, OracleHit]) -> None:
    """A card explains the score it stands by; a CPTS says for whom it stands."""
    score = sum(part["value"] for part in result["rank"]["parts"])
    assert score == pytest.approx(card.best.score, abs=CLOSE)
    if card.members is None:
        assert "group" not in result
        return
    assert result["kind"] == "cpts"
    group = result["group"]
    assert (group["finess"], group["members"]) == (card.best.finess, card.members)
    best = found[group["best"]["id"]]
    assert best.finess == card.best.finess
    assert best.id == card.best.id or same(best, card.best)


@pytest.mark.proves(
    "W04",
    *("F017", "F018", "F019", "F020", "F021", "F023", "F041", "F042", "F046"),
    *("F090", "F091", "F092", "F094", "W25"),
)
async def test_same_ids_in_the_same_order_as_plain_arithmetic(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, repetitions: Repetitions
) -> None:
    random, searches = Random(92), repetitions.oracle_searches
    totals, groups = [], 0
    for _ in range(searches):
        drawn = draw_search(random, page=random.choice((1, 1, 1, 2)))
        right = oracle_result(drawn.oracle_query, random_index.offers, random_index.index)
        page = await fetch_page(client, random_index, drawn)
        assert page["total"] == {"value": len(right.cards), "relation": "eq"}, drawn
        assert ("enlarged" in page) == right.is_enlarged, drawn
        assert page["area"].get("radius_km") == right.radius_km
        assert_order(page, right, drawn)
        totals.append(len(right.cards))
        groups += any((card.members or 0) > 1 for card in right.cards)
    assert sum(total > 0 for total in totals) > searches * 0.5
    assert sum(total > 20 for total in totals) > searches * 0.2
    assert groups > searches * 0.1
