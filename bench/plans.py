"""The same searches twice: as calls to our API, and as the calls it makes to Elasticsearch."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from elasticsearch import AsyncElasticsearch

from bench.exchange import Call, Plan
from bench.recording import recorded, recording_client
from geography.geocoder import Geocoder
from search_engine.criteria import Criteria
from search_engine.search import search
from search_engine.suggest import SuggestRequest, suggest
from search_engine.window import instant, whole_second

Body = dict[str, Any]

JSON = {"content-type": "application/json", "accept": "application/json"}


def ours(api: str, path: str, bodies: Iterable[Body]) -> Plan:
    """One call to our API a body."""
    return [
        (Call("POST", f"{api}{path}", dict(JSON), orjson.dumps(body).decode()),) for body in bodies
    ]


def null_endpoint(api: str, count: int) -> Plan:
    """An answer that costs nothing: what the generator and the web server cost by themselves."""
    return [(Call("GET", f"{api}/livez", {"accept": "application/json"}),)] * count


async def raw_searches(url: str, alias: str, bodies: Iterable[Body]) -> Plan:
    """What ``search`` sends to Elasticsearch for each body."""
    chain = Geocoder()
    async with recording_client(url) as client:
        plan = [await _raw_search(client, alias, chain, body) for body in bodies]
    await chain.aclose()
    return plan


async def _raw_search(
    client: AsyncElasticsearch, alias: str, chain: Geocoder, body: Body
) -> tuple[Call, ...]:
    now = whole_second(datetime.now(UTC))
    criteria = Criteria(**body)
    return await recorded(instant(now), lambda: search(client, alias, criteria, now, deps=chain))


async def raw_suggestions(url: str, alias: str, bodies: Iterable[Body]) -> Plan:
    """What ``suggest`` sends to Elasticsearch for each body."""
    async with recording_client(url) as client:
        return [await _raw_suggestion(client, alias, SuggestRequest(**body)) for body in bodies]


async def _raw_suggestion(
    client: AsyncElasticsearch, alias: str, asked: SuggestRequest
) -> tuple[Call, ...]:
    return await recorded("", lambda: suggest(client, alias, asked))
