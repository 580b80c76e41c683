"""The order: tiers, minutes that can be pointed at, fairness, and parts that explain it."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from tests.search_engine.conftest import IndexOffers, RandomOffersIndex
from tests.search_engine.engine_pages import iterate_pages, list_places, read_minutes
from tests.search_engine.oracle.order import oracle_result
from tests.search_engine.random_score import find_first_drawn
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

DEFAULT = {"profile": "regulation"}
SNP: dict[str, Any] = {"types": ["SNP"]}
BOOKED = {"appointment": "ROUTINE"}


@pytest.mark.proves("F018", "F023", "F041")
async def test_the_published_order_is_participants_then_the_nearest(
    index_offers: IndexOffers,
) -> None:
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
    assert await searcher.keys(profile="published") == with_slot
    page = await searcher.page(mode="all", size=20, profile="published")
    keys = [offer_key(result) for result in page["results"]]
    assert keys == [*with_slot, "participant-none", "other-none"]
    assert [result["rank"]["tier"] for result in page["results"]] == [1, 1, 2, 2, 3, 4]
    assert await searcher.keys(profile="distance") == [
        *("other-near", "participant-near", "other-far", "participant-far")
    ]


async def test_participation_is_worth_a_detour_not_any_detour(index_offers: IndexOffers) -> None:
    """Villers-sur-Mer is thinly inhabited: 1.1 minutes a kilometre, 8 minutes are 7 km."""
    offers = [
        doctor("other", 1, [slot(3)]),
        doctor("participant", 5, [slot(3)], participant=True),
        doctor("participant-far", 15, [slot(3)], participant=True),
        doctor("none", 0.1, participant=True),
    ]
    page = await index_offers(offers).page(mode="all", **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == [
        *("participant", "other", "participant-far", "none")
    ]
    assert [result["rank"]["tier"] for result in page["results"]] == [1, 1, 1, 2]


async def test_the_example_of_the_documentation(index_offers: IndexOffers) -> None:
    offers = [
        doctor("A", 4.0, [slot(2, **BOOKED)]),
        doctor("B", 9.0, [slot(2, **SNP, **BOOKED)], participant=True),
        doctor("C", 1.0, [slot(30, **BOOKED)]),
        doctor("D", 2.0, [slot(1)], participant=True),
    ]
    page = await index_offers(offers).page(**DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["D", "B", "A", "C"]
    wanted = read_documented_rank()
    for part in wanted["parts"]:
        if "km" in part:
            part["km"] = pytest.approx(part["km"], abs=0.01)
    assert page["results"][1]["rank"] == wanted


def read_documented_rank() -> dict[str, Any]:
    """The rank that the documentation shows for the same four offers."""
    text = (Path(__file__).parents[3] / "docs" / "explanation" / "ranking.md").read_text("utf-8")
    block = text.partition("```json")[2].partition("```")[0]
    return dict(json.loads("{" + block + "}")["rank"])


@pytest.mark.proves("F089", "W08")
async def test_each_place_of_a_doctor_stands_at_its_own_distance(index_offers: IndexOffers) -> None:
    """His card stands at the nearer one; on another page the farther has its own."""
    offers = [
        doctor(key, km, [slot()], rpps="10003456789") for key, km in (("far", 9), ("near", 2))
    ]
    searcher = index_offers([*offers, doctor("other", 5, [slot()])])
    page = await searcher.page(**DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["near", "other"]
    (far,) = page["results"][0]["also_at"]
    assert offer_key(far) == "far"
    assert far["distance_km"] == pytest.approx(9, abs=0.01)
    pages = [await searcher.keys(**DEFAULT, size=1, page=number) for number in (1, 2, 3)]
    assert pages == [["near"], ["other"], ["far"]]


async def test_credits_come_from_one_real_slot(index_offers: IndexOffers) -> None:
    """Soon and public, late and for regulators: never soon and for regulators."""
    two = [slot(0.5), slot(20, **SNP)]
    one = [slot(1, types=["PRO"], seats_max=2, seats_left=1)]
    page = await index_offers([doctor("two", 9, two), doctor("one", 5, one)]).page(**DEFAULT)
    parts = [read_minutes(result) for result in page["results"]]
    assert parts[0] == {"travel": 5.5, "seen": -26, "slot_type": -1, "certain": -3}
    assert parts[1] == {"travel": 9.9, "seen": -26}


async def test_types_count_for_who_sees_them(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("a", 0, [slot(1, types=["PUBLIC", "SNP"])])])
    for role, credit in (("OSNP", -4), ("OTHER", None)):
        page = await searcher.page(role=role, **DEFAULT)
        assert read_minutes(page["results"][0]).get("slot_type") == credit


async def test_structures_that_absorb_patients_gain_in_mode_beyond_only(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("doctor", 5.0, accepts_beyond=True),
        structure("msp", "msp", "603", 5.5, accepts_beyond=True),
        doctor("imprecise", 5.3, accepts_beyond=True, precision="municipality"),
    ]
    searcher = index_offers(offers)
    page = await searcher.page("maison de santé", mode="beyond", **DEFAULT)
    assert read_minutes(page["results"][0])["absorbs"] == -2
    page = await searcher.page("maison de santé", mode="all", **DEFAULT)
    assert "absorbs" not in read_minutes(page["results"][0])
    page = await searcher.page(mode="beyond", **DEFAULT)
    debits = {offer_key(one): read_minutes(one).get("commune_only") for one in page["results"]}
    assert debits == {"doctor": None, "imprecise": 2}


async def test_a_duty_house_that_is_open_is_as_seen_within_the_hour(
    index_offers: IndexOffers,
) -> None:
    hours = {"hours": {"tue": [["10:00", "12:00"]]}, "open_minutes": [{"gte": 2040, "lt": 2160}]}
    duty = structure("open", "unscheduled_care", "617", 6, **hours)
    shut = structure("shut", "unscheduled_care", "617", 1)
    page = await index_offers([duty, shut]).page("point de garde", mode="all", **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["open", "shut"]
    assert [result["rank"]["tier"] for result in page["results"]] == [1, 2]
    assert read_minutes(page["results"][0]) == {"travel": 6.6, "open_now": -26, "participation": -8}
    assert page["results"][0]["rank"]["label"] == ("Ouvert sans rendez-vous, participe au SAS")


async def test_who_can_be_seen_by_the_deadline_comes_first(index_offers: IndexOffers) -> None:
    """A quarter of an hour late counts as in time."""
    offers = [
        doctor("far-in-time", 18, [slot(3.5)]),
        doctor("near-late", 0.1, [slot(4.3)]),
        doctor("quarter-late", 1, [slot(4.25)]),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(deadline_h=4, **DEFAULT)
    keys = [offer_key(result) for result in page["results"]]
    assert keys == ["quarter-late", "far-in-time", "near-late"]
    assert [result["rank"]["tier"] for result in page["results"]] == [1, 1, 2]
    assert page["results"][2]["rank"]["label"].startswith("Hors délai")
    assert (await searcher.keys(**DEFAULT))[-1] == "far-in-time"


@pytest.mark.proves("F022", "W02")
async def test_earliest_slot_first_inside_a_tier(index_offers: IndexOffers) -> None:
    offers = [
        doctor("late-near", 1, [slot(20), slot(-5)]),
        doctor("soon-far", 19, [slot(3), slot(50)]),
        doctor("soon-pro", 2, [slot(1, types=["PRO"]), slot(30)]),
        doctor("participant", 10, [slot(40)], participant=True),
        doctor("none", 1),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys(sort="earliest", profile="published") == [
        *("participant", "soon-pro", "soon-far", "late-near")
    ]
    assert await searcher.keys(sort="earliest", **DEFAULT) == [
        *("soon-pro", "soon-far", "late-near", "participant")
    ]
    assert await searcher.keys(sort="earliest", role="OTHER", mode="all", **DEFAULT) == [
        *("soon-far", "late-near", "soon-pro", "participant", "none")
    ]


@pytest.mark.proves("F018")
async def test_sort_by_distance_keeps_the_tiers(index_offers: IndexOffers) -> None:
    offers = [
        doctor("near", 1, [slot(40)]),
        doctor("further", 2, [slot(1, **SNP)]),
        doctor("participant", 10, [slot(40)], participant=True),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(sort="distance", profile="published")
    assert [offer_key(result) for result in page["results"]] == ["participant", "near", "further"]
    assert page["warnings"] == []
    page = await searcher.page(sort="distance", **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["near", "further", "participant"]
    assert page["results"][0]["rank"] == {"tier": 1, "label": "Avec créneau", "parts": []}
    output = await searcher.page(sort="distance", where=commune())
    assert [warning["code"] for warning in output["warnings"]] == ["distance_from_centre"]


@pytest.mark.proves("F019", "F103")
@pytest.mark.parametrize("profile", ["regulation", "published"])
async def test_without_a_patient_the_order_is_fair_and_follows_the_seed(
    index_offers: IndexOffers, profile: str
) -> None:
    offers = [doctor(f"d{number}", 1 + number / 100, [slot(30)]) for number in range(12)]
    searcher = index_offers(offers)
    for place in (commune(), department()):
        asked = {"where": place, "profile": profile, "size": 20}
        orders = [await searcher.keys(**asked, seed=seed) for seed in range(8)]
        assert len({tuple(order) for order in orders}) == 8
        assert len({order[0] for order in orders}) > 3
        assert orders[3] == await searcher.keys(**asked, seed=3)
        page = await searcher.page(**asked)
        assert all("distance_km" not in result for result in page["results"])
        assert page["seed"] != (await searcher.page(**asked))["seed"]


async def test_the_draw_alone_orders_a_band(
    index_offers: IndexOffers, client: AsyncElasticsearch
) -> None:
    """A hundred metres decide nothing. That all have the same chance: ``order/test_draw.py``."""
    offers = [doctor(f"d{number}", 1 + number / 10, [slot(30)]) for number in range(4)]
    searcher = index_offers([*offers, doctor("next-band", 6, [slot(30)])])
    (index,) = await client.indices.get_alias(name=searcher.alias)
    band = {offer_key(offer): offer["fair_key"] for offer in offers}
    firsts = set()
    for seed in range(40):
        first, *_, last = await searcher.keys(**DEFAULT, seed=seed)
        assert first in find_first_drawn(band, seed, index)
        assert last == "next-band"
        firsts.add(first)
    assert firsts == band.keys()


async def test_updating_an_offer_reshuffles_nobody(
    index_offers: IndexOffers, client: AsyncElasticsearch
) -> None:
    offers = [doctor(f"d{number}", 1, [slot(30)]) for number in range(12)]
    searcher = index_offers(offers)
    before = await searcher.keys(where=commune(), seed=7, size=20, **DEFAULT)
    for offer in offers[:5]:
        change = {"doc": {"phones": ["0102030405"]}, "refresh": True}
        await client.update(index=searcher.alias, id=offer["id"], **change)
    assert await searcher.keys(where=commune(), seed=7, size=20, **DEFAULT) == before


async def test_around_a_commune_travel_counts_outside_of_it_only(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("inside-far", 9, [slot(30)]),
        doctor("inside", 0.5, [slot(30)]),
        doctor("outside", 4, [slot(30)], insee="14220"),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(where=commune(insee="14754"), **DEFAULT)
    travels = {offer_key(one): read_minutes(one)["travel"] for one in page["results"]}
    assert travels == {"inside-far": 0, "inside": 0, "outside": 4.4}
    assert offer_key(page["results"][2]) == "outside"
    page = await searcher.page(where=department(), **DEFAULT)
    assert all("travel" not in read_minutes(one) for one in page["results"])


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
        shown = [[place["id"] for place in list_places(page)] for page in pages]
        assert [sorted(ids) for ids in shown] == [
            sorted(card.id for card in wanted[first : first + 20])
            for first in range(0, len(wanted), 20)
        ]
        assert {page["total"]["value"] for page in pages} == {sum(map(len, shown))}
        results = [result for page in pages for result in page["results"]]
        places = [(one["rank"]["tier"], one["rank"].get("band", 0)) for one in results]
        assert places == sorted(places)
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
            found.append({place["id"] for page in pages for place in list_places(page)})
        assert found[0] <= found[1]
        compared += bool(found[0])
    assert compared > 15


async def test_a_radius_bounds_the_list_and_moves_nobody(index_offers: IndexOffers) -> None:
    offers = [doctor("snp", 14, [slot(5, **SNP)]), doctor("public", 9.5, [slot(30)])]
    searcher = index_offers(offers)
    minutes = []
    for radius in (15.0, 40.0):
        page = await searcher.page(where=area(radius_km=radius), **DEFAULT)
        assert [offer_key(result) for result in page["results"]] == ["snp", "public"]
        minutes.append([result["rank"]["minutes"] for result in page["results"]])
    assert minutes[0] == minutes[1]
