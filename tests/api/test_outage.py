"""Elasticsearch stopped, slow or empty; a slow geocoder; requests beside each other."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import IndexName
from mappings.offers import SCHEMA_VERSION, offers_mapping, offers_settings
from tests.api.conftest import NOW, StartServer, answer, build_frozen_app, problem
from tests.conftest import CreateOffers
from tests.geography.empty_geocoder import SlowGeocoder
from tests.suite.waiting import PATIENCE_S, wait_for

SEARCH_BODY = {"what": "MG", "insee": "48095"}


class ClosableProxy:
    """A way to Elasticsearch that can be shut and opened again on the same port."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 9200)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, args=[self._listening], daemon=True).start()

    def shut(self) -> None:
        """As if the node had been stopped: connections end, new ones are refused."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def open(self) -> None:
        """As if it had been started again."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._listening], daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            sink.sendall(chunk)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def closable_proxy(
    es_url: str, environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ClosableProxy]:
    """The application reaches Elasticsearch through this gate."""
    gate = ClosableProxy(es_url)
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", f"http://127.0.0.1:{gate.port}")
    yield gate
    gate.shut()


@pytest.mark.proves("F072", "W19", "W20")
def test_elasticsearch_stopped_in_the_middle_and_started_again(
    closable_proxy: ClosableProxy, serve: StartServer
) -> None:
    with httpx.Client(base_url=serve(build_frozen_app()), timeout=PATIENCE_S) as api:
        answer(api.post("/v1/search", json=SEARCH_BODY))
        answer(api.get("/readyz"))
        closable_proxy.shut()
        assert answer(api.get("/livez")) == {"status": "alive"}
        wait_for(lambda: api.get("/readyz").status_code == 503)
        problem(api.get("/readyz"), 503, "search_unavailable")
        refused = api.post("/v1/search", json=SEARCH_BODY)
        problem(refused, 503, "search_unavailable")
        assert int(refused.headers["retry-after"]) > 0
        problem(api.get("/v1/offers/rpps:10000000101@1480000101"), 503, "search_unavailable")
        closable_proxy.open()
        wait_for(lambda: api.get("/readyz").status_code == 200)
        answer(api.post("/v1/search", json=SEARCH_BODY))


def test_the_service_starts_without_elasticsearch(
    environment: None, serve: StartServer, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> None:
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", f"http://127.0.0.1:{dead_port}")
    with httpx.Client(base_url=serve(build_frozen_app()), timeout=PATIENCE_S) as api:
        answer(api.get("/livez"))
        problem(api.get("/readyz"), 503, "search_unavailable")
        problem(api.post("/v1/search", json=SEARCH_BODY), 503, "search_unavailable")


def test_a_service_without_index_is_alive_and_not_ready(
    environment: None, serve: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAS_INDEX_PREFIX", "nothing-loaded")
    with httpx.Client(base_url=serve(build_frozen_app())) as api:
        answer(api.get("/livez"))
        problem(api.get("/readyz"), 503, "index_missing")
        problem(api.post("/v1/search", json=SEARCH_BODY), 503, "index_missing")


def test_ready_tells_what_is_searched(api: httpx.Client, dozen_alias: str) -> None:
    state = answer(api.get("/readyz"))
    assert (state["status"], state["alias"], state["offers"]) == ("ready", dozen_alias, 13)
    assert state["schema_version"] == SCHEMA_VERSION


def test_too_few_offers_is_not_ready(serve: StartServer) -> None:
    response = httpx.get(f"{serve(build_frozen_app(ready_floor=14))}/readyz")
    problem(response, 503, "index_too_small")


def test_an_index_of_another_schema_is_not_ready(
    es: Elasticsearch,
    environment: None,
    index_prefix: str,
    serve: StartServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = IndexName(index_prefix, schema=SCHEMA_VERSION + 1, stamp=NOW)
    lifecycle.create_index(es, other, offers_settings(), offers_mapping())
    lifecycle.swap_alias(es, other.alias, other)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    problem(httpx.get(f"{serve(build_frozen_app())}/readyz"), 503, "schema_mismatch")


def test_an_index_built_with_another_schema_and_migrated_in_place_is_ready(
    es: Elasticsearch,
    environment: None,
    index_prefix: str,
    serve: StartServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = IndexName(index_prefix, schema=SCHEMA_VERSION + 1, stamp=NOW)
    lifecycle.create_index(es, older, offers_settings(), offers_mapping())
    es.indices.put_mapping(index=str(older), meta={"schema_version": SCHEMA_VERSION})
    lifecycle.swap_alias(es, older.alias, older)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    response = httpx.get(f"{serve(build_frozen_app(ready_floor=0))}/readyz")
    assert answer(response)["schema_version"] == SCHEMA_VERSION


def test_a_reindex_under_a_running_service_is_seen_within_a_second(
    create_offers: CreateOffers,
    environment: None,
    index_prefix: str,
    serve: StartServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create_offers([])
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    with httpx.Client(base_url=serve(build_frozen_app())) as api:
        problem(api.get("/readyz"), 503, "index_too_small")
        create_offers([{"id": "finess:480000123", "kind": "structure", "timezone": "Europe/Paris"}])
        wait_for(lambda: api.get("/readyz").status_code == 200)
        assert answer(api.get("/readyz"))["offers"] == 1


def test_a_slow_geocoder_delays_nobody_else(serve: StartServer) -> None:
    geocoder = SlowGeocoder()
    base = serve(build_frozen_app(geocoder=geocoder, search_deadline_s=PATIENCE_S))
    slow = {"what": "MG", "where": "1 rue de la Paix, Mende"}
    with ThreadPoolExecutor(4) as pool, httpx.Client(base_url=base, timeout=PATIENCE_S) as api:
        waiting = [pool.submit(api.post, "/v1/search", json=slow) for _ in range(3)]
        wait_for(lambda: geocoder.requests == len(waiting))
        answer(api.get("/livez"))
        answer(api.post("/v1/search", json=SEARCH_BODY))
        assert not any(late.done() for late in waiting)
        geocoder.released = True
        for late in waiting:
            problem(late.result(), 422, "place_not_found")


def test_a_geocoder_slower_than_the_deadline_is_a_504(serve: StartServer) -> None:
    url = serve(build_frozen_app(geocoder=SlowGeocoder(), search_deadline_s=0.5))
    asked = {"what": "MG", "where": "1 rue de la Paix, Mende"}
    problem(httpx.post(f"{url}/v1/search", json=asked, timeout=PATIENCE_S), 504, "search_timeout")
