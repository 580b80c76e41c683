"""The same searches twice: as calls to our API, and as the calls it makes to Elasticsearch."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from elasticsearch import AsyncElasticsearch

from bench.exchange import Call, Plan
from bench.recording import record_calls, recording_client
from geography.geocoding.geocoder import Geocoder
from mappings.instants import utc_text
from search_engine.backend.index import Index
from search_engine.execution.search import search
from search_engine.lookup.suggest import SuggestRequest, suggest
from search_engine.request.criteria import Criteria
from search_engine.request.window import whole_second

Body = dict[str, Any]

JSON = {"content-type": "application/json", "accept": "application/json"}


def build_api_plan(api: str, path: str, bodies: Iterable[Body]) -> Plan:
    """One call to our API a body."""
    return [
        (Call("POST", f"{api}{path}", dict(JSON), orjson.dumps(body).decode()),) for body in bodies
    ]


def build_null_plan(api: str, count: int) -> Plan:
    """An answer that costs nothing: what the generator and the web server cost by themselves."""
    return [(Call("GET", f"{api}/livez", {"accept": "application/json"}),)] * count


async def raw_searches(url: str, alias: str, bodies: Iterable[Body]) -> Plan:
    """The requests of ``search`` to Elasticsearch for each body, in a process that serves.

    Each is searched once before, so that the process has its hints.
    """
    chain, listed = Geocoder(), list(bodies)
    async with recording_client(url) as client:
        index = Index(client, alias)
        for _ in range(2):
            plan = [await _record_search(_present(), index, chain, body) for body in listed]
    await chain.aclose()
    return plan


def _present() -> datetime:
    return whole_second(datetime.now(UTC))


async def searches_at(url: str, alias: str, searches: Iterable[tuple[Body, datetime]]) -> Plan:
    """The requests of ``search`` for each body at its own instant, which stays.

    Instants are aware, in whole seconds. Hints are filled before, as in ``raw_searches``. The plan
    is a second later than the recording, so that no cached answer serves it.
    """
    chain, pairs = Geocoder(), list(searches)
    async with recording_client(url) as client:
        index = Index(client, alias)
        for _ in range(2):
            plan = [await _record_search(now, index, chain, body) for body, now in pairs]
    await chain.aclose()
    return [
        tuple(_second_later(call, now) for call in exchange)
        for exchange, (_, now) in zip(plan, pairs, strict=True)
    ]


def _second_later(call: Call, now: datetime) -> Call:
    later = utc_text(now + timedelta(seconds=1))
    return replace(call, body=call.body.replace(utc_text(now), later), now="")


async def _record_search(
    now: datetime, index: Index, chain: Geocoder, body: Body
) -> tuple[Call, ...]:
    criteria = Criteria(**body)

    async def work() -> None:
        client, alias, hints = index.client, index.alias, index.hints
        await search(client, alias, criteria, now, geocoder=chain, hints=hints)

    return await record_calls(utc_text(now), work)


async def raw_suggestions(url: str, alias: str, bodies: Iterable[Body]) -> Plan:
    """The requests of ``suggest`` to Elasticsearch for each body."""
    async with recording_client(url) as client:
        return [await _raw_suggestion(client, alias, SuggestRequest(**body)) for body in bodies]


async def _raw_suggestion(
    client: AsyncElasticsearch, alias: str, request: SuggestRequest
) -> tuple[Call, ...]:
    return await record_calls("", lambda: suggest(client, alias, request))
