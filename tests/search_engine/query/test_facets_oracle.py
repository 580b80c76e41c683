"""Facets, totals, pages and groups agree with plain arithmetic, and with one another."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from tests.search_engine.conftest import RandomOffersIndex
from tests.search_engine.engine_pages import (
    change_criteria,
    fetch_page,
    fix_radius,
    iterate_pages,
    list_places,
)
from tests.search_engine.oracle.facets import FACETS, Value, nearer_alternative, oracle_facets
from tests.search_engine.oracle.order import OracleResult, oracle_result
from tests.search_engine.random_searches import RandomSearch, draw_search
from tests.search_engine.test_oracle import assert_order
from tests.suite.repetitions import Repetitions

MAX_PAGED_CARDS = 400
"""Longest result that is walked page by page."""

METRE = 0.001


def parse_page_facets(page: dict[str, Any]) -> dict[str, list[Value]]:
    """The facets of a page in the oracle's words, after checking how they are written."""
    result = {}
    for facet in page["facets"]:
        assert set(facet) == {"name", "label", "values"}
        assert all(one["label"] for one in (facet, *facet["values"]))
        result[facet["name"]] = [read_facet_value(value) for value in facet["values"]]
    assert len(result) == len(page["facets"])
    return result


def with_values(facets: dict[str, list[Value]]) -> dict[str, list[Value]]:
    """A facet without values may be told or not."""
    return {name: values for name, values in facets.items() if values}


def read_facet_value(value: dict[str, Any]) -> Value:
    assert set(value) - {"selected"} == {"value", "label", "count"}
    assert value.get("selected", True) is True
    return Value(value["value"], value["count"], "selected" in value)


def assert_nearer(
    page: dict[str, Any], drawn: RandomSearch, random_index: RandomOffersIndex, right: OracleResult
) -> bool:
    """The nearer alternative is the one of the oracle; whether there is one."""
    wanted = nearer_alternative(drawn.oracle_query, random_index.offers, right)
    result = page.get("nearer_alternative")
    if drawn.criteria.page > 1 or wanted is None:
        assert result is None
        return False
    if wanted.saved_km < METRE:
        return False
    assert result is not None, (drawn, wanted)
    assert set(result) == {"card", "saved_km"}
    assert result["card"]["id"] == wanted.card_id
    assert result["saved_km"] == pytest.approx(wanted.saved_km, abs=2 * METRE)
    return True


@pytest.mark.proves(
    *("F079", "F080", "F081", "F082", "F083", "F084", "F085", "F086", "F091", "F092", "F094"),
    *("W09", "W10"),
)
async def test_facets_totals_pages_and_groups_are_those_of_plain_arithmetic(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, repetitions: Repetitions
) -> None:
    random, searches = Random(83), repetitions.facet_searches
    counted: Counter[str] = Counter()
    for _ in range(searches):
        common, number = random.random() < 0.5, random.choice((1, 1, 1, 2))
        profile = random.choice(("published", "published", "regulation"))
        drawn = draw_search(random, common=common, page=number, profile=profile)
        right = oracle_result(drawn.oracle_query, random_index.offers, random_index.index)
        page = await fetch_page(client, random_index, drawn)
        assert page["total"] == {"value": len(right.cards), "relation": "eq"}, drawn
        assert_order(page, right, drawn)
        facets = with_values(oracle_facets(drawn.oracle_query, random_index.offers, right))
        assert with_values(parse_page_facets(page)) == facets, drawn
        counted["nearer"] += assert_nearer(page, drawn, random_index, right)
        counted.update(count_facet_kinds(facets))
    assert set(FACETS) <= set(counted)
    assert counted["selected"] > searches / 4
    assert counted["beside the selected"] > searches / 4
    assert counted["nearer"] > searches / 60


def count_facet_kinds(facets: dict[str, list[Value]]) -> Counter[str]:
    """Facets with values, values selected, and others of the same facet that would add cards."""
    seen = Counter(facets.keys())
    for values in facets.values():
        chosen = sum(value.selected for value in values)
        seen["selected"] += chosen
        seen["beside the selected"] += len(values) - chosen if chosen else 0
    return seen


@pytest.mark.proves("F082", "F086", "F088", "F093", "F094", "W09", "W25")
async def test_every_count_is_what_asking_for_it_gives(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, repetitions: Repetitions
) -> None:
    """The engine against itself: values, pages, members and circles of a search agree."""
    random = Random(80)
    counted: Counter[str] = Counter()
    while counted["searches"] < repetitions.paged_searches:
        drawn = draw_search(random, common=random.random() < 0.5, page=1, size=100)
        page = await fetch_page(client, random_index, drawn)
        if not 0 < page["total"]["value"] <= MAX_PAGED_CARDS:
            continue
        counted["searches"] += 1
        results = [
            one
            async for each in iterate_pages(client, random_index, drawn)
            for one in list_places(each)
        ]
        assert len({result["id"] for result in results}) == page["total"]["value"]
        if not drawn.meaning.text:
            await assert_a_value(client, random_index, drawn, page, random)
        if not drawn.criteria.kind:
            assert_kinds(page, results)
            counted["groups"] += await assert_members(client, random_index, drawn, results)
            other = change_criteria(drawn, group_cpts=not drawn.criteria.group_cpts)
            assert (await fetch_page(client, random_index, other))["area"] == page["area"]
    assert counted["groups"] > repetitions.paged_searches / 6


async def assert_a_value(
    client: AsyncElasticsearch,
    random_index: RandomOffersIndex,
    drawn: RandomSearch,
    page: dict[str, Any],
    random: Random,
) -> None:
    """Asked for in the same circle, one value drawn gives as many cards as its count."""
    if "scope" in page["area"]:  # no other search goes over a territory
        return
    values = [(name, value) for name, ones in parse_page_facets(page).items() for value in ones]
    name, value = random.choice(values)
    wanted: Any = True if name == "open_now" else [value.value]
    same_circle = fix_radius(drawn, page["area"].get("radius_km"))
    alone = await fetch_page(client, random_index, change_criteria(same_circle, **{name: wanted}))
    assert alone["total"]["value"] == value.count, (drawn, name, value)


def assert_kinds(page: dict[str, Any], results: list[dict[str, Any]]) -> None:
    """Without a filter on them, the kinds of all the cards are those of the facet."""
    kinds: Counter[str] = Counter()
    for result in results:
        kinds.update({result["kind"], result.get("structure_kind", result["kind"])})
    assert {value.value: value.count for value in parse_page_facets(page)["kind"]} == kinds


async def assert_members(
    client: AsyncElasticsearch,
    random_index: RandomOffersIndex,
    drawn: RandomSearch,
    results: list[dict[str, Any]],
) -> int:
    """Each CPTS shown opens on as many members as its card says; how many cards did."""
    groups = [result["group"] for result in results if "group" in result]
    for group in groups:
        members = change_criteria(drawn, cpts=group["finess"])
        page = await fetch_page(client, random_index, members)
        assert page["total"]["value"] == group["members"], (drawn, group)
        assert group["best"]["id"] in {one["id"] for one in list_places(page)}
        assert all("group" not in one for one in page["results"])
    return len(groups)
