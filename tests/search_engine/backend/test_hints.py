"""What is foreseen saves requests, and never changes an answer."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch

from elastic.lifecycle import create_index, swap_alias
from mappings.offers import offers_mapping, offers_settings
from search_engine.backend.hints import NO_CIRCLE, BoundedCache, QueryHintCache
from search_engine.request.interpretation import Interpretation
from tests.search_engine.conftest import IndexOffers, RandomOffersIndex, fill, new_index
from tests.search_engine.engine_pages import change_criteria, fetch_page, record_request_paths
from tests.search_engine.random_searches import RandomSearch, draw_search
from tests.search_engine.sample_offers import Searcher, area, doctor, slot
from tests.suite.repetitions import Repetitions

HERE = area(explicit_radius=False)
SIMON = Interpretation("Simon", text="simon")


@dataclass(frozen=True, slots=True)
class MisleadingHints(BoundedCache[Any, Any]):
    """Foresees one same thing for everything, and learns nothing."""

    always: Any = None

    def get_cached(self, key: Any) -> Any:
        return self.always

    def put_cached(self, key: Any, value: Any) -> None:
        return


async def test_no_foresight_right_or_wrong_changes_a_page(
    client: AsyncElasticsearch, random_index: RandomOffersIndex, repetitions: Repetitions
) -> None:
    random, enlarged, empty, counted = Random(41), 0, 0, 0
    searches = repetitions.hinted_searches
    for _ in range(searches):
        drawn = change_criteria(draw_search(random), seed=7)
        if drawn.area.radius_km is not None:
            drawn = replace(drawn, area=drawn.area._replace(explicit_radius=False))
        plain = await fetch_untimed_page(client, random_index, drawn, QueryHintCache())
        learnt = QueryHintCache()
        others = [
            learnt,
            learnt,
            *(QueryHintCache(circles=MisleadingHints(always=at)) for at in (NO_CIRCLE, 0, 1)),
        ]
        others.append(QueryHintCache(circles=MisleadingHints(always=99)))
        for foresight in others:
            assert await fetch_untimed_page(client, random_index, drawn, foresight) == plain
        enlarged += "enlarged" in plain
        empty += not plain["total"]["value"]
        counted += any(facet["name"] == "horizon" for facet in plain["facets"])
    assert counted * 4 >= searches
    assert enlarged * 8 >= searches
    assert empty * 16 >= searches


async def fetch_untimed_page(
    client: AsyncElasticsearch,
    random_index: RandomOffersIndex,
    drawn: RandomSearch,
    hints: QueryHintCache,
) -> dict[str, Any]:
    return {**await fetch_page(client, random_index, drawn, hints), "took_ms": 0}


async def test_where_few_answer_the_next_search_is_one_request(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = index_offers([doctor("near", 1, [slot()]), doctor("ring", 25, [slot()])])
    await assert_repeat_is_one_request(searcher, monkeypatch, "enlarged")


async def test_where_nobody_answers_the_next_search_is_one_request(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = index_offers([doctor(f"d{n}", n) for n in range(1, 4)])
    await assert_repeat_is_one_request(searcher, monkeypatch, "instead")


async def assert_repeat_is_one_request(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, block: str
) -> None:
    first = await searcher.page(where=HERE, seed=1)
    asked = record_request_paths(monkeypatch)
    again = await searcher.page(where=HERE, seed=1)
    assert len(asked) == 1
    assert again | {"took_ms": 0} == first | {"took_ms": 0}
    assert first[block]


async def test_a_name_that_few_bear_is_one_request_at_once(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = index_offers(
        [doctor("simon", 25, [slot()], names=["SIMON"]), doctor("d", 2, [slot()])]
    )
    asked = record_request_paths(monkeypatch)
    page = await searcher.page("simon", where=HERE, meaning=SIMON)
    assert len(asked) == 1
    assert page["total"]["value"] == 1
    assert page["enlarged"]["to_km"] == 40.0


async def test_a_swap_of_the_index_clears_what_the_former_one_taught(
    es: Elasticsearch, client: AsyncElasticsearch
) -> None:
    """Both indices are behind the same alias, one after the other."""
    before = new_index(es)
    after = replace(before, stamp=before.stamp + timedelta(seconds=1))
    searcher = Searcher(client, before.alias)
    fill(es, before.alias, [doctor("near", 1, [slot()]), doctor("ring", 25, [slot()])])
    await searcher.page(where=HERE)
    learnt = dict(searcher.hints.circles.entries)
    assert list(learnt.values()) == [2]
    create_index(es, after, offers_settings(), offers_mapping())
    swap_alias(es, before.alias, after)
    fill(es, before.alias, [doctor(f"d{n}", n, [slot()]) for n in range(1, 8)])
    page = await searcher.page(where=HERE)
    assert (page["total"]["value"], "enlarged" in page) == (7, False)
    assert searcher.hints.index == str(after)
    assert list(searcher.hints.circles.entries.values()) != [2]
    for name in (before, after):
        es.indices.delete(index=str(name))


async def test_a_name_or_a_treating_doctor_teaches_nothing(index_offers: IndexOffers) -> None:
    """What is kept depends on codes alone: a place, a known word, a mode, selected filters."""
    one = doctor("simon", 25, [slot()], names=["SIMON"])
    searcher = index_offers([one])
    await searcher.page("simon", where=HERE, meaning=SIMON)
    await searcher.page(where=HERE, treating_doctor=one["rpps"])
    assert not searcher.hints.circles.entries
    await searcher.page(where=HERE, sector=["1"])
    (key,) = searcher.hints.circles.entries
    assert key[-1] == ("sector=1",)
