"""Something else answers in place of Elasticsearch, or its index is closed: a 503, told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from elasticsearch import Elasticsearch

from tests.api.conftest import StartServer, answer, build_frozen_app, problem
from tests.conftest import CreateOffers
from tests.suite.serving import serve_beside

SEARCH_BODY = {"what": "MG", "insee": "48095"}
CARD = "/v1/offers/rpps:10000000101@1480000101"
ROUTES: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "search": lambda api: api.post("/v1/search", json=SEARCH_BODY),
    "stable": lambda api: api.post("/v1/search", json={**SEARCH_BODY, "stable": True}),
    "members": lambda api: api.post("/v1/cpts/480000999/members", json=SEARCH_BODY),
    "cpts": lambda api: api.get("/v1/cpts", params={"insee": "48095"}),
    "suggest": lambda api: api.post("/v1/suggest", json={"text": "boidin"}),
    "offer": lambda api: api.get(CARD),
    "sources": lambda api: api.get("/v1/sources"),
    "ready": lambda api: api.get("/readyz"),
}


@dataclass
class ForeignServer:
    """What a server that is no Elasticsearch answers to everything."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def foreign(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForeignServer]:
    """The application reaches it instead of Elasticsearch."""
    result = ForeignServer()

    class ForeignHandler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(result.status)
            for name, value in result.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(result.body)))
            self.end_headers()
            self.wfile.write(result.body)

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), ForeignHandler)
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", f"http://127.0.0.1:{server.server_port}")
    with serve_beside(server):
        yield result


PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
JSON, HTML = {"Content-Type": "application/json"}, {"Content-Type": "text/html"}
TAKEN = b'{"took":1,"timed_out":false,"_shards":{"failed":0},"hits":'
FOREIGN_ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "page of a portal": (200, HTML, b"<html>Bienvenue</html>"),
    "page with the product": (200, HTML | PRODUCT, b"<html>Bienvenue</html>"),
    "another product": (200, JSON, b'{"ok": true}'),
    "empty object": (200, JSON | PRODUCT, b"{}"),
    "list": (200, JSON | PRODUCT, b"[]"),
    "number": (200, JSON | PRODUCT, b"7"),
    "nothing": (200, JSON | PRODUCT, b""),
    "deep": (200, JSON | PRODUCT, b"[" * 100_000),
    "no answers": (200, JSON | PRODUCT, b'{"responses": [], "id": 1}'),
    "answers of numbers": (200, JSON | PRODUCT, b'{"responses": [1, 2, 3, 4]}'),
    "hits of numbers": (200, JSON | PRODUCT, TAKEN + b'{"total":{"value":2},"hits":[1,2]}}'),
    "hits of nothing": (200, JSON | PRODUCT, TAKEN + b'{"total":{"value":2},"hits":[{}]}}'),
    "point in time of a number": (200, JSON | PRODUCT, b'{"id": 7}'),
    "point in time of words": (200, JSON | PRODUCT, b'{"id": "no point in time at all"}'),
    "login": (302, HTML | {"Location": "/login"}, b""),
    "bad request of a proxy": (400, HTML, b"<html>400</html>"),
    "not found of a proxy": (404, HTML, b"<html>404</html>"),
    "error of another shape": (400, JSON | PRODUCT, b'{"error": [1]}'),
    "unavailable": (503, HTML, b"<html>503</html>"),
}


@pytest.mark.parametrize("odd", FOREIGN_ANSWERS)
def test_what_is_no_elasticsearch_is_an_unavailable_search(
    foreign: ForeignServer, serve: StartServer, odd: str
) -> None:
    foreign.status, foreign.headers, foreign.body = FOREIGN_ANSWERS[odd]
    with httpx.Client(base_url=serve(build_frozen_app()), timeout=30) as api:
        for route, send in ROUTES.items():
            refused = send(api)
            assert refused.status_code == 503, (route, refused.text)
            assert int(refused.headers["retry-after"]) > 0
            assert refused.headers["content-type"] == "application/problem+json"
        answer(api.get("/livez"))


@pytest.fixture
def dormant_index(
    es: Elasticsearch,
    create_offers: CreateOffers,
    environment: None,
    index_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """An index without offers that the application searches, closed."""
    alias = create_offers([])
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    [name] = es.indices.get_alias(name=alias)
    es.indices.close(index=name)
    return str(name)


def test_a_closed_index_is_told_and_opens_again(
    es: Elasticsearch, dormant_index: str, serve: StartServer
) -> None:
    with httpx.Client(base_url=serve(build_frozen_app(ready_floor=0)), timeout=30) as api:
        for route in ("search", "stable", "cpts", "suggest", "offer", "ready"):
            refused = ROUTES[route](api)
            problem(refused, 503, "index_closed")
            assert int(refused.headers["retry-after"]) > 0
        es.indices.open(index=dormant_index)
        answer(ROUTES["search"](api))
