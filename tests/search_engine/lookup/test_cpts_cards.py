"""CPTS: one card at the best member's rank, its members behind it with every filter."""

from typing import Any

import pytest

from search_engine.request.problems import CptsNotFound
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import (
    area,
    commune,
    cpts,
    department,
    doctor,
    offer_key,
    slot,
)

HERE, THERE = "140000011", "140000022"
MEMBER: dict[str, Any] = {"participant": True, "via": ["cpts"], "cpts": [HERE]}


def community() -> list[dict[str, Any]]:
    """Three members of the CPTS of the commune, one of another CPTS, two of none."""
    snp = slot(30, types=["SNP"])
    other = {**MEMBER, "cpts": [THERE]}
    return [
        cpts(HERE, "14754", phones=["+33231000001"], additional_info="Appeler avant 18 h"),
        cpts(THERE, "14001"),
        doctor("alone", 1, [slot(30)], participant=True),
        doctor("first", 2, [slot(30)], **MEMBER),
        doctor("elsewhere", 3, [slot(30)], **other),
        doctor("second", 4, [snp], **{**MEMBER, "sector": "2"}),
        doctor("third", 5, **MEMBER),
        doctor("not-participating", 1, [slot(30)]),
    ]


@pytest.mark.proves("F091", "F092")
async def test_one_card_stands_at_the_best_members_rank(index_offers: IndexOffers) -> None:
    place = area(insee="14754")
    page = await index_offers(community()).page(where=place, profile="published")
    assert [offer_key(card) for card in page["results"]] == [
        *("alone", HERE, "elsewhere", "not-participating")
    ]
    group = page["results"][1]
    assert page["total"]["value"] == 4
    assert group["group"]["members"] == 2
    assert group["group"]["best"]["title"] == "Dr first"
    assert group["rank"]["label"] == "Avec créneau, participant au SAS"
    assert [part["km"] for part in group["rank"]["parts"]] == pytest.approx([2], abs=0.01)


@pytest.mark.proves("F096", "F099", "F104")
async def test_the_card_tells_how_to_reach_the_community(index_offers: IndexOffers) -> None:
    searcher = index_offers(community())
    page = await searcher.page(where=area(insee="14754"))
    (group,) = [card for card in page["results"] if card["kind"] == "cpts"]
    assert group["phones"] == ["+33231000001"]
    assert group["additional_info"] == "Appeler avant 18 h"
    assert "distance_km" not in group
    assert not any(day["slots"] for day in group["availability"]["days"])
    plain = await searcher.page(where=area(insee="14754"), role="OTHER")
    (group,) = [card for card in plain["results"] if card["kind"] == "cpts"]
    assert "additional_info" not in group


@pytest.mark.proves("F091", "F095")
async def test_nobody_is_grouped_where_no_community_is_known(index_offers: IndexOffers) -> None:
    searcher = index_offers(community())
    every = ["alone", "first", "second", "elsewhere", "not-participating"]
    assert sorted(await searcher.keys(where=area(insee="14002"))) == sorted(every)
    assert sorted(await searcher.keys(where=department())) == sorted(every)
    apart = await searcher.keys(where=area(insee="14754"), group_cpts=False)
    assert sorted(apart) == sorted(every)


@pytest.mark.proves("F029", "F091")
async def test_who_is_looked_for_by_name_is_never_hidden(index_offers: IndexOffers) -> None:
    searcher = index_offers(community())
    assert await searcher.keys("NOMFIRST", area(insee="14754")) == ["first"]
    named = await searcher.page(f"CPTS {THERE}", area(insee="14754"), mode="all")
    assert [offer_key(card) for card in named["results"]] == [THERE]


@pytest.mark.proves("F093", "F094", "W25", "W26")
async def test_the_members_are_searched_with_every_criterion(index_offers: IndexOffers) -> None:
    searcher = index_offers(community())
    page = await searcher.page(cpts=HERE, where=area(insee="14754"))
    assert [offer_key(card) for card in page["results"]] == ["first", "second"]
    assert page["cpts"]["title"] == f"CPTS {HERE}"
    everybody = await searcher.page(cpts=HERE, where=area(insee="14754"), mode="all")
    assert [offer_key(card) for card in everybody["results"]] == ["first", "second", "third"]
    second = await searcher.page(cpts=HERE, where=area(insee="14754"), sector=["2"])
    assert [offer_key(card) for card in second["results"]] == ["second"]
    snp = await searcher.page(cpts=HERE, where=area(insee="14754"), slot_type=["SNP"])
    assert [offer_key(card) for card in snp["results"]] == ["second"]
    none = await searcher.page("cardiologue", cpts=HERE, where=area(insee="14754"))
    assert (none["results"], none["total"]["value"], none["next"]) == ([], 0, None)
    with pytest.raises(CptsNotFound):
        await searcher.page(cpts="140009999", where=area(insee="14754"))


@pytest.mark.proves("F091", "F093")
async def test_the_members_are_those_of_the_circle_of_the_card(index_offers: IndexOffers) -> None:
    far = [doctor(f"far-{n}", 22 + n, [slot(30)], **MEMBER) for n in range(3)]
    others = [doctor(f"o{n}", 25, [slot(30)]) for n in range(4)]
    searcher = index_offers([*community()[:4], *far, *others])
    grown = area(insee="14754", explicit_radius=False)
    page = await searcher.page(where=grown)
    (group,) = [card for card in page["results"] if card["kind"] == "cpts"]
    members = await searcher.page(cpts=HERE, where=grown)
    assert page["enlarged"] == members["enlarged"] == {"from_km": 20.0, "to_km": 30.0}
    assert members["total"]["value"] == group["group"]["members"] == 4


@pytest.mark.proves("F090", "W30")
async def test_a_district_is_covered_by_the_cpts_of_its_city(index_offers: IndexOffers) -> None:
    offers = [cpts(HERE, "75056"), doctor("member", 1, [slot(30)], **MEMBER)]
    assert await index_offers(offers).keys(where=area(insee="75104")) == [HERE]
    offers[0] = cpts(HERE, "75104")
    assert await index_offers(offers).keys(where=commune(insee="75056")) == [HERE]


@pytest.mark.proves("F079", "F091")
async def test_several_communities_each_stand_once(index_offers: IndexOffers) -> None:
    offers = [cpts(HERE, "14754"), cpts(THERE, "14754")]
    for finess in (HERE, THERE):
        place = {**MEMBER, "cpts": [finess]}
        offers += [doctor(f"{finess}-{n}", n, [slot(30)], **place) for n in range(1, 4)]
    page = await index_offers(offers).page(where=area(insee="14754"))
    assert sorted(offer_key(card) for card in page["results"]) == [HERE, THERE]
    assert [card["group"]["members"] for card in page["results"]] == [3, 3]
    kinds = next(facet for facet in page["facets"] if facet["name"] == "kind")
    assert kinds["values"] == [{"value": "cpts", "label": "CPTS", "count": 2}]
