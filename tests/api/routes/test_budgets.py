"""What a caller may hold in Elasticsearch: points in time, searches at once, readiness."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch

from api.readiness import ReadinessProbe
from api.refusals import RequestRefused
from api.security.budgets import ConcurrencyBudget
from api.security.principal import ClientId, ClientKind
from elastic.client import async_client
from elastic.errors import ElasticError
from search_engine.backend.points_in_time import (
    KEEP_S,
    PointInTimeLedger,
    TooManyStableSearches,
)
from tests.api.conftest import DOZEN, StartServer, answer, build_frozen_app, problem
from tests.api.leaving_client import open_search_request
from tests.api.security.callers import ApiWithAuth, bearer, open_api_with_auth
from tests.conftest import CreateOffers
from tests.geography.empty_geocoder import SlowGeocoder
from tests.suite.waiting import wait_for

SEARCH_BODY: dict[str, Any] = {"what": "MG", "insee": "48095", "mode": "all", "size": 1}
OSNP = bearer("regulateur_osnp")
STABLE = {**SEARCH_BODY, "stable": True}


def count_open_contexts(es: Elasticsearch, alias: str) -> int:
    """Contexts of searches that are held open in the index behind the alias."""
    stats = es.indices.stats(index=alias, metric="search")
    return int(stats["_all"]["total"]["search"]["open_contexts"])


@pytest.fixture
def own_alias(
    create_offers: CreateOffers,
    index_prefix: str,
    environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The dozen offers in an index of this test alone, whose contexts nobody else opens or ends."""
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    return create_offers(json.loads(DOZEN.read_text("utf-8")))


def read_to_the_end(api: ApiWithAuth, page: dict[str, Any]) -> None:
    """Every page that follows."""
    while page["next"] is not None:
        cursor = page["next"]["cursor"]
        page = answer(api.search(OSNP, **STABLE, cursor=cursor))


def test_points_in_time_of_one_caller_are_bounded(
    es: Elasticsearch, own_alias: str, tmp_path: Path, serve: StartServer
) -> None:
    before = count_open_contexts(es, own_alias)
    for api in open_api_with_auth(tmp_path, serve, stable_per_caller=3, rate_per_s=0):
        pages = [answer(api.search(OSNP, **STABLE)) for _ in range(3)]
        refused = api.search(OSNP, **STABLE)
        problem(refused, 429, "too_many_stable_searches")
        assert int(refused.headers["retry-after"]) > 0
        assert count_open_contexts(es, own_alias) == before + 3
        answer(api.search(OSNP, **SEARCH_BODY))
        read_to_the_end(api, pages[0])
        wait_for(lambda: count_open_contexts(es, own_alias) == before + 2)
        pages.append(answer(api.search(OSNP, **STABLE)))
        for page in pages[1:]:
            read_to_the_end(api, page)
    wait_for(lambda: count_open_contexts(es, own_alias) == before)


class LedgerClock:
    """Seconds moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_the_ledger_counts_until_close_or_expiry(es_url: str, dozen_alias: str) -> None:
    clock = LedgerClock()
    ledger = PointInTimeLedger(2, 3, clock)
    async with async_client(es_url) as client:
        first = await ledger.open(client, dozen_alias, "one")
        second = await ledger.open(client, dozen_alias, "one")
        with pytest.raises(TooManyStableSearches):
            await ledger.open(client, dozen_alias, "one")
        other = await ledger.open(client, dozen_alias, "two")
        with pytest.raises(TooManyStableSearches):
            await ledger.open(client, dozen_alias, "three")
        await ledger.close(client, first)
        clock.now = KEEP_S - 1
        ledger.renew(second, "renamed", "stranger")
        assert (ledger.count("one"), ledger.count("two"), ledger.count("stranger")) == (1, 1, 0)
        clock.now = KEEP_S
        assert (ledger.count("one"), ledger.count("two")) == (1, 0)
        for pit in (second, other):
            await ledger.close(client, pit)
        await ledger.close(client, "renamed")
        assert ledger.count("one") == 0


async def test_a_point_in_time_that_cannot_be_opened_counts_for_nobody(es_url: str) -> None:
    ledger = PointInTimeLedger(1, 1)
    async with async_client(es_url) as client:
        for _ in range(2):
            with pytest.raises(ElasticError):
                await ledger.open(client, "nothing-there", "one")
    assert ledger.count("one") == 0


class PausableProxy:
    """A way to Elasticsearch that holds its answers to some requests until it is told."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 9200)
        self.path = b"nothing yet"
        self.held, self.released = threading.Event(), threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                far = socket.create_connection(self._target)
                seen = threading.Event()
                for pump in ((near, far, seen, True), (far, near, seen, False)):
                    threading.Thread(target=self._pump, args=pump, daemon=True).start()

    def _pump(
        self, source: socket.socket, sink: socket.socket, seen: threading.Event, out: bool
    ) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                if out and self.path in chunk:
                    seen.set()
                if not out and seen.is_set():
                    self.held.set()
                    self.released.wait(60)
                    seen.clear()
                sink.sendall(chunk)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def pausable_proxy(
    es_url: str, environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PausableProxy]:
    """The application reaches Elasticsearch through it."""
    proxy = PausableProxy(es_url)
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", proxy.url)
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", "60")
    yield proxy
    proxy.listening.close()


@pytest.mark.parametrize("held", [b"/_pit", b'"pit":'], ids=["opening", "searching"])
def test_a_client_gone_during_a_stable_search_leaves_no_point_in_time(
    es: Elasticsearch,
    own_alias: str,
    pausable_proxy: PausableProxy,
    serve: StartServer,
    held: bytes,
) -> None:
    """Whether it leaves while the point in time opens, or while the page is searched in it."""
    proxy, pausable_proxy.path = pausable_proxy, held
    before = count_open_contexts(es, own_alias)
    url = serve(build_frozen_app(search_deadline_s=60))
    with open_search_request(url, "POST", STABLE):
        assert proxy.held.wait(60)
        assert count_open_contexts(es, own_alias) == before + 1
    proxy.released.set()
    wait_for(lambda: count_open_contexts(es, own_alias) == before)
    answer(httpx.get(f"{url}/livez"))


def test_searches_at_once_are_bounded(tmp_path: Path, serve: StartServer) -> None:
    """A caller whose searches all wait is refused the next one; another caller is answered."""
    geocoder = SlowGeocoder()
    base = serve(build_frozen_app(geocoder=geocoder, concurrent_per_caller=2, search_deadline_s=3))
    slow = {"what": "MG", "where": "1 rue de la Paix, Mende"}
    with ThreadPoolExecutor(4) as pool, httpx.Client(base_url=base, timeout=20) as api:
        waiting = [pool.submit(api.post, "/v1/search", json=slow) for _ in range(2)]
        wait_for(lambda: geocoder.requests == len(waiting))
        refused = api.post("/v1/search", json=SEARCH_BODY)
        problem(refused, 429, "too_many_at_once")
        assert int(refused.headers["retry-after"]) > 0
        answer(api.get("/v1/me"))
        for late in waiting:
            problem(late.result(), 504, "search_timeout")
        answer(api.post("/v1/search", json=SEARCH_BODY))


def test_places_are_counted_for_each_and_for_all() -> None:
    one, two = (ClientId(kind, "x") for kind in (ClientKind.KEY, ClientKind.TOKEN))
    budget = ConcurrencyBudget(per_caller=1, in_all=2)
    with budget.open_place(one), pytest.raises(RequestRefused), budget.open_place(one):
        pass
    three = ClientId(ClientKind.ADDRESS, "x")
    with (
        budget.open_place(one),
        budget.open_place(two),
        pytest.raises(RequestRefused),
        budget.open_place(three),
    ):
        pass
    with budget.open_place(three):
        pass


async def test_readiness_is_read_once_for_all_who_ask(
    es_url: str, dozen_alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = LedgerClock()
    async with async_client(es_url) as client:
        calls = count_calls(client, monkeypatch)
        probe = ReadinessProbe(client, dozen_alias, 1, clock)
        readings = await asyncio.gather(*(probe.read() for _ in range(50)))
        assert len(calls) == 3
        assert all(reading == readings[0] for reading in readings)
        clock.now = 0.9
        await probe.read()
        assert len(calls) == 3
        clock.now = 1.0
        await probe.read()
        assert len(calls) == 6


async def test_one_who_leaves_stops_nobody_elses_reading(es_url: str, dozen_alias: str) -> None:
    async with async_client(es_url) as client:
        probe = ReadinessProbe(client, dozen_alias, 1)
        leaving, staying = (asyncio.ensure_future(probe.read()) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying)["status"] == "ready"  # type: ignore[index]


def count_calls(client: AsyncElasticsearch, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths requested of Elasticsearch, from now on."""
    calls: list[str] = []
    perform = client.transport.perform_request

    async def perform_counted(method: str, target: str, **rest: Any) -> Any:
        calls.append(target)
        return await perform(method, target, **rest)

    monkeypatch.setattr(client.transport, "perform_request", perform_counted)
    return calls
