"""CPTS that cover the patient's commune stand for their members; the others change nothing."""

from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch

from search_engine.execution.cursor_key import build_cursor_key
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.engine_pages import record_request_paths
from tests.search_engine.random_score import find_first_drawn
from tests.search_engine.sample_offers import (
    NOW,
    Offer,
    Searcher,
    after,
    area,
    commune,
    cpts,
    department,
    doctor,
    offer_key,
    slot,
    utc,
)

KEY = build_cursor_key(None)

HERE = area(insee="14754")
"""Around a patient of Villers-sur-Mer."""

COAST, HILLS = "140000001", "140000002"
"""A CPTS that covers Villers-sur-Mer, and one that does not."""

SEATS = (cpts(COAST, "14754", "14220"), cpts(HILLS, "14220"))


def member(key: str, km: float, finess: str = COAST, **fields: Any) -> Offer:
    """A doctor of the CPTS, with a slot unless said."""
    return doctor(key, km, fields.pop("slots", [slot()]), cpts=[finess], **fields)


def group_in(page: dict[str, Any]) -> dict[str, Any]:
    """The one CPTS card of the page."""
    (card,) = [result for result in page["results"] if "group" in result]
    return dict(card)


@pytest.mark.proves("F090", "F091")
async def test_one_cpts_card_stands_at_the_rank_of_its_first_member(
    index_offers: IndexOffers,
) -> None:
    offers = [
        *(doctor("near", 1, [slot()]), doctor("between", 3, [slot()])),
        *(member("first", 2), member("second", 4), member("last", 5)),
    ]
    searcher = index_offers([*SEATS, *offers])
    page = await searcher.page(where=HERE, profile="distance")
    assert [offer_key(result) for result in page["results"]] == ["near", COAST, "between"]
    assert page["total"]["value"] == 3
    card = group_in(page)
    assert (card["id"], card["kind"], card["title"]) == (f"cpts:{COAST}", "cpts", f"CPTS {COAST}")
    group = card["group"]
    assert (group["finess"], group["members"]) == (COAST, 3)
    people = await searcher.page(where=HERE, group_cpts=False, profile="distance")
    assert [offer_key(one) for one in people["results"]] == [
        *("near", "first", "between", "second", "last")
    ]
    assert group["best"]["id"] == people["results"][1]["id"]
    assert card["rank"] == people["results"][1]["rank"]
    assert all("group" not in one for one in people["results"])


@pytest.mark.proves("F091")
async def test_the_card_shows_its_three_best_members_with_slots_and_phones(
    index_offers: IndexOffers,
) -> None:
    offers = [
        member("third", 4, phones=["+33231000003"]),
        member("first", 2, phones=["+33231000001"], slots=[slot(3), slot(2)]),
        member("second", 3),
        member("fourth", 5),
        member("never", 1, slots=[]),
    ]
    searcher = index_offers([*SEATS, *offers, doctor("near", 1, [slot()])])
    for sort in ("best", "distance", "earliest"):
        hours = {"earliest": ["second", "third", "fourth"]}
        page = await searcher.page(where=HERE, profile="distance", sort=sort)
        first = group_in(page)["group"]["first"]
        keys = [offer_key(one) for one in first]
        assert keys == hours.get(sort, ["first", "second", "third"]), sort
    (best, second, third) = group_in(await searcher.page(where=HERE, profile="distance"))["group"][
        "first"
    ]
    assert best["phones"] == ["+33231000001"]
    assert [one["start"] for day in best["availability"]["days"] for one in day["slots"]] == [
        after(2),
        after(3),
    ]
    assert best["distance_km"] == pytest.approx(2, abs=0.01)
    assert "phones" not in second
    assert third["title"] == "Dr third"


async def test_a_cpts_draws_as_often_as_it_has_members_in_the_band(
    index_offers: IndexOffers, client: AsyncElasticsearch
) -> None:
    """Three members and one other doctor in one band: the card is first whenever one of its members
    draws highest, three times out of four."""
    members = [member(f"m{n}", 1 + n / 10, slots=[slot(30)]) for n in range(3)]
    offers = [*members, doctor("alone", 1, [slot(30)])]
    searcher = index_offers([*SEATS, *offers])
    (index,) = await client.indices.get_alias(name=searcher.alias)
    band = {offer_key(offer): offer["fair_key"] for offer in offers}
    firsts = set()
    for seed in range(40):
        drawn = find_first_drawn(band, seed, index)
        asked = {"where": HERE, "profile": "regulation", "facets": False}
        first = (await searcher.keys(**asked, seed=seed))[0]
        assert first in {name if name == "alone" else COAST for name in drawn}
        firsts.add(first)
    assert firsts == {COAST, "alone"}


async def test_the_card_of_a_cpts_on_a_page_by_cursor_shows_its_members_too(
    index_offers: IndexOffers,
) -> None:
    members = [member(f"m{n}", n) for n in (5, 6, 7, 8)]
    searcher = index_offers([*SEATS, doctor("near", 1, [slot()]), *members])
    asked = {"where": HERE, "profile": "distance", "size": 1, "key": KEY}
    first = await searcher.page(**asked)
    page = await searcher.page(**asked, cursor=first["next"]["cursor"])
    keys = [offer_key(one) for one in group_in(page)["group"]["first"]]
    assert keys == ["m5", "m6", "m7"]


async def test_the_first_member_is_the_one_the_order_puts_first(index_offers: IndexOffers) -> None:
    """Not the nearest: participants are before, and then the sort decides."""
    offers = [
        member("near", 1, slots=[slot(5)]),
        member("participant", 9, slots=[slot(7)], participant=True),
        member("early", 12, slots=[slot(2)], participant=True),
        doctor("other", 10, [slot(4)], participant=True),
    ]
    searcher = index_offers([*SEATS, *offers])
    for sort, best, keys in (
        ("distance", "participant", [COAST, "other"]),
        ("earliest", "early", [COAST, "other"]),
    ):
        page = await searcher.page(where=HERE, sort=sort, profile="published")
        assert [offer_key(result) for result in page["results"]] == keys
        assert offer_key(group_in(page)["group"]["best"]) == best


@pytest.mark.proves("F090")
async def test_a_cpts_covers_the_same_ground_under_any_code(index_offers: IndexOffers) -> None:
    city, district = "750000001", "750000002"
    seats = [cpts(city, "75056"), cpts(district, "75104")]
    searcher = index_offers([*seats, member("a", 1, city), member("b", 2, district)])
    assert await searcher.keys(where=area(insee="75104"), profile="distance") == [city, district]
    assert await searcher.keys(where=area(insee="75056"), profile="distance") == [city, district]
    assert await searcher.keys(where=area(insee="75105"), profile="distance") == [city, "b"]
    assert await searcher.keys(where=area(insee="14754"), profile="distance") == ["a", "b"]


@pytest.mark.proves("F090")
async def test_without_a_commune_nothing_is_grouped(index_offers: IndexOffers) -> None:
    searcher = index_offers([*SEATS, member("a", 1), member("b", 2)])
    assert await searcher.keys(where=area(), profile="distance") == ["a", "b"]
    assert sorted(await searcher.keys(where=department())) == ["a", "b"]
    assert await searcher.keys(where=commune(insee="14754")) == [COAST]


@pytest.mark.proves("F092")
async def test_members_of_a_cpts_that_does_not_cover_stay_themselves(
    index_offers: IndexOffers,
) -> None:
    offers = [
        *(member("hill", 1, HILLS), member("coast", 2), member("hills", 3, HILLS)),
        member("unknown", 4, "140000009"),
    ]
    page = await index_offers([*SEATS, *offers]).page(where=HERE, profile="distance")
    keys = [offer_key(result) for result in page["results"]]
    assert keys == ["hill", COAST, "hills", "unknown"]
    assert [result["kind"] for result in page["results"]] == [
        *("professional", "cpts", "professional", "professional")
    ]


async def test_a_cpts_without_a_point_groups_all_the_same(index_offers: IndexOffers) -> None:
    seat = cpts(COAST, "14754")
    del seat["point"]
    searcher = index_offers([seat, member("a", 1)])
    assert await searcher.keys(where=HERE) == [COAST]


@pytest.mark.proves("F095")
async def test_only_the_attached_place_of_a_doctor_is_a_member(index_offers: IndexOffers) -> None:
    same = {"rpps": "10003456789"}
    offers = [member("attached", 2, **same), doctor("elsewhere", 1, [slot()], **same)]
    searcher = index_offers([*SEATS, *offers])
    page = await searcher.page(where=HERE, profile="distance")
    assert [offer_key(result) for result in page["results"]] == ["elsewhere", COAST]
    assert group_in(page)["group"]["members"] == 1
    assert await searcher.keys(where=HERE, cpts=COAST) == ["attached"]


@pytest.mark.proves("F094", "W24", "W25")
async def test_members_honour_word_filters_mode_slots_and_absences(
    index_offers: IndexOffers,
) -> None:
    away = [{"gte": utc(NOW.replace(day=1)), "lt": utc(NOW.replace(day=28))}]
    offers = [
        member("a", 1, sector="1", slots=[slot(1, consultation=["AMB"])]),
        member("b", 2, sector="2", slots=[slot(1, consultation=["HH"])], accepts_beyond=True),
        member("none", 3, sector="1", slots=[], accepts_beyond=True),
        member("nurse", 4, profession="60", specialties=["SI01"]),
        member("away", 5, absences=away),
    ]
    searcher = index_offers([*SEATS, *offers])
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["a", "b"]),
        ({"mode": "all"}, ["a", "b", "none"]),
        ({"mode": "beyond"}, ["b", "none"]),
        ({"mode": "all", "sector": ["1"]}, ["a", "none"]),
        ({"mode": "all", "consultation": ["HH"]}, ["b"]),
        ({"absent": True}, ["a", "b", "away"]),
        ({"what": "infirmier"}, ["nurse"]),
    ]
    for criteria, keys in cases:
        page = await searcher.page(where=HERE, **criteria)
        assert (page["total"]["value"], group_in(page)["group"]["members"]) == (1, len(keys))
        shown = await searcher.keys(where=HERE, cpts=COAST, sort="distance", **criteria)
        assert shown == keys
    assert await searcher.keys(where=HERE, sector=["3"]) == []


@pytest.mark.proves("F093")
async def test_the_members_of_any_cpts_in_order_by_page(index_offers: IndexOffers) -> None:
    offers = [member(f"hill{n}", n, HILLS) for n in range(1, 8)]
    searcher = index_offers([*SEATS, *offers, member("coast", 1)])
    pages = [
        await searcher.page(where=HERE, cpts=HILLS, size=3, page=number, profile="distance")
        for number in (1, 2, 3)
    ]
    assert {page["total"]["value"] for page in pages} == {7}
    keys = [offer_key(result) for page in pages for result in page["results"]]
    assert keys == [f"hill{n}" for n in range(1, 8)]
    assert [page["next"] for page in pages] == [{"page": 2}, {"page": 3}, None]


@pytest.mark.proves("F086", "F088")
async def test_pages_count_cards(index_offers: IndexOffers) -> None:
    """Members ranked on every page leave no hole, and the CPTS comes once."""
    offers = [doctor(f"d{n}", n, [slot()]) for n in range(1, 8)]
    members = [member(f"m{n}", n + 0.5) for n in range(2, 9)]
    searcher = index_offers([*SEATS, *offers, *members])
    asked = {"where": HERE, "size": 3, "profile": "distance"}
    pages = [await searcher.page(**asked, page=number) for number in (1, 2, 3)]
    assert [len(page["results"]) for page in pages] == [3, 3, 2]
    keys = [offer_key(result) for page in pages for result in page["results"]]
    assert keys == ["d1", "d2", COAST, *(f"d{n}" for n in range(3, 8))]
    assert {page["total"]["value"] for page in pages} == {8}
    assert [page["next"] for page in pages] == [{"page": 2}, {"page": 3}, None]


@pytest.mark.proves("F014")
async def test_the_circle_is_chosen_on_people_not_on_cards(index_offers: IndexOffers) -> None:
    growing = area(insee="14754", explicit_radius=False)
    near = [member("m1", 1), member("m2", 2), *(doctor(f"d{n}", n, [slot()]) for n in (3, 4, 5))]
    searcher = index_offers([*SEATS, *near, member("ring", 25), doctor("far", 25, [slot()])])
    for criteria in ({}, {"group_cpts": False}, {"cpts": COAST}):
        page = await searcher.page(where=growing, **criteria)
        assert "enlarged" not in page, criteria
    fewer = index_offers([*SEATS, *near[:4], member("ring", 25)])
    for criteria in ({}, {"group_cpts": False}, {"cpts": COAST}):
        page = await fewer.page(where=growing, **criteria)
        assert page["enlarged"]["to_km"] == 30.0, criteria
    shown = await fewer.keys(where=growing, cpts=COAST, sort="distance")
    assert shown == ["m1", "m2", "ring"]


@pytest.mark.proves("F048")
async def test_the_treating_doctor_is_no_member(index_offers: IndexOffers) -> None:
    mine = member("mine", 1, rpps="10003456789")
    searcher = index_offers([*SEATS, mine, member("b", 2), member("c", 3)])
    page = await searcher.page(where=HERE, treating_doctor="10003456789", sort="distance")
    assert [offer_key(card) for card in page["pinned"]] == ["mine"]
    group = group_in(page)["group"]
    assert (group["members"], offer_key(group["best"])) == (2, "b")


@pytest.mark.proves("F079")
async def test_kinds_are_those_of_cards(index_offers: IndexOffers) -> None:
    offers = [member("m1", 1), doctor("d", 2, [slot()]), member("m2", 3), member("hill", 4, HILLS)]
    searcher = index_offers([*SEATS, *offers])
    assert await searcher.keys(where=HERE, kind=["cpts"]) == [COAST]
    near = {"where": HERE, "profile": "distance"}
    assert await searcher.keys(**near, kind=["professional"]) == ["d", "hill"]
    people = {**near, "group_cpts": False}
    assert await searcher.keys(**people, kind=["cpts"]) == []
    assert await searcher.keys(**people, kind=["professional"]) == ["m1", "d", "m2", "hill"]


async def test_a_cpts_is_a_result_of_its_own_when_it_is_asked_for(
    index_offers: IndexOffers,
) -> None:
    lost = cpts("140000003", "14754")
    del lost["point"]
    searcher = index_offers([*SEATS, lost, member("m1", 1)])
    page = await searcher.page("CPTS", where=HERE, size=20)
    assert sorted(offer_key(result) for result in page["results"]) == [COAST, HILLS]
    assert all("group" not in result for result in page["results"])
    named = await searcher.keys(HILLS, where=HERE, mode="all")
    assert named == [HILLS]


async def test_a_name_shows_the_person_not_the_cpts(index_offers: IndexOffers) -> None:
    searcher = index_offers([*SEATS, member("simon", 1), member("other", 2)])
    assert await searcher.keys("nomsimon", where=HERE) == ["simon"]


async def test_an_offer_far_in_time_is_no_member_of_the_window(index_offers: IndexOffers) -> None:
    late = slot(0, id="late", start=after(62), end=after(63))
    searcher = index_offers([*SEATS, member("a", 1), member("late", 2, slots=[late])])
    assert group_in(await searcher.page(where=HERE))["group"]["members"] == 1


async def test_a_commune_seen_before_is_answered_by_one_request(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [doctor(f"d{n}", n, [slot()]) for n in range(2, 8)]
    searcher = index_offers([*SEATS, member("m1", 1), *alone, member("m2", 3)])
    first = await searcher.page(where=HERE, seed=1)
    asked = record_request_paths(monkeypatch)
    again = await searcher.page(where=HERE, seed=1)
    assert len(asked) == 1
    assert again["results"] == first["results"]


@pytest.mark.parametrize("criteria", [{}, {"kind": ["cpts"]}, {"cpts": COAST}, {"page": 2}])
async def test_a_territory_that_changes_is_right_at_once(
    index_offers: IndexOffers, es: Elasticsearch, criteria: dict[str, Any]
) -> None:
    """What was foreseen is corrected by the answer, and never shown."""
    people = [doctor("d", 2, [slot()]), *(member(f"m{n}", n) for n in (1, 3))]
    people += [member(f"h{n}", n, HILLS) for n in (4, 5)]
    searcher = index_offers([*SEATS, *people])
    await searcher.page(where=HERE)
    for seats in (
        (cpts(COAST, "14220"), cpts(HILLS, "14754")),
        (cpts(COAST, "14220"), cpts(HILLS, "14220")),
        (cpts(COAST, "14754"), cpts(HILLS, "14754")),
    ):
        for seat in seats:
            es.index(index=searcher.alias, id=seat["id"], document=seat, refresh=True)
        seen = await searcher.page(where=HERE, seed=1, size=2, **criteria)
        fresh = Searcher(searcher.client, searcher.alias)
        right = await fresh.page(where=HERE, seed=1, size=2, **criteria)
        assert seen | {"took_ms": 0} == right | {"took_ms": 0}


@pytest.mark.proves("F079", "F094")
async def test_the_members_of_a_card_chosen_by_its_kind(index_offers: IndexOffers) -> None:
    """The card is found with ``kind=cpts`` in a larger circle; so are its members, all of them."""
    others = [doctor(f"d{n}", 2, [slot()]) for n in range(9)]
    searcher = index_offers([*SEATS, *others, member("m1", 1), member("m2", 25), member("m3", 39)])
    asked = {"where": HERE._replace(explicit_radius=False), "kind": ["cpts"], "size": 20}
    asked |= {"sort": "distance"}
    card = group_in(await searcher.page(**asked))
    page = await searcher.page(**asked, cpts=COAST)
    assert [offer_key(one) for one in page["results"]] == ["m1", "m2", "m3"]
    assert card["group"]["members"] == page["total"]["value"]
    (kinds,) = [facet["values"] for facet in page["facets"] if facet["name"] == "kind"]
    assert {one["value"]: one["count"] for one in kinds} == {"cpts": 3, "professional": 3}
