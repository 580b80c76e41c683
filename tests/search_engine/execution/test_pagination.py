"""Walking a search by cursor: nothing is lost, nothing comes twice, nothing is decided anew."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.helpers import bulk

from elastic.errors import ElasticTimeout, PointInTimeGone
from elastic.point_in_time import close_pit, open_pit
from search_engine.backend import points_in_time
from search_engine.execution import pagination
from search_engine.execution.cursor_key import build_cursor_key
from search_engine.request.problems import (
    CptsNotFound,
    CursorExpired,
    CursorOfAnotherSearch,
    CursorUnreadable,
)
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import (
    NOW,
    Searcher,
    area,
    commune,
    cpts,
    doctor,
    offer_key,
    slot,
)

KEY = build_cursor_key(None)
OFFERS = [
    doctor(f"d{n:03}", 0.1 * n, [slot(1 + n % 40)], participant=n % 3 == 0) for n in range(60)
]


async def follow_cursors(searcher: Searcher, **criteria: Any) -> AsyncIterator[dict[str, Any]]:
    """Every page, following the cursors."""
    page = await searcher.page(key=KEY, **criteria)
    yield page
    while page["next"] is not None:
        cursor = page["next"]["cursor"]
        page = await searcher.page(key=KEY, **criteria, cursor=cursor)
        yield page


async def collect_result_ids(searcher: Searcher, **criteria: Any) -> list[str]:
    """The ids of a whole walk, in order."""
    pages = [page async for page in follow_cursors(searcher, **criteria)]
    assert len({page["seed"] for page in pages}) == 1
    return [card["id"] for page in pages for card in page["results"]]


@pytest.mark.proves("F020", "F086", "F088", "W03")
@pytest.mark.parametrize("sort", ["best", "distance", "earliest"])
@pytest.mark.parametrize("where", [area(), commune()], ids=["point", "commune"])
@pytest.mark.parametrize("stable", [False, True])
async def test_a_walk_gives_the_very_pages_in_order(
    index_offers: IndexOffers, sort: str, where: Any, stable: bool
) -> None:
    searcher = index_offers(OFFERS)
    asked = {"where": where, "sort": sort, "mode": "all", "size": 7}
    whole = await searcher.page(**{**asked, "size": 100}, seed=11)
    wanted = [card["id"] for card in whole["results"]]
    first = await searcher.page(**asked, seed=11, stable=stable, key=KEY)
    assert "page" in first["next"]
    ids = [card["id"] for card in first["results"]]
    page = first
    while page["next"] is not None:
        cursor = page["next"]["cursor"]
        page = await searcher.page(**asked, stable=stable, cursor=cursor, key=KEY)
        assert page["total"]["value"] == 60
        ids += [card["id"] for card in page["results"]]
    assert ids == wanted


@pytest.mark.proves("F020", "W03", "F088")
async def test_twenty_stable_walks_while_slots_are_rewritten(
    index_offers: IndexOffers, es: Elasticsearch
) -> None:
    searcher, random = index_offers(OFFERS), Random(3)
    for turn in range(20):
        sort = ("best", "distance", "earliest")[turn % 3]
        where = (area(), commune())[turn % 2]
        seen: list[str] = []
        asked = {"where": where, "sort": sort, "size": 7, "stable": True}
        async for page in follow_cursors(searcher, **asked):
            seen += [card["id"] for card in page["results"]]
            rewrite_offers(es, searcher.alias, random)
        assert len(seen) == page["total"]["value"] == len(set(seen))
        rewrite_offers(es, searcher.alias, None)


def rewrite_offers(es: Elasticsearch, alias: str, random: Random | None) -> None:
    """Half the offers lose, gain or move their slots; with None all have their own again."""
    changed = OFFERS if random is None else random.sample(OFFERS, 30)
    docs = [{**o, "slots": o["slots"] if random is None else _slots(random)} for o in changed]
    actions = [{"_index": alias, "_id": doc["id"], "_source": doc} for doc in docs]
    bulk(es, actions, refresh=True)


def _slots(random: Random) -> list[dict[str, Any]]:
    return [slot(random.randrange(1, 50)) for _ in range(random.randrange(3))]


@pytest.mark.proves("F091")
async def test_communities_stay_as_they_were_grouped(index_offers: IndexOffers) -> None:
    member = {"cpts": ["140000011"], "participant": True}
    offers = [*OFFERS[:10], *(doctor(f"m{n}", n, [slot(n)], **member) for n in range(1, 5))]
    searcher = index_offers([*offers, cpts("140000011", "14754")])
    pages = [
        page
        async for page in follow_cursors(searcher, where=area(insee="14754"), size=2, stable=True)
    ]
    cards = [card for page in pages for card in page["results"]]
    assert len(cards) == 11
    assert [card["group"]["members"] for card in cards if card["kind"] == "cpts"] == [4]


async def test_a_live_walk_goes_on_when_cards_already_seen_leave(
    index_offers: IndexOffers, es: Elasticsearch
) -> None:
    """Five cards seen of ten; once these have no slot the total is five, and five are left."""
    searcher = index_offers(OFFERS[:10])
    page = await searcher.page(size=5, key=KEY)
    seen = [card["id"] for card in page["results"]]
    left = [offer for offer in OFFERS[:10] if offer["id"] not in seen]
    index_offers(left)
    while page["next"] is not None:
        page = await searcher.page(size=2, key=KEY, cursor=page["next"]["cursor"])
        assert page["results"]
        seen += [card["id"] for card in page["results"]]
    assert sorted(seen) == sorted(offer["id"] for offer in OFFERS[:10])


async def test_a_community_that_leaves_during_a_walk_leaves_its_member(
    index_offers: IndexOffers, es: Elasticsearch
) -> None:
    member = doctor("member", 9, [slot(1)], cpts=["140000011"])
    searcher = index_offers([*OFFERS[:2], member, cpts("140000011", "14754")])
    asked = {"where": area(insee="14754"), "size": 2, "key": KEY}
    first = await searcher.page(**asked)
    es.delete(index=searcher.alias, id="cpts:140000011", refresh=True)
    last = await searcher.page(**asked, cursor=first["next"]["cursor"])
    assert [offer_key(card) for card in last["results"]] == ["member"]


async def test_what_stands_beside_is_told_once(index_offers: IndexOffers) -> None:
    searcher = index_offers([*OFFERS, doctor("own", 3, rpps="10000000001")])
    pages = [
        page async for page in follow_cursors(searcher, treating_doctor="10000000001", size=40)
    ]
    assert [len(page["pinned"]) for page in pages] == [1, 0]
    assert all(offer_key(card) != "own" for page in pages for card in page["results"])
    assert all(page["warnings"] == [] for page in pages)


async def test_cursors_that_cannot_be_followed(index_offers: IndexOffers) -> None:
    searcher = index_offers(OFFERS)
    first = await searcher.page(size=7, key=KEY)
    cursor = first["next"]["cursor"]
    with pytest.raises(CursorOfAnotherSearch):
        await searcher.page(size=7, key=KEY, cursor=cursor, mode="all")
    with pytest.raises(CursorOfAnotherSearch):
        await searcher.page(size=7, key=KEY, cursor=cursor, seed=(first["seed"] + 1) % 2**31)
    with pytest.raises(CursorUnreadable):
        await searcher.page(size=7, key=build_cursor_key(None), cursor=cursor)
    with pytest.raises(CursorUnreadable):
        await searcher.page(size=7, cursor=cursor)
    with pytest.raises(CursorExpired):
        await searcher.page(size=7, key=KEY, cursor=cursor, now=NOW + timedelta(minutes=11))


async def test_a_walk_ends_with_the_day_of_its_slots(index_offers: IndexOffers) -> None:
    """Each page renews its cursor; the slots are those of the first page, for half an hour."""
    searcher = index_offers(OFFERS)
    page = await searcher.page(size=7, key=KEY)
    for minutes in (9, 18, 27):
        cursor = page["next"]["cursor"]
        page = await searcher.page(
            size=7, key=KEY, cursor=cursor, now=NOW + timedelta(minutes=minutes)
        )
        assert page["window"]["from"] == "2026-06-16T08:05:00Z"
    with pytest.raises(CursorExpired):
        cursor = page["next"]["cursor"]
        await searcher.page(size=7, key=KEY, cursor=cursor, now=NOW + timedelta(minutes=36))


async def test_a_point_in_time_is_given_back_with_the_last_card(
    index_offers: IndexOffers, client: AsyncElasticsearch
) -> None:
    searcher = index_offers(OFFERS)
    first = await searcher.page(size=40, stable=True, key=KEY)
    cursor = first["next"]["cursor"]
    last = await searcher.page(size=40, stable=True, key=KEY, cursor=cursor)
    assert last["next"] is None
    with pytest.raises(PointInTimeGone):
        await searcher.page(size=40, stable=True, key=KEY, cursor=cursor)


async def test_a_point_in_time_that_no_cursor_leads_to_is_given_back(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = track_points_in_time(monkeypatch)
    searcher = index_offers(OFFERS)
    page = await searcher.page(size=7, stable=True)
    assert page["next"] == {"page": 2}
    monkeypatch.setattr(pagination, "MAX_CURSOR", 100)
    assert (await searcher.page(size=7, stable=True, key=KEY))["next"] == {"page": 2}
    assert kept == []


async def test_what_cannot_be_closed_spoils_no_page(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = index_offers(OFFERS[:3])

    async def closing(client: AsyncElasticsearch, pit: str) -> None:
        raise ElasticTimeout

    monkeypatch.setattr(points_in_time, "close_pit", closing)
    page = await searcher.page(stable=True, key=KEY)
    assert (len(page["results"]), page["next"]) == (3, None)
    with pytest.raises(CptsNotFound):
        await searcher.page(stable=True, key=KEY, cpts="999999999")


def track_points_in_time(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Those that are open, from now on."""
    kept: list[str] = []

    async def opening(*args: Any) -> str:
        kept.append(await open_pit(*args))
        return kept[-1]

    async def closing(client: AsyncElasticsearch, pit: str) -> None:
        await close_pit(client, pit)
        kept.remove(pit)

    monkeypatch.setattr(points_in_time, "open_pit", opening)
    monkeypatch.setattr(points_in_time, "close_pit", closing)
    return kept
