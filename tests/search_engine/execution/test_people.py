"""One person, one card: totals and numbered pages count offers, a page by cursor holds people."""

from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.execution.cursor_key import build_cursor_key
from tests.search_engine.conftest import IndexOffers, RandomOffersIndex
from tests.search_engine.engine_pages import change_criteria, fetch_page, list_places
from tests.search_engine.oracle.groups import fold_people
from tests.search_engine.oracle.order import oracle_result
from tests.search_engine.random_searches import draw_search
from tests.search_engine.sample_offers import Searcher, area, cpts, doctor, offer_key, slot

KEY = build_cursor_key(None)
DISTANCE = {"profile": "distance"}


def place(person: int, km: float, **fields: Any) -> dict[str, Any]:
    """A place of one of a few doctors: ``2-3.0`` is the one 3 km away of the second."""
    return doctor(f"{person}-{km}", km, [slot()], rpps=f"1000000000{person}", **fields)


def read_places(page: dict[str, Any]) -> list[list[str]]:
    """The places of each card, the one at which it stands first."""
    return [
        [offer_key(one) for one in (card, *card.get("also_at", ()))] for card in page["results"]
    ]


def number(*rows: int) -> list[dict[str, Any]]:
    """Places in the order of their distance, each of the person given."""
    return [place(person, float(km)) for km, person in enumerate(rows, 1)]


async def follow(searcher: Searcher, size: int, **criteria: Any) -> list[list[list[str]]]:
    """The places of all pages, following the cursors."""
    page = await searcher.page(key=KEY, size=size, **criteria)
    pages = [read_places(page)]
    while page["next"] is not None:
        cursor = page["next"]["cursor"]
        page = await searcher.page(key=KEY, size=size, cursor=cursor, **criteria)
        pages.append(read_places(page))
    return pages


@pytest.mark.proves("F088")
async def test_a_numbered_page_folds_without_filling_up(index_offers: IndexOffers) -> None:
    searcher = index_offers(number(1, 1, 2, 1, 3, 4))
    pages = [await searcher.page(size=3, page=page, **DISTANCE) for page in (1, 2)]
    assert [read_places(page) for page in pages] == [
        [["1-1.0", "1-2.0"], ["2-3.0"]],
        [["1-4.0"], ["3-5.0"], ["4-6.0"]],
    ]
    assert [page["total"]["value"] for page in pages] == [6, 6]
    assert [page["people"] for page in pages] == [{"value": 4, "relation": "eq"}] * 2
    assert [page["next"] for page in pages] == [{"page": 2}, None]
    (profession,) = [one for one in pages[0]["facets"] if one["name"] == "profession"]
    assert profession["values"][0]["count"] == 6


@pytest.mark.proves("F088")
async def test_a_page_by_cursor_reads_on_until_it_has_its_people(index_offers: IndexOffers) -> None:
    searcher = index_offers(number(1, 2, 3, 3, 3, 3, 4, 3, 5, 6))
    assert await follow(searcher, 2, **DISTANCE) == [
        [["1-1.0"], ["2-2.0"]],
        [["3-3.0", "3-4.0", "3-5.0", "3-6.0"], ["4-7.0"]],
        [["3-8.0"], ["5-9.0"]],
        [["6-10.0"]],
    ]


async def test_the_last_page_ends_with_the_offers(index_offers: IndexOffers) -> None:
    searcher = index_offers(number(1, 2, 2, 2, 2))
    assert await follow(searcher, 1, **DISTANCE) == [
        [["1-1.0"]],
        [["2-2.0"]],
        [["2-3.0"]],
        [["2-4.0"]],
        [["2-5.0"]],
    ]
    assert await follow(searcher, 2, **DISTANCE) == [
        [["1-1.0"], ["2-2.0"]],
        [["2-3.0", "2-4.0", "2-5.0"]],
    ]


async def test_a_further_place_says_where_and_when(index_offers: IndexOffers) -> None:
    late = place(1, 4.0, phones=["+33298000000"], city="Brest")
    page = await index_offers([place(1, 1.0), late]).page(**DISTANCE)
    (card,) = page["results"]
    (further,) = card["also_at"]
    assert further["place"]["city"] == "Brest"
    assert further["phones"] == ["+33298000000"]
    assert further["distance_km"] == pytest.approx(4, abs=0.01)
    assert further["availability"]["next_start"] == "2026-06-16T09:05:00Z"
    assert "rank" not in further


async def test_a_nearest_offer_that_a_card_also_shows_is_not_hidden(
    index_offers: IndexOffers,
) -> None:
    near = place(1, 1.0)
    far = place(1, 3.0, participant=True)
    others = [place(n, 5.0 + n, participant=True) for n in range(2, 5)]
    page = await index_offers([near, far, *others]).page()
    assert read_places(page)[0] == ["1-3.0", "1-1.0"]
    assert "nearer_alternative" not in page


async def test_the_members_of_a_cpts_fold_by_person_behind_its_card_only(
    index_offers: IndexOffers,
) -> None:
    member = {"cpts": ["140000001"]}
    offers = [place(1, 1.0, **member), place(1, 2.0), place(1, 3.0), place(2, 4.0)]
    searcher = index_offers([cpts("140000001", "14754"), *offers])
    asked = {"where": area(insee="14754"), **DISTANCE}
    page = await searcher.page(**asked)
    assert read_places(page) == [["140000001"], ["1-2.0", "1-3.0"], ["2-4.0"]]
    assert (page["total"]["value"], page["people"]["value"]) == (4, 2)
    assert await follow(searcher, 1, **asked) == [
        [["140000001"]],
        [["1-2.0"]],
        [["1-3.0"]],
        [["2-4.0"]],
    ]
    assert await follow(searcher, 2, **asked) == [
        [["140000001"], ["1-2.0"]],
        [["1-3.0"], ["2-4.0"]],
    ]


@pytest.mark.proves("F020", "F088", "W03")
async def test_a_stable_walk_neither_skips_nor_repeats_an_offer_of_anybody(
    index_offers: IndexOffers,
) -> None:
    """While slots are rewritten; every page but the first and the last holds its people."""
    random = Random(8)
    offers = [
        doctor(f"d{n:03}", 0.1 * n, [slot(1)], rpps=f"100000000{random.randrange(15):02}")
        for n in range(60)
    ]
    for sort in ("best", "distance", "earliest"):
        searcher = index_offers(offers)
        asked = {"size": 4, "sort": sort, "stable": True, "profile": "regulation"}
        page = await searcher.page(key=KEY, **asked)
        pages = [page]
        while page["next"] is not None:
            index_offers({**one, "slots": [slot(random.randrange(40))]} for one in offers)
            page = await searcher.page(key=KEY, cursor=page["next"]["cursor"], **asked)
            pages.append(page)
        seen = [one["id"] for each in pages for one in list_places(each)]
        assert sorted(seen) == sorted(offer["id"] for offer in offers)
        assert all(len(each["results"]) == 4 for each in pages[1:-1])
        assert any("also_at" in card for each in pages for card in each["results"])


async def test_walks_over_random_offers_are_the_order_of_the_oracle_cut_into_people(
    client: AsyncElasticsearch, random_index: RandomOffersIndex
) -> None:
    random, walked = Random(44), 0
    while walked < 8:
        drawn = draw_search(random, size=5, page=1, common=True)
        cards = oracle_result(drawn.oracle_query, random_index.offers, random_index.index).cards
        if not 20 < len(cards) < 120:
            continue
        walked += 1
        at, cursor = 0, None
        while cursor or not at:
            page = await fetch_page(
                client, random_index, change_criteria(drawn, cursor=cursor), key=KEY
            )
            count = 5 if cursor is None else count_cards_holding(cards[at:], 5)
            wanted = fold_people(cards[at : at + count])
            shown = [
                [card["id"], *(one["id"] for one in card.get("also_at", ()))]
                for card in page["results"]
            ]
            assert shown == [[card.id for card in places] for places in wanted], drawn
            at, cursor = at + count, (page["next"] or {}).get("cursor")
        assert at >= len(cards)


def count_cards_holding(cards: list[Any], people: int) -> int:
    """How many cards in order bring so many people."""
    counts = (
        count for count in range(1, len(cards) + 1) if len(fold_people(cards[:count])) == people
    )
    return next(counts, len(cards))
