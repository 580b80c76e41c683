"""The slot rule: both its forms say the same on random data, and each condition counts."""

from datetime import timedelta
from random import Random

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.query.availability import build_slot_rule, has_slot, is_visible_slot
from search_engine.request.criteria import Criteria
from search_engine.request.window import build_window
from tests.search_engine.conftest import IndexOffers, RandomOffersIndex
from tests.search_engine.random_searches import draw_search
from tests.search_engine.sample_offers import NOW, after, commune, doctor, offer_key, slot

RULES = 150


async def test_query_and_python_agree_on_random_slots(
    client: AsyncElasticsearch, random_index: RandomOffersIndex
) -> None:
    random = Random(63)
    matched = 0
    for _ in range(RULES):
        drawn = draw_search(random)
        window = build_window(drawn.now, drawn.area.zone, drawn.criteria.window_hours)
        rule = build_slot_rule(drawn.criteria, window)
        answer = await client.search(
            index=random_index.alias, query=has_slot(rule), size=10_000, source=False, sort="_doc"
        )
        found = {hit["_id"] for hit in answer["hits"]["hits"]}
        wanted = {
            offer["id"]
            for offer in random_index.offers
            if any(is_visible_slot(rule, one) for one in offer.get("slots", []))
        }
        assert found == wanted, drawn.criteria
        matched += bool(wanted)
    assert matched > RULES * 0.8


@pytest.mark.proves("F060", "F062", "F063")
async def test_past_full_and_later_slots_are_not_shown(index_offers: IndexOffers) -> None:
    kept = [slot(0), slot(1, seats_max=3, seats_left=1), slot(61, id="last")]
    gone = [slot(-0.01), slot(2, seats_max=2, seats_left=0), slot(62), slot(3, types=[])]
    searcher = index_offers([doctor("a", 1, [*kept, *gone]), doctor("b", 1, gone)])
    page = await searcher.page()
    assert [result["id"][-1] for result in page["results"]] == ["a"]
    days = page["results"][0]["availability"]["days"]
    assert [one["slot"] for day in days for one in day["slots"]] == ["slot-0", "slot-1", "last"]


@pytest.mark.proves("F073")
async def test_types_show_by_role_and_are_filterable(index_offers: IndexOffers) -> None:
    offers = [doctor(kind, 1, [slot(1, types=[kind])]) for kind in ("PUBLIC", "PRO", "SNP", "CPTS")]
    both = doctor("both", 2, [slot(1, types=["PUBLIC", "SNP"])])
    searcher = index_offers([*offers, both])
    every = {"size": 20, "profile": "distance"}
    assert sorted(await searcher.keys(**every, role="OSNP")) == [
        *("CPTS", "PRO", "PUBLIC", "SNP", "both")
    ]
    assert sorted(await searcher.keys(**every, role="IOA")) == ["PRO", "PUBLIC", "both"]
    assert sorted(await searcher.keys(**every, role="OTHER")) == ["PUBLIC", "both"]
    assert sorted(await searcher.keys(**every, slot_type=["SNP"])) == ["SNP", "both"]
    assert await searcher.keys(**every, role="OTHER", slot_type=["SNP"]) == []
    page = await searcher.page(**every, role="OTHER")
    types = [_only_slot(result)["types"] for result in page["results"]]
    assert types == [["PUBLIC"], ["PUBLIC"]]


async def test_conditions_hold_on_one_same_slot(index_offers: IndexOffers) -> None:
    apart = [
        slot(1, types=["SNP"], consultation=["AMB"]),
        slot(2, types=["PUBLIC"], consultation=["HH"]),
    ]
    together = [slot(1, types=["SNP"], consultation=["HH"])]
    searcher = index_offers([doctor("apart", 1, apart), doctor("together", 2, together)])
    assert await searcher.keys(slot_type=["SNP"], consultation=["HH"]) == ["together"]
    assert await searcher.keys(slot_type=["PUBLIC"], horizon=["0-4"], role="IOA") == ["apart"]


async def test_a_slot_that_is_remote_only_shows_nobody_until_it_is_asked_for(
    index_offers: IndexOffers,
) -> None:
    """Nor does it rank: the reason, the effort and the next slot are those of the office."""
    afar, office = slot(1, consultation=["VR"], types=["SNP"]), slot(5, consultation=["AMB"])
    offers = [
        doctor("afar", 1, [afar]),
        doctor("both", 2, [afar, office]),
        doctor("either", 3, [slot(1, consultation=["AMB", "VR"])]),
        doctor("unsaid", 4, [slot(2)]),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(profile="regulation", seed=1)
    cards = {offer_key(card): card for card in page["results"]}
    assert set(cards) == {"both", "either", "unsaid"}
    assert page["total"]["value"] == 3
    assert cards["both"]["availability"]["next_start"] == office["start"]
    assert cards["both"]["rank"]["label"] == "Créneau sous 12 h"
    (consultations,) = [one for one in page["facets"] if one["name"] == "consultation"]
    assert {one["value"]: one["count"] for one in consultations["values"]} == {"VR": 3, "AMB": 2}
    assert sorted(await searcher.keys(consultation=["VR"])) == ["afar", "both", "either"]
    assert sorted(await searcher.keys(consultation=["AMB", "VR"])) == ["afar", "both", "either"]
    assert (await searcher.keys(mode="all", sort="earliest"))[-1] == "afar"


@pytest.mark.proves("F077")
async def test_a_slot_counts_in_every_range_it_overlaps(index_offers: IndexOffers) -> None:
    offers = [
        doctor("early", 1, [slot(1)]),
        doctor("across", 2, [slot(3.5, 60)]),
        doctor("edge", 3, [slot(4)]),
        doctor("late", 4, [slot(50)]),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys(horizon=["0-4"], profile="distance") == ["early", "across"]
    assert await searcher.keys(horizon=["4-8"], profile="distance") == ["across", "edge"]
    assert await searcher.keys(horizon=["4-8", "48-72"], profile="distance") == [
        *("across", "edge", "late")
    ]


@pytest.mark.proves("F061")
async def test_the_horizon_parameter_is_honoured_to_the_minute(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("a", 1, [slot(71.9)]), doctor("b", 2, [slot(0.5)])])
    assert await searcher.keys(profile="distance") == ["b"]
    assert await searcher.keys(window_hours=72, profile="distance") == ["a", "b"]
    assert await searcher.keys(window_hours=0.5) == ["b"]
    assert await searcher.keys(window_hours=0.49) == []


@pytest.mark.proves("F060")
async def test_the_window_ends_with_the_day_of_the_place(index_offers: IndexOffers) -> None:
    """At 21:30 UTC it is tomorrow already in La Réunion: the third day is one day further."""
    now = NOW.replace(hour=21, minute=30)
    third_day = slot(0, start="2026-06-19T19:00:00Z", end="2026-06-19T19:20:00Z")
    offer = doctor("a", 1, [third_day], timezone="Indian/Reunion")
    searcher = index_offers([offer])
    assert await searcher.keys(now=now, where=commune(zone="Indian/Reunion")) == ["a"]
    assert await searcher.keys(now=now, where=commune(zone="Europe/Paris")) == []


def test_the_rule_reads_its_criteria() -> None:
    criteria = Criteria(what="x", lat=0, lon=0, role="IOA", slot_type=["SNP", "PRO"])
    rule = build_slot_rule(criteria, build_window(NOW + timedelta(), "Europe/Paris"))
    assert rule.types == ("PRO",)
    assert rule.visible == ("PUBLIC", "PRO")
    assert rule.start == after(0)


def _only_slot(result: dict[str, object]) -> dict[str, object]:
    days = result["availability"]["days"]  # type: ignore[index]
    (only,) = [one for day in days for one in day["slots"]]
    return dict(only)
