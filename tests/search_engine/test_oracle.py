"""The engine gives what plain arithmetic over all offers gives, in the same order."""

from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from tests.search_engine.conftest import RandomOffersIndex
from tests.search_engine.engine_pages import fetch_page
from tests.search_engine.oracle.groups import Card, fold_people
from tests.search_engine.oracle.order import OracleResult, oracle_result
from tests.search_engine.random_searches import RandomSearch, draw_search
from tests.suite.repetitions import Repetitions

TENTH = 0.05 + 1e-9
"""Minutes are told to a tenth."""


def assert_order(page: dict[str, Any], right: OracleResult, drawn: RandomSearch) -> None:
    """The cards of the page are those of its place in the whole result."""
    first = (drawn.criteria.page - 1) * drawn.criteria.size
    people = fold_people(right.cards[first : first + drawn.criteria.size])
    shown = [
        [result["id"], *(place["id"] for place in result.get("also_at", []))]
        for result in page["results"]
    ]
    assert shown == [[card.id for card in cards] for cards in people], drawn
    for result, cards in zip(page["results"], people, strict=True):
        assert_card(result, cards[0])


def assert_card(result: dict[str, Any], card: Card) -> None:
    """A card explains the effort it stands by; a CPTS says for whom it stands."""
    rank = result["rank"]
    if card.best.effort is not None:
        assert rank["minutes"] == pytest.approx(card.best.effort, abs=TENTH)
        assert sum(part["minutes"] for part in rank["parts"]) == pytest.approx(rank["minutes"])
    if card.members is None:
        assert "group" not in result
        return
    assert result["kind"] == "cpts"
    group = result["group"]
    assert (group["finess"], group["members"]) == (card.best.finess, card.members)
    assert group["best"]["id"] == card.best.id
    assert tuple(one["id"] for one in group["first"]) == card.first


@pytest.mark.proves(
    "W04",
    *("F017", "F018", "F019", "F020", "F021", "F023", "F041", "F042", "F046"),
    *("F090", "F091", "F092", "F094", "W25"),
)
async def test_same_ids_in_the_same_order_as_plain_arithmetic(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, repetitions: Repetitions
) -> None:
    random, searches = Random(96), repetitions.oracle_searches
    totals, groups, folded = [], 0, 0
    for _ in range(searches):
        drawn = draw_search(random, page=random.choice((1, 1, 1, 2)))
        right = oracle_result(drawn.oracle_query, random_index.offers, random_index.index)
        page = await fetch_page(client, random_index, drawn)
        assert page["total"] == {"value": len(right.cards), "relation": "eq"}, drawn
        assert page["people"] == {"value": right.people, "relation": "eq"}, drawn
        folded += any("also_at" in result for result in page["results"])
        assert ("enlarged" in page) == right.is_enlarged, drawn
        assert page["area"].get("radius_km") == right.radius_km
        assert_order(page, right, drawn)
        totals.append(len(right.cards))
        groups += any((card.members or 0) > 1 for card in right.cards)
    assert sum(total > 0 for total in totals) > searches * 0.5
    assert sum(total > 20 for total in totals) > searches * 0.2
    assert groups > searches * 0.1
    assert folded > searches * 0.05
