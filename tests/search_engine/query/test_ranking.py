"""The order: tiers, credits that can be pointed at, fairness, and parts that explain the score."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.backend.index import Index, read_hits
from search_engine.execution.executor import execute_search
from search_engine.query.plan import Plan, build_request
from search_engine.request.profiles import load_profiles
from search_engine.request.window import build_window
from search_engine.response.explanation import build_credit_scale
from search_engine.response.page import SearchResult, card_context, result_card
from tests.search_engine.conftest import IndexOffers, RandomOffersIndex
from tests.search_engine.engine_pages import iterate_pages
from tests.search_engine.oracle.order import oracle_result
from tests.search_engine.random_score import random_score
from tests.search_engine.random_searches import RandomSearch, draw_search
from tests.search_engine.sample_offers import (
    area,
    commune,
    department,
    doctor,
    offer_key,
    slot,
    structure,
)

SUM = 1e-5


@pytest.mark.proves("F018", "F023", "F041")
async def test_participants_first_then_the_nearest(index_offers: IndexOffers) -> None:
    offers = [
        doctor("other-near", 1, [slot()]),
        doctor("other-far", 15, [slot()]),
        doctor("participant-far", 19, [slot()], participant=True),
        doctor("participant-near", 5, [slot()], participant=True),
        doctor("participant-none", 0.1, participant=True),
        doctor("other-none", 0.1),
    ]
    searcher = index_offers(offers)
    with_slot = ["participant-near", "participant-far", "other-near", "other-far"]
    assert await searcher.keys() == with_slot
    page = await searcher.page(mode="all", size=20)
    keys = [offer_key(result) for result in page["results"]]
    assert keys == [*with_slot, "participant-none", "other-none"]
    assert [result["rank"]["tier"] for result in page["results"]] == [1, 1, 2, 2, 3, 4]


async def test_credits_move_an_offer_by_the_kilometres_they_say(index_offers: IndexOffers) -> None:
    """With 20 km: a slot kept for regulators is worth 2 km, one within 4 hours 1.2 km."""
    offers = [
        doctor("public-later", 3.0, [slot(30)]),
        doctor("snp-later", 4.9, [slot(30, types=["SNP"])]),
        doctor("snp-too-far", 5.1, [slot(30, types=["SNP"])]),
        doctor("public-soon", 4.0, [slot(2)]),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys() == ["public-soon", "snp-later", "public-later", "snp-too-far"]
    assert await searcher.keys(profile="distance") == [
        *("public-later", "public-soon", "snp-later", "snp-too-far")
    ]
    page = await searcher.page()
    assert_documented_parts(page["results"][0]["rank"], read_documented_rank())
    parts = {part["name"]: part for part in page["results"][1]["rank"]["parts"]}
    assert parts["slot_type"] == {"name": "slot_type", "value": 0.1, "km": 2.0}
    assert parts["closeness"]["km"] == pytest.approx(4.9, abs=0.01)


def read_documented_rank() -> dict[str, Any]:
    """The rank that the documentation shows for the same four offers."""
    text = (Path(__file__).parents[3] / "docs" / "explanation" / "ranking.md").read_text("utf-8")
    block = text.partition("```json")[2].partition("```")[0]
    return dict(json.loads("{" + block + "}")["rank"])


def assert_documented_parts(rank: dict[str, Any], documented: dict[str, Any]) -> None:
    assert (rank["tier"], rank["label"]) == (documented["tier"], documented["label"])
    for part, wanted in zip(rank["parts"], documented["parts"], strict=True):
        assert part == {
            name: value if name == "name" else pytest.approx(value, abs=1e-3)
            for name, value in wanted.items()
        }


@pytest.mark.proves("F089", "W08")
async def test_each_place_of_a_doctor_stands_at_its_own_distance(index_offers: IndexOffers) -> None:
    offers = [
        doctor(key, km, [slot()], rpps="10003456789") for key, km in (("far", 9), ("near", 2))
    ]
    searcher = index_offers([*offers, doctor("other", 5, [slot()])])
    assert await searcher.keys() == ["near", "other", "far"]


async def test_credits_come_from_one_real_slot(index_offers: IndexOffers) -> None:
    """Soon and public, late and for regulators: never soon and for regulators."""
    two = [slot(1), slot(40, types=["SNP"])]
    one = [slot(1, types=["PRO"])]
    page = await index_offers([doctor("two", 5, two), doctor("one", 5, one)]).page()
    parts = [_values(result) for result in page["results"]]
    assert parts[0]["slot_type"] == 0.1
    assert "soon" not in parts[0]
    assert (parts[1]["slot_type"], parts[1]["soon"]) == (0.03, 0.06)


async def test_a_credit_keeps_its_kilometres_when_the_circle_is_larger(
    index_offers: IndexOffers,
) -> None:
    offers = [doctor("snp", 11.9, [slot(30, types=["SNP"])]), doctor("public", 10, [slot(30)])]
    searcher = index_offers(offers)
    for radius in (20.0, 40.0):
        page = await searcher.page(where=area(radius_km=radius))
        assert [offer_key(result) for result in page["results"]] == ["snp", "public"]
        kind = next(p for p in page["results"][0]["rank"]["parts"] if p["name"] == "slot_type")
        assert kind["km"] == pytest.approx(2.0)


async def test_structures_that_absorb_patients_gain_in_mode_beyond_only(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("doctor", 5.0, accepts_beyond=True),
        structure("msp", "msp", "603", 5.5, accepts_beyond=True),
        doctor("imprecise", 5.3, accepts_beyond=True, precision="municipality"),
    ]
    searcher = index_offers(offers)
    page = await searcher.page("maison de santé", mode="beyond")
    assert _values(page["results"][0])["structure"] == 0.03
    page = await searcher.page("maison de santé", mode="all")
    assert "structure" not in _values(page["results"][0])
    page = await searcher.page(mode="beyond")
    assert ["precise_point" in _values(result) for result in page["results"]] == [True, False]


@pytest.mark.proves("F022", "W02")
async def test_earliest_slot_first_inside_a_tier(index_offers: IndexOffers) -> None:
    offers = [
        doctor("late-near", 1, [slot(20), slot(-5)]),
        doctor("soon-far", 19, [slot(3), slot(50)]),
        doctor("soon-remote", 2, [slot(1, types=["PRO"], consultation=["VR"]), slot(30)]),
        doctor("participant", 10, [slot(40)], participant=True),
        doctor("none", 1),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys(sort="earliest") == [
        *("participant", "soon-remote", "soon-far", "late-near")
    ]
    assert await searcher.keys(sort="earliest", role="OTHER", mode="all") == [
        *("participant", "soon-far", "late-near", "soon-remote", "none")
    ]


@pytest.mark.proves("F018")
async def test_sort_by_distance_keeps_the_tiers(index_offers: IndexOffers) -> None:
    offers = [
        doctor("near", 1, [slot(40)]),
        doctor("further", 2, [slot(1, types=["SNP"])]),
        doctor("participant", 10, [slot(40)], participant=True),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(sort="distance")
    assert [offer_key(result) for result in page["results"]] == ["participant", "near", "further"]
    assert page["warnings"] == []
    output = await searcher.page(sort="distance", where=commune())
    assert [warning["code"] for warning in output["warnings"]] == ["distance_from_centre"]


@pytest.mark.proves("F019", "F103")
async def test_without_a_patient_the_order_is_fair_and_follows_the_seed(
    index_offers: IndexOffers,
) -> None:
    offers = [doctor(f"d{number}", 1 + number / 100, [slot(30)]) for number in range(12)]
    searcher = index_offers(offers)
    for place in (commune(), department()):
        orders = [await searcher.keys(where=place, seed=seed, size=20) for seed in range(8)]
        assert len({tuple(order) for order in orders}) == 8
        assert len({order[0] for order in orders}) > 3
        assert orders[3] == await searcher.keys(where=place, seed=3, size=20)
        page = await searcher.page(where=place)
        assert all("distance_km" not in result for result in page["results"])
        assert page["seed"] != (await searcher.page(where=place))["seed"]


async def test_the_fair_order_gives_each_equal_offer_the_same_chance(
    index_offers: IndexOffers,
) -> None:
    offers = [doctor(f"d{number}", 1, [slot(30)]) for number in range(4)]
    searcher = index_offers(offers)
    firsts = Counter([(await searcher.keys(where=commune(), seed=s))[0] for s in range(200)])
    assert len(firsts) == 4
    assert min(firsts.values()) > 25


async def test_updating_an_offer_reshuffles_nobody(
    index_offers: IndexOffers, client: AsyncElasticsearch
) -> None:
    offers = [doctor(f"d{number}", 1, [slot(30)]) for number in range(12)]
    searcher = index_offers(offers)
    before = await searcher.keys(where=commune(), seed=7, size=20)
    for offer in offers[:5]:
        change = {"doc": {"phones": ["0102030405"]}, "refresh": True}
        await client.update(index=searcher.alias, id=offer["id"], **change)
    assert await searcher.keys(where=commune(), seed=7, size=20) == before


async def test_a_quarter_of_the_radius_outweighs_the_fair_order_not_the_tiers(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("first", 4, [slot(30)], precision="municipality"),
        doctor("second", 6, [slot(30)], precision="municipality"),
        doctor("fourth", 16, [slot(30, types=["SNP"])]),
        doctor("participant", 19, [slot(30)], participant=True),
    ]
    searcher = index_offers(offers)
    for seed in range(5):
        keys = await searcher.keys(where=commune(), seed=seed)
        assert keys == ["participant", "first", "second", "fourth"]


async def execute_random_search(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, drawn: RandomSearch
) -> SearchResult:
    """What a search found: the final plan and the raw answer."""
    profile = load_profiles()[drawn.criteria.profile]
    window = build_window(drawn.now, drawn.area.zone, drawn.criteria.window_hours)
    seed = drawn.criteria.seed or 0
    request = build_request(
        drawn.criteria, drawn.meaning, drawn.area, window, profile=profile, seed=seed
    )
    return await execute_search(Index(client, random_index.alias), [request])


async def test_parts_sum_to_the_score_on_every_card(
    client: AsyncElasticsearch, random_index: RandomOffersIndex
) -> None:
    random = Random(1)
    cards = 0
    for _ in range(150):
        drawn = draw_search(random, size=100, group_cpts=False)
        found = await execute_random_search(client, random_index, drawn)
        view, scale = card_context(found.plan), build_credit_scale(found.plan)
        right = {
            one.id: one
            for one in oracle_result(
                drawn.oracle_query, random_index.offers, random_index.index
            ).hits
        }
        for hit in read_hits(found.answer):
            parts = result_card(found, hit, view, scale)["rank"]["parts"]
            assert sum(part["value"] for part in parts) == pytest.approx(hit["_score"], abs=SUM)
            assert right[hit["_source"]["id"]].score == pytest.approx(hit["_score"], abs=SUM)
            assert_fair(found.plan, hit, parts, random_index)
            cards += 1
    assert cards > 1000


def assert_fair(
    plan: Plan, hit: dict[str, Any], parts: list[Any], random_index: RandomOffersIndex
) -> None:
    """The fair part is the draw of the offer's own key, not what was left to explain."""
    drawn = {part["name"]: part["value"] for part in parts}.get("fair_order")
    if drawn is None:
        return
    (offer,) = [one for one in random_index.offers if one["id"] == hit["_source"]["id"]]
    wanted = 0.005 * random_score(plan.request.seed, offer["fair_key"], random_index.index)
    assert drawn == pytest.approx(wanted, abs=SUM)


@pytest.mark.proves("F020", "F021", "F086", "F088", "W01", "W03")
async def test_pages_agree_with_the_total_and_tiers_never_decrease(
    client: AsyncElasticsearch, random_index: RandomOffersIndex
) -> None:
    random, walked = Random(20), 0
    while walked < 25:
        drawn = draw_search(random, size=20, page=1)
        wanted = oracle_result(drawn.oracle_query, random_index.offers, random_index.index).cards
        if len(wanted) < 50:
            continue
        pages = [page async for page in iterate_pages(client, random_index, drawn)]
        results = [result for page in pages for result in page["results"]]
        assert sorted(result["id"] for result in results) == sorted(card.id for card in wanted)
        assert {page["total"]["value"] for page in pages} == {len(results)}
        assert all(len(page["results"]) == 20 for page in pages[:-1])
        tiers = [result["rank"]["tier"] for result in results]
        assert tiers == sorted(tiers)
        walked += 1


async def test_a_larger_circle_holds_the_smaller_one(
    client: AsyncElasticsearch, random_index: RandomOffersIndex
) -> None:
    random, compared = Random(10), 0
    for _ in range(120):
        drawn = draw_search(random, size=100, page=1)
        if drawn.area.radius_km is None or drawn.meaning.text:
            continue
        found = []
        for radius in (5.0, 10.0):
            place = drawn.area._replace(radius_km=radius, explicit_radius=True)
            moved = replace(drawn, area=place)
            pages = [page async for page in iterate_pages(client, random_index, moved)]
            found.append({result["id"] for page in pages for result in page["results"]})
        assert found[0] <= found[1]
        compared += bool(found[0])
    assert compared > 15


def _values(result: dict[str, Any]) -> dict[str, float]:
    return {part["name"]: part["value"] for part in result["rank"]["parts"]}
