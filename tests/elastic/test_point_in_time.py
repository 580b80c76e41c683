"""Points in time on a real node: nothing written meanwhile is seen, and an end is told."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import orjson
import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.helpers import bulk

from elastic.client import async_client
from elastic.errors import ElasticRejected, IndexMissing, PointInTimeGone
from elastic.point_in_time import close_pit, open_pit, search_point_in_time
from tests.conftest import CreateOffers

COUNT, SIZE, KEEP_S = 60, 7, 60
LAT, LON = 44.5, 0.0

NEAREST: dict[str, Any] = {
    "query": {
        "function_score": {
            "linear": {"point": {"origin": {"lat": LAT, "lon": LON}, "scale": "20km"}},
            "boost_mode": "replace",
        }
    },
    "sort": [{"_score": "desc"}, {"id": "asc"}],
    "size": SIZE,
    "_source": False,
}

Answer = dict[str, Any]
SendRequest = Callable[[dict[str, Any]], Awaitable[Answer]]


@pytest.fixture
async def client(es_url: str) -> AsyncIterator[AsyncElasticsearch]:
    async with async_client(es_url, request_timeout=30) as opened:
        yield opened


def offer(number: int, km: float) -> dict[str, Any]:
    return {"id": f"offer-{number:03}", "point": {"lat": LAT + km / 111.195, "lon": LON}}


def offers() -> list[dict[str, Any]]:
    """Three share each distance, so that scores tie across pages."""
    return [offer(number, 0.37 * (number // 3)) for number in range(COUNT)]


class IndexRewriter:
    """Turns the index over, a third of it at each call, and refreshes it."""

    def __init__(self, es: Elasticsearch, alias: str) -> None:
        self.es = es
        self.alias = alias
        self.turn = 0

    def rewrite(self) -> None:
        """The nearest become the farthest and back; one leaves, one comes."""
        self.turn += 1
        moved = [offer(n, 0.37 * ((COUNT - n) // 3)) for n in range(self.turn % 3, COUNT, 3)]
        come = offer(1000 + self.turn, 0.1)
        actions: list[dict[str, Any]] = [
            {"_index": self.alias, "_id": doc["id"], "_source": doc} for doc in [*moved, come]
        ]
        left = {"_op_type": "delete", "_index": self.alias, "_id": f"offer-{COUNT - self.turn:03}"}
        bulk(self.es, [*actions, left], refresh=True)


async def collect_page_ids(send: SendRequest, between: Callable[[], None]) -> list[str]:
    """The ids of all pages, each asked with the sort values that end the one before."""
    found: list[str] = []
    body = NEAREST
    while hits := (await send(body))["hits"]["hits"]:
        found += [hit["_id"] for hit in hits]
        body = {**NEAREST, "search_after": orjson.loads(orjson.dumps(hits[-1]["sort"]))}
        between()
        assert len(found) < 2 * COUNT
    return found


@pytest.mark.proves("F020")
async def test_a_walk_loses_and_doubles_nothing_while_offers_are_rewritten(
    es: Elasticsearch, client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers(offers())
    expected = [offer["id"] for offer in offers()]
    pit = await open_pit(client, alias, KEEP_S)
    try:
        asking = partial(search_point_in_time, client, pit, KEEP_S)
        assert await collect_page_ids(asking, IndexRewriter(es, alias).rewrite) == expected
    finally:
        await close_pit(client, pit)


async def test_the_same_walk_over_the_live_index_does(
    es: Elasticsearch, client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    """What the point in time is for: the rewriting of the other test is not a harmless one."""
    alias = create_offers(offers())

    async def live(body: dict[str, Any]) -> Answer:
        answer: Answer = (await client.search(index=alias, body=body)).body
        return answer

    met = await collect_page_ids(live, IndexRewriter(es, alias).rewrite)
    assert len(met) > len(set(met)) or not {offer["id"] for offer in offers()} <= set(met)


async def test_a_swapped_alias_leaves_the_walk_where_it_was(
    client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers(offers())
    pit = await open_pit(client, alias, KEEP_S)
    try:
        create_offers([offer(1, 0)])
        answer = await search_point_in_time(
            client, pit, KEEP_S, {**NEAREST, "track_total_hits": True}
        )
        assert answer["hits"]["total"] == {"value": COUNT, "relation": "eq"}
        assert answer["pit_id"]
    finally:
        await close_pit(client, pit)


async def test_sort_values_are_taken_back_without_the_tiebreaker(
    client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    pit = await open_pit(client, create_offers(offers()), KEEP_S)
    try:
        last = (await search_point_in_time(client, pit, KEEP_S, NEAREST))["hits"]["hits"][-1][
            "sort"
        ]
        assert len(last) == len(NEAREST["sort"]) + 1
        pages = [
            (await search_point_in_time(client, pit, KEEP_S, {**NEAREST, "search_after": after}))[
                "hits"
            ]
            for after in (last, last[:-1])
        ]
        first, second = ([hit["_id"] for hit in page["hits"]] for page in pages)
        assert first == second == [offer["id"] for offer in offers()[SIZE : 2 * SIZE]]
    finally:
        await close_pit(client, pit)


@pytest.mark.proves("W19")
async def test_a_closed_one_is_gone_and_may_be_closed_again(
    client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    pit = await open_pit(client, create_offers(offers()), KEEP_S)
    await close_pit(client, pit)
    with pytest.raises(PointInTimeGone, match="first page") as caught:
        await search_point_in_time(client, pit, KEEP_S, NEAREST)
    assert pit not in str(caught.value)
    await close_pit(client, pit)


async def test_one_whose_index_was_deleted_is_gone(
    es: Elasticsearch, client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    """A prune during a walk; a missing directory would be told as a fault of the service."""
    alias = create_offers(offers())
    pit = await open_pit(client, alias, KEEP_S)
    es.indices.delete(index=next(iter(es.indices.get_alias(name=alias))))
    with pytest.raises(PointInTimeGone):
        await search_point_in_time(client, pit, KEEP_S, NEAREST)
    await close_pit(client, pit)


async def test_one_held_by_a_node_that_left_is_gone(
    es: Elasticsearch, client: AsyncElasticsearch, create_offers: CreateOffers
) -> None:
    """The id names its nodes: one that the cluster does not know stands for one that left."""
    pit = await open_pit(client, create_offers(offers()), KEEP_S)
    [node] = es.nodes.info()["nodes"]
    raw = urlsafe_b64decode(pit + "=" * (-len(pit) % 4))
    assert node.encode() in raw
    elsewhere = urlsafe_b64encode(raw.replace(node.encode(), b"A" * len(node))).decode()
    with pytest.raises(PointInTimeGone):
        await search_point_in_time(client, elsewhere, KEEP_S, NEAREST)
    await close_pit(client, pit)


async def test_what_is_no_point_in_time_is_a_fault_of_ours(client: AsyncElasticsearch) -> None:
    for text in ("AAAA", "!"):
        with pytest.raises(ElasticRejected):
            await search_point_in_time(client, text, KEEP_S, NEAREST)
        with pytest.raises(ElasticRejected):
            await close_pit(client, text)


async def test_none_is_opened_where_there_is_no_index(
    client: AsyncElasticsearch, index_prefix: str
) -> None:
    with pytest.raises(IndexMissing, match=f"{index_prefix}-offers"):
        await open_pit(client, f"{index_prefix}-offers", KEEP_S)
