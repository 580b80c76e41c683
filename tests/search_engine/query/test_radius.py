"""Looking further when fewer than five offers answer: everybody stays, and in the same order."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.query.people.counts import PEOPLE
from search_engine.query.radius import (
    CIRCLES,
    COUNTS,
    WELL_SPELT,
    find_enough_circle,
    is_well_spelt,
    larger_radii,
)
from search_engine.request.area import Area
from tests.search_engine.conftest import IndexOffers, RandomOffersIndex
from tests.search_engine.engine_pages import fetch_page, list_places
from tests.search_engine.random_searches import draw_search
from tests.search_engine.sample_offers import (
    area,
    commune,
    department,
    doctor,
    offer_key,
    slot,
    structure,
)
from tests.suite.repetitions import Repetitions


def growing_area() -> Area:
    """The same place with the department's own radius."""
    return area(explicit_radius=False)


@pytest.mark.parametrize(
    ("radius", "step", "radii"),
    [
        (20, 10, [30, 40]),
        (5, 3, [8, 10]),
        (50, 25, [75, 100]),
        (10, 20, [20]),
        (10, 4, [14, 18, 20]),
    ],
)
def test_a_step_further_each_time_up_to_twice(
    radius: float, step: float, radii: list[float]
) -> None:
    assert larger_radii(area(radius_km=float(radius), step_km=float(step))) == radii


def test_the_smallest_circle_with_enough_is_chosen() -> None:
    assert find_enough_circle(counts_response([5, 9])) == 0
    assert find_enough_circle(counts_response([4, 5])) == 1
    assert find_enough_circle(counts_response([0, 1])) == 1


def test_the_exact_name_is_looked_for_in_the_circle_chosen() -> None:
    assert not is_well_spelt(counts_response([5, 9], [0, 1]), 0)
    assert is_well_spelt(counts_response([4, 5], [0, 1]), 1)


def counts_response(people: list[int], exact: list[int] | None = None) -> dict[str, Any]:
    """The answer that tells these counts by radius."""
    result = {COUNTS: people, **({} if exact is None else {WELL_SPELT: exact})}
    return {
        "aggregations": {
            name: {CIRCLES: {"buckets": {str(i): count_bucket(n) for i, n in enumerate(counts)}}}
            for name, counts in result.items()
        }
    }


def count_bucket(people: int) -> dict[str, Any]:
    """A bucket of so many people, each with one offer."""
    return {"doc_count": people, PEOPLE: {"buckets": [{"key": n} for n in range(min(people, 5))]}}


@pytest.mark.proves("F014", "W34")
async def test_too_few_offers_with_a_slot_make_the_radius_grow_and_the_answer_says_so(
    index_offers: IndexOffers,
) -> None:
    near = [doctor(f"near{n}", n, [slot()]) for n in range(1, 5)]
    without = [doctor(f"without{n}", n) for n in range(1, 9)]
    ring = [doctor(f"ring{n}", 20 + n, [slot()]) for n in (1, 9, 15, 25)]
    searcher = index_offers([*near, *without, *ring])
    page = await searcher.page(where=growing_area(), size=20, sort="distance")
    assert page["enlarged"] == {"from_km": 20.0, "to_km": 30.0}
    assert page["area"]["radius_km"] == 30.0
    keys = [offer_key(result) for result in page["results"]]
    assert keys == ["near1", "near2", "near3", "near4", "ring1", "ring9"]
    kept = await searcher.page(where=area(), size=20, sort="distance")
    assert "enlarged" not in kept
    assert [offer_key(result) for result in kept["results"]] == keys[:4]
    every = await searcher.page(where=growing_area(), size=20, mode="all")
    assert every["enlarged"]["to_km"] == 30.0


async def test_the_offers_of_a_commune_belong_wherever_the_circle_ends(
    index_offers: IndexOffers,
) -> None:
    """Paris has a radius of 5 km and reaches 9: its own offers beyond were missing."""
    own = [doctor(f"own{n}", km, [slot()], insee="14754") for n, km in enumerate((1, 19, 26))]
    others = [doctor(f"other{n}", km, [slot()], insee="14001") for n, km in enumerate((2, 21))]
    searcher = index_offers([*own, *others])
    around = commune(insee="14754")
    keys = {offer_key(card) for card in (await searcher.page(where=around, size=20))["results"]}
    assert keys == {"own0", "own1", "own2", "other0"}
    point = await searcher.page(where=area(insee="14754"), size=20)
    assert {offer_key(card) for card in point["results"]} == {"own0", "own1", "other0"}
    growing = commune(insee="14754", explicit_radius=False)
    page = await searcher.page(where=growing, size=20)
    assert page["enlarged"]["to_km"] == 30.0  # four within 20 km, all five within 30


@pytest.mark.proves("F014")
@pytest.mark.parametrize("sparse", [False, True])
async def test_five_places_of_four_people_are_too_few(
    index_offers: IndexOffers, sparse: bool
) -> None:
    """Counted by circle at once in a sparse department, and after the first circle elsewhere."""
    places = [doctor(f"near{n}", n, [slot()], rpps=f"1000000000{min(n, 4)}") for n in range(1, 7)]
    searcher = index_offers([*places, doctor("ring", 25, [slot()])])
    around = growing_area()._replace(reference_km=40.0 if sparse else 20.0)
    page = await searcher.page(where=around, size=20, sort="distance")
    assert page["enlarged"]["to_km"] == 30.0
    assert (page["total"]["value"], page["people"]["value"]) == (7, 5)
    assert [offer_key(card) for card in page["results"]] == [
        *("near1", "near2", "near3", "near4", "ring")
    ]
    assert [offer_key(one) for one in page["results"][3]["also_at"]] == ["near5", "near6"]


@pytest.mark.proves("F014")
async def test_enough_offers_or_a_department_leave_the_radius_alone(
    index_offers: IndexOffers,
) -> None:
    offers = [doctor(f"near{n}", n, [slot()]) for n in range(1, 6)]
    searcher = index_offers([*offers, doctor("ring", 21, [slot()])])
    assert "enlarged" not in await searcher.page(where=growing_area())
    assert "enlarged" not in await searcher.page(where=department())
    assert (await searcher.page(where=growing_area(), page=2, size=3))["total"]["value"] == 5


async def test_structures_without_slots_are_enough_by_themselves(index_offers: IndexOffers) -> None:
    offers = [structure(f"p{n}", "pharmacy", "620", n) for n in range(1, 6)]
    searcher = index_offers([*offers, structure("ring", "pharmacy", "620", 21)])
    assert "enlarged" not in await searcher.page("pharmacie", where=growing_area())


async def test_every_page_of_an_enlarged_search_is_enlarged(index_offers: IndexOffers) -> None:
    offers = [doctor(f"d{n}", n * 9.9, [slot()]) for n in range(5)]
    searcher = index_offers(offers)
    pages = [await searcher.page(where=growing_area(), size=2, page=number) for number in (1, 2, 3)]
    assert {page["enlarged"]["to_km"] for page in pages} == {40.0}
    assert [offer_key(r) for page in pages for r in page["results"]] == [
        "d0",
        "d1",
        "d2",
        "d3",
        "d4",
    ]


@pytest.mark.proves("F014")
async def test_enlarging_keeps_the_first_ones_and_their_order(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, repetitions: Repetitions
) -> None:
    random, compared = Random(14), 0
    for _ in range(repetitions.radius_searches):
        drawn = draw_search(random, mode="available", size=100, page=1, horizon=["0-4"])
        if drawn.area.explicit_radius or drawn.area.radius_km is None:
            continue
        if drawn.meaning.text or drawn.meaning.structure_word:
            continue
        orders, folded = [], False
        for explicit in (True, False):
            moved = replace(drawn, area=drawn.area._replace(explicit_radius=explicit))
            page = await fetch_page(client, random_index, moved)
            orders.append([place["id"] for place in list_places(page)])
            folded |= any("also_at" in result for result in page["results"])
        assert set(orders[0]) <= set(orders[1])
        if not folded:  # a place in the ring may come before those of the same person within
            assert [key for key in orders[1] if key in orders[0]] == orders[0]
        compared += not folded and len(orders[1]) > len(orders[0]) > 0
    assert compared >= repetitions.radius_searches / 30
