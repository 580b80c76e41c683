"""What we call fails in the middle of a request: a typed answer, within the deadline."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import GeocoderSettings
from tests.api.conftest import StartServer, answer, build_frozen_app, problem
from tests.geography.conftest import FakeAddressService
from tests.geography.conftest import service as imitated_service
from tests.suite.waiting import PATIENCE_S, wait_for

address_service = imitated_service

SEARCH_BODY = {"what": "MG", "insee": "48095"}
CARD = "/v1/offers/rpps:10000000101@1480000101"
ROUTES: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "search": lambda api: api.post("/v1/search", json=SEARCH_BODY),
    "link": lambda api: api.get("/v1/search", params=SEARCH_BODY),
    "suggest": lambda api: api.post("/v1/suggest", json={"text": "boidin"}),
    "offer": lambda api: api.get(CARD),
    "slots": lambda api: api.get(f"{CARD}/slots"),
    "ready": lambda api: api.get("/readyz"),
}


class FaultyProxy:
    """A way to a server that lets so many bytes of each answer through, then fails."""

    def __init__(self, target: str, *, after: int, then: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.after, self.then = after, then
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}{parts.path}"
        self.fault_count = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def stop_faults(self) -> None:
        """Let whole answers through from the next connection on."""
        self.then = "nothing"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                far = socket.create_connection(self._target)
                threading.Thread(target=_pump, args=(near, far), daemon=True).start()
                threading.Thread(target=self._answer, args=(far, near), daemon=True).start()

    def _answer(self, far: socket.socket, near: socket.socket) -> None:
        if self.then == "nothing":
            _pump(far, near)
            return
        with suppress(OSError):
            start = far.recv(self.after)
            self.fault_count += 1
            near.sendall(start)
            if self.then == "hang":
                while far.recv(65_536):
                    continue
        _close(near, far)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            sink.sendall(chunk)
    _close(source, sink)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


StartFaultyProxy = Callable[..., FaultyProxy]


@pytest.fixture
def start_faulty_proxy(
    es_url: str, environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartFaultyProxy]:
    """``spoil(after=..., then=...)``: the application reaches Elasticsearch through it."""
    made: list[FaultyProxy] = []

    def start(**faults: Any) -> FaultyProxy:
        made.append(FaultyProxy(es_url, **faults))
        monkeypatch.setenv("SAS_ELASTICSEARCH_URL", made[-1].url)
        return made[-1]

    yield start
    for spoiler in made:
        spoiler.listening.close()


@pytest.mark.proves("F072", "W19", "W20")
@pytest.mark.parametrize("after", [20, 200])
@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_of_elasticsearch_cut_in_the_middle(
    start_faulty_proxy: StartFaultyProxy, serve: StartServer, route: str, after: int
) -> None:
    """In its headers, or in its body: never an empty page, never a fault of ours."""
    spoiler = start_faulty_proxy(after=after, then="cut")
    with httpx.Client(
        base_url=serve(build_frozen_app(search_deadline_s=PATIENCE_S)), timeout=2 * PATIENCE_S
    ) as api:
        refused = ROUTES[route](api)
        problem(refused, 503, "search_unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert spoiler.fault_count > 0
        spoiler.stop_faults()
        wait_for(lambda: ROUTES[route](api).status_code == 200)
        answer(ROUTES[route](api))


@pytest.mark.proves("F072", "W20")
@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_of_elasticsearch_that_stays_in_the_middle(
    start_faulty_proxy: StartFaultyProxy, serve: StartServer, route: str
) -> None:
    spoiler = start_faulty_proxy(after=200, then="hang")
    with httpx.Client(
        base_url=serve(build_frozen_app(search_deadline_s=1)), timeout=2 * PATIENCE_S
    ) as api:
        refused = ROUTES[route](api)
        problem(refused, 504, "search_timeout")
        wait_for(lambda: spoiler.fault_count)
        answer(api.get("/livez"))


FAILURES: dict[str, dict[str, Any]] = {
    "slow": {"delay_s": PATIENCE_S},
    "ill": {"status": 500},
    "overloaded": {"status": 429, "headers": {"Retry-After": "60"}},
    "babbling": {"body": b"<html>"},
    "of another shape": {"body": b"[]"},
}


@pytest.mark.proves("F072", "F123", "W20")
@pytest.mark.parametrize("failure", [*FAILURES, "cut", "hanging"])
def test_the_address_service_fails_in_the_middle(
    address_service: FakeAddressService, serve: StartServer, failure: str
) -> None:
    """A text that only it knows is a 503 at once; a commune is still found, and nobody waits."""
    base = address_service.base
    if failure in FAILURES:
        vars(address_service).update(FAILURES[failure])
    else:
        base = FaultyProxy(base, after=60, then="cut" if failure == "cut" else "hang").url
    geocoder = Geocoder(GeocoderSettings(url=base, timeout_ms=500))
    with httpx.Client(base_url=serve(build_frozen_app(geocoder)), timeout=2 * PATIENCE_S) as api:
        asked = {"what": "MG", "where": "zone Kerguestenen"}
        for _ in range(2):
            refused = api.post("/v1/search", json=asked)
            problem(refused, 503, "geocoder_unavailable")
            assert int(refused.headers["retry-after"]) > 0
            assert "Kerguestenen" not in refused.text
        known = answer(api.post("/v1/search", json={"what": "MG", "where": "rue du Lac, Mende"}))
        assert known["area"]["source"] == "gazetteer"
        places = answer(api.post("/v1/places", json={"text": "mende"}))
        assert (places["partial"], places["city"][0]["insee"]) == (True, "48095")
