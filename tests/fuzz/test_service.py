"""The service itself under damaged requests and damaged answers of Elasticsearch: never a 500."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import httpx
import orjson
import pytest

from tests.api.conftest import ALPHA, StartServer, answer, build_frozen_app
from tests.api.routes.test_query_strings import send_raw
from tests.fuzz.damage import damage_bytes, damage_document, list_examples
from tests.fuzz.damaging_proxy import DamagingProxy, open_damaging_proxy
from tests.suite.repetitions import Repetitions

SEARCH_BODY: dict[str, Any] = {
    "what": "MG",
    "insee": "48095",
    "mode": "all",
    "size": 5,
    "treating_doctor": "Boidin",
    "facets": True,
}
LINK = {"origin": ALPHA, "specialty": "MG", "inseecode": "48095", "practitioner": "Boidin"}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/search": SEARCH_BODY,
    "/v1/cpts/480000999/members": SEARCH_BODY,
    "/v1/suggest": {"text": "boidin", "insee": "48095"},
    "/v1/places": {"text": "mende"},
    "/v1/lrm/search": LINK,
}
LINKS = [
    b"/v1/search?what=MG&insee=48095&mode=all&kind=professional&page=1&size=5",
    b"/v1/lrm/search?origin=1.2.250.1.999.1&speciality=P%E9diatrie&inseecode=48095",
    b"/v1/cpts?insee=48095",
    b"/v1/offers/rpps:10000000101@1480000101/slots",
    b"/v1/cpts/480000999/members?what=MG&insee=48095",
]
REQUESTS: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "search": lambda api: api.post("/v1/search", json=SEARCH_BODY),
    "stable": lambda api: api.post("/v1/search", json={**SEARCH_BODY, "stable": True, "size": 1}),
    "empty": lambda api: api.post("/v1/search", json={"what": "hoarau", "department": "48"}),
    "members": lambda api: api.post("/v1/cpts/480000999/members", json=SEARCH_BODY),
    "cpts": lambda api: api.get("/v1/cpts", params={"insee": "48095"}),
    "suggest": lambda api: api.post("/v1/suggest", json={"text": "boidin"}),
    "offer": lambda api: api.get("/v1/offers/rpps:10000000101@1480000101"),
    "link": lambda api: api.get("/v1/lrm/search", params=LINK),
    "sources": lambda api: api.get("/v1/sources"),
    "ready": lambda api: api.get("/readyz"),
}
JSON = {"Content-Type": "application/json"}
KNOWN = {200, 400, 401, 403, 404, 405, 408, 413, 414, 415, 422, 429, 431, 503, 504}


def check_typed(response: httpx.Response, example: str) -> None:
    """A success or a problem document of a known status.

    A request line that is no HTTP is refused by the HTTP server itself, in plain text.
    """
    assert response.status_code in KNOWN, (example, response.status_code, response.text)
    if response.status_code == 400 and "json" not in response.headers["content-type"]:
        return
    body = orjson.loads(response.content)
    assert response.status_code == 200 or body["code"] != "internal_error", example


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.usefixtures("registry")
def test_damaged_bodies(repetitions: Repetitions, api: httpx.Client, path: str) -> None:
    sound = orjson.dumps(BODIES[path])
    for number, random in enumerate(list_examples(path, repetitions.damaged_inputs)):
        sent = damage_document(random, sound)
        check_typed(api.post(path, content=sent, headers=JSON), f"{path} {number}")


@pytest.mark.usefixtures("registry")
def test_damaged_links(repetitions: Repetitions, api: httpx.Client) -> None:
    for number, random in enumerate(list_examples("links", repetitions.damaged_inputs)):
        link = random.choice(LINKS)
        path, mark, query = link.partition(b"?")
        damaged = _keep_in_a_line(damage_bytes(random, query or path[1:]))
        target = path + mark + damaged if query else b"/" + damaged
        check_typed(send_raw(api, target), f"links {number}")


def _keep_in_a_line(target: bytes) -> bytes:
    """Without the bytes that end a request line, which are the matter of the HTTP server."""
    return bytes(byte for byte in target if byte > 32 and byte not in b"\x7f#?")


@pytest.fixture
def proxy(
    es_url: str, environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DamagingProxy]:
    """The application reaches Elasticsearch through it."""
    with open_damaging_proxy(es_url) as proxy:
        monkeypatch.setenv("SAS_ELASTICSEARCH_URL", proxy.url)
        yield proxy


@pytest.mark.usefixtures("registry")
def test_damaged_answers_of_elasticsearch(
    repetitions: Repetitions, proxy: DamagingProxy, serve: StartServer
) -> None:
    settings = {"stable_per_caller": 10_000, "stable_in_all": 10_000}
    with httpx.Client(base_url=serve(build_frozen_app(**settings)), timeout=60) as api:
        for name, send in REQUESTS.items():
            answer(send(api))
            for random in list_examples(f"answers to {name}", repetitions.damaged_inputs):
                proxy.damage = build_damage(random)
                check_typed(send(api), f"answers to {name}")
            proxy.damage = None
        answer(REQUESTS["search"](api))


def build_damage(random: Random) -> Callable[[bytes], bytes]:
    """A damage to every answer while one request is served.

    The id of a point in time is opaque: one of the right form can only be believed.
    """

    def damage(sound: bytes) -> bytes:
        is_opaque = not sound or sound.startswith(b'{"id":')
        return sound if is_opaque else damage_document(random, sound)

    return damage
