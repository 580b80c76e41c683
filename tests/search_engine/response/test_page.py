"""The page around the cards, and what happens when Elasticsearch does not answer whole."""

from typing import Any

import orjson
import pytest
from elasticsearch import AsyncElasticsearch

from elastic.client import async_client
from elastic.errors import ElasticUnavailable, IndexMissing
from search_engine.backend.index import Index
from search_engine.request.problems import PartialAnswer, UnknownCode
from search_engine.response.place_warnings import insee_warnings
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import Searcher, commune, doctor, slot


@pytest.mark.proves("F001", "F086")
async def test_a_page_says_what_was_understood_and_what_follows(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor(f"d{n}", n, [slot()]) for n in range(1, 8)])
    page = await searcher.page(
        "MG", size=3, page=2, seed=12, modes=("available", "all"), profile="regulation"
    )
    assert list(page) == [
        *("query", "area", "mode", "profile", "window", "pinned", "total", "people", "results"),
        "facets",
        *("next", "seed", "warnings", "took_ms"),
    ]
    assert page["query"]["what"] == "MG"
    assert "SM54" in page["query"]["specialties"]
    assert page["query"]["asked"] == {
        **{"lat": 49.3211, "lon": 0.0, "page": 2, "size": 3, "seed": 12}
    }
    assert page["area"]["label"] == "Villers-sur-Mer"
    assert (page["mode"], page["profile"]) == ("available", "regulation")
    assert page["window"] == {
        "from": "2026-06-16T08:05:00Z",
        "to": "2026-06-18T21:59:59Z",
        "zone": "Europe/Paris",
    }
    assert page["total"] == {"value": 7, "relation": "eq"}
    assert (page["next"], page["seed"], page["warnings"]) == ({"page": 3}, 12, [])
    assert {"total", "area", "interpretation", "search"} <= set(page["took_ms"])
    assert orjson.loads(orjson.dumps(page)) == page


async def test_a_page_beyond_the_last_is_empty_and_keeps_the_total(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([doctor(f"d{n}", n, [slot()]) for n in range(1, 8)])
    page = await searcher.page(page=9, size=5)
    assert (page["results"], page["total"]["value"], page["next"]) == ([], 7, None)


@pytest.mark.parametrize(
    ("service_down", "code"), [(False, "commune_only"), (True, "address_service_down")]
)
async def test_an_address_not_looked_for_is_not_told_as_not_found(
    index_offers: IndexOffers, service_down: bool, code: str
) -> None:
    searcher = index_offers([doctor("a", 1, [slot()])])
    page = await searcher.page(where=commune(score=0.5, service_down=service_down))
    assert [warning["code"] for warning in page["warnings"]] == [code]
    assert "service_down" not in page["area"]


@pytest.mark.parametrize(
    ("insee", "code", "names"),
    [
        ("75016", "insee_is_postcode", ["Paris 16e"]),
        ("29200", "insee_or_postcode", ["Morlaix (29)", "Brest (29)"]),
        ("48095", None, []),
        (None, None, []),
    ],
)
def test_a_commune_code_that_is_a_postcode_is_told(
    insee: str | None, code: str | None, names: list[str]
) -> None:
    warnings = insee_warnings(insee)
    assert [warning["code"] for warning in warnings] == ([] if code is None else [code])
    assert all(name in warnings[0]["message"] for name in names)


@pytest.mark.proves("F019", "F020", "W03")
async def test_the_echoed_seed_gives_the_other_pages(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor(f"d{n}", 1, [slot()]) for n in range(20)])
    first = await searcher.page(where=commune(), size=10)
    second = await searcher.page(where=commune(), size=10, page=2, seed=first["seed"])
    ids = {result["id"] for page in (first, second) for result in page["results"]}
    assert len(ids) == 20


@pytest.mark.proves("F072", "W19", "W20")
async def test_an_outage_is_an_error_never_an_empty_page(client: AsyncElasticsearch) -> None:
    with pytest.raises(IndexMissing):
        await Searcher(client, "t-no-such-alias").page()
    async with async_client("http://127.0.0.1:9", max_retries=0) as closed:
        with pytest.raises(ElasticUnavailable):
            await Searcher(closed, "offers").page()


class IncompleteClient:
    """A client whose answer lacks a shard, or time."""

    def __init__(self, **state: Any) -> None:
        self.body = {"timed_out": False, "_shards": {"failed": 0}, "hits": {}, **state}

    async def search(self, **request: Any) -> "IncompleteClient":
        """The incomplete answer, after checking that holes were refused."""
        assert request["allow_partial_search_results"] is False
        return self


@pytest.mark.proves("W19")
@pytest.mark.parametrize("state", [{"timed_out": True}, {"_shards": {"failed": 1}}])
async def test_a_partial_answer_is_refused(state: dict[str, Any]) -> None:
    with pytest.raises(PartialAnswer):
        await Index(IncompleteClient(**state), "offers").fetch_answer({})  # type: ignore[arg-type]


async def test_an_unknown_profile_is_refused(index_offers: IndexOffers) -> None:
    with pytest.raises(UnknownCode) as refused:
        await index_offers([]).page(profile="nearest")
    assert refused.value.field == "profile"
    assert "distance, published, regulation" in refused.value.detail
