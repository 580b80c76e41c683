"""What is foreseen saves requests, and never changes an answer."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.backend.hints import NOBODY, Foresight, Memory, Size
from search_engine.request.interpretation import Interpretation
from tests.search_engine.conftest import Indexed, Searching
from tests.search_engine.made_offers import Searcher, area, doctor, slot
from tests.search_engine.random_searches import Drawn, draw
from tests.search_engine.search_pages import asking, page_of, requests_counted

HERE = area(explicit_radius=False)
SIMON = Interpretation("Simon", text="simon")


@dataclass(frozen=True, slots=True)
class Misled(Memory[Any, Any]):
    """Foresees one same thing for everything, and learns nothing."""

    always: Any = None

    def foreseen(self, asked: Any) -> Any:
        return self.always

    def learn(self, asked: Any, told: Any) -> None:
        return


async def test_no_foresight_right_or_wrong_changes_a_page(
    client: AsyncElasticsearch, indexed: Indexed
) -> None:
    random, enlarged, empty, counted = Random(41), 0, 0, 0
    for _ in range(80):
        drawn = asking(draw(random), seed=7)
        if drawn.area.radius_km is not None:
            drawn = replace(drawn, area=drawn.area._replace(explicit_radius=False))
        plain = await told(client, indexed, drawn, Foresight())
        learnt = Foresight()
        others = [learnt, learnt, *(Foresight(circles=Misled(always=at)) for at in (NOBODY, 0, 1))]
        others += [Foresight(circles=Misled(always=99)), *misled_by_size()]
        for foresight in others:
            assert await told(client, indexed, drawn, foresight) == plain
        enlarged += "enlarged" in plain
        empty += not plain["total"]["value"]
        counted += any(facet["name"] == "horizon" for facet in plain["facets"])
    assert counted >= 20
    assert enlarged >= 10
    assert empty >= 5


def misled_by_size() -> list[Foresight]:
    """Many are foreseen where few answer, and participants where there are none."""
    return [Foresight(sizes=Misled(always=Size(10**6, led))) for led in (0, 10**6)]


async def told(
    client: AsyncElasticsearch, indexed: Indexed, drawn: Drawn, foresight: Foresight
) -> dict[str, Any]:
    return {**await page_of(client, indexed, drawn, foresight), "took_ms": 0}


async def test_where_few_answer_the_next_search_is_one_request(
    searching: Searching, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = searching([doctor("near", 1, [slot()]), doctor("ring", 25, [slot()])])
    await asked_twice(searcher, monkeypatch, "enlarged")


async def test_where_nobody_answers_the_next_search_is_one_request(
    searching: Searching, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = searching([doctor(f"d{n}", n) for n in range(1, 4)])
    await asked_twice(searcher, monkeypatch, "instead")


async def asked_twice(searcher: Searcher, monkeypatch: pytest.MonkeyPatch, block: str) -> None:
    first = await searcher.page(where=HERE, seed=1)
    asked = requests_counted(monkeypatch)
    again = await searcher.page(where=HERE, seed=1)
    assert len(asked) == 1
    assert again | {"took_ms": 0} == first | {"took_ms": 0}
    assert first[block]


async def test_a_name_that_few_bear_is_one_request_at_once(
    searching: Searching, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = searching([doctor("simon", 25, [slot()], names=["SIMON"]), doctor("d", 2, [slot()])])
    asked = requests_counted(monkeypatch)
    page = await searcher.page("simon", where=HERE, meaning=SIMON)
    assert len(asked) == 1
    assert page["total"]["value"] == 1
    assert page["enlarged"]["to_km"] == 40.0
