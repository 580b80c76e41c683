"""What HTTP and JSON let anybody write: each oddity gets a typed answer, on every route."""

import re
import socket
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from api.openapi import find_body_models, find_sheet_routes
from tests.api.conftest import answer, build_frozen_app, problem

JSON = {"Content-Type": "application/json"}
PLACE = b'"insee": "48095"'
OFFER = "rpps:10000000101@1480000101"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
ROUTES: dict[str, Any] = build_frozen_app().openapi()["paths"]
"""Every route of the document, one added later included."""


def real(template: str) -> str:
    """A path of that template."""
    return re.sub(r"\{\w+\}", OFFER, template)


@pytest.mark.parametrize("template", ROUTES)
def test_every_other_method_is_refused_with_those_allowed(api: httpx.Client, template: str) -> None:
    served = {method.upper() for method in ROUTES[template]}
    for method in METHODS - served - {"CONNECT"}:  # CONNECT never names a path
        refused = api.request(method, real(template))
        if method == "HEAD":
            assert (refused.status_code, refused.content) == (405, b"")
        else:
            problem(refused, 405, "method_not_allowed")
        assert set(refused.headers["allow"].split(", ")) == served


UNKNOWN = ((404, "not_found"), (404, "offer_not_found"))
BAD_IDENTIFIER = ((422, "invalid_parameter"), (428, "precondition_required"))


@pytest.mark.parametrize("template", ROUTES)
def test_a_path_is_taken_to_the_letter(api: httpx.Client, template: str) -> None:
    path = real(template)
    written = (f"{path}/", f"/{path}", path.replace("/", "//"), f"{path};v=1", f"{path}%00")
    for method in ROUTES[template]:
        for other in (*written, f"{path}%2F", path[:-1] + path[-1].upper()):
            response = api.request(
                method, httpx.URL(str(api.base_url)).join("/").copy_with(raw_path=other.encode())
            )
            if other != path:
                told = (response.status_code, response.json()["code"])
                assert told in UNKNOWN or (told in BAD_IDENTIFIER and template[-1] == "}"), other


@pytest.mark.parametrize("template", ROUTES)
def test_no_page_of_another_origin_may_read(api: httpx.Client, template: str) -> None:
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    for method in (*ROUTES[template], "OPTIONS"):
        headers = api.request(method, real(template), headers=asked).headers
        assert [name for name in headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("rpps%3A10000000101%401480000101", None),
        ("a%2Fb", "not_found"),
        ("..%2F..%2Fetc", "not_found"),
        ("a%00b", "offer_not_found"),
        ("%FF", "offer_not_found"),
        ("%20", "offer_not_found"),
        ("%ED%A0%80", "offer_not_found"),
        ("*", "offer_not_found"),
        ("_search", "offer_not_found"),
        ("x" * 5_000, "offer_not_found"),
    ],
)
@pytest.mark.parametrize("end", ["", "/slots"])
def test_an_identifier_is_never_a_path(
    api: httpx.Client, written: str, code: str | None, end: str
) -> None:
    response = api.get(f"/v1/offers/{written}{end}")
    if code is None:
        assert answer(response)["id"] == OFFER
    else:
        problem(response, 404, code)


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        (b"what=%FF%FE&insee=48095", "query_too_short", "what"),
        (b"what=MG&insee=48095&x%00=1", "unknown_parameter", None),
        (b"what=MG&insee=48095&=3", "unknown_parameter", None),
        (b"what=MG&insee=48095&page=1e3", "invalid_parameter", "page"),
        (b"what=MG&insee=48095&page=99999999999999999999999", "invalid_parameter", "page"),
        (b"what=MG&insee=48095&size=" + b"9" * 5_000, "invalid_parameter", "size"),
        (b"what=MG&insee=48095&seed=-1", "invalid_parameter", "seed"),
        (b"what=MG&insee=48095&size=%D9%A5", "invalid_parameter", "size"),
        (b"what=MG&lat=1e999&lon=0", "invalid_parameter", "lat"),
        (b"what=MG&lat=-inf&lon=0", "invalid_parameter", "lat"),
        (b"what=MG&lat=NaN&lon=0", "invalid_parameter", "lat"),
        (b"what=MG&what=MG&insee=48095", "invalid_parameter", "what"),
    ],
)
def test_a_query_string_that_is_odd_is_refused(
    api: httpx.Client, query: bytes, code: str, field: str | None
) -> None:
    url = api.base_url.copy_with(raw_path=b"/v1/search?" + query)
    refused = problem(api.get(url), 422, code)
    assert field is None or refused["field"] == field


@pytest.mark.parametrize("query", [b"what=MG&&insee=48095&", b"what=%00MG&insee=48095"])
def test_a_query_string_that_can_be_read_is_answered(api: httpx.Client, query: bytes) -> None:
    answer(api.get(api.base_url.copy_with(raw_path=b"/v1/search?" + query)))


@pytest.mark.parametrize(
    "body",
    [
        b'{"what": "MG", "lat": NaN, "lon": 0}',
        b'{"what": "MG", "lat": Infinity, "lon": 0}',
        b'{"what": "MG", "lat": -Infinity, "lon": 0}',
        b'{"what": "MG", %s, "page": %s}' % (PLACE, b"9" * 5_000),
        b'{"what": %s}' % (b"[" * 7_000 + b"]" * 7_000),
        b"[" * 16_000,
        b'{"a":' * 2_500,
        b'{"what": "m\xe9decin", %s}' % PLACE,
        b'\xef\xbb\xbf{"what": "MG", %s}' % PLACE,
        '{"what": "MG", "insee": "48095"}'.encode("utf-16"),
        b'{"what": "MG", %s}x' % PLACE,
        b'{"what": "MG\x00", %s}' % PLACE,
        b"{'what': 'MG'}",
        b'{"what": "MG", %s,}' % PLACE,
        b'{"what": "MG" /* */, %s}' % PLACE,
    ],
    ids=range(15),
)
@pytest.mark.parametrize("path", [path for path in ROUTES if "post" in ROUTES[path]])
def test_a_body_that_is_no_json_is_a_400(api: httpx.Client, path: str, body: bytes) -> None:
    problem(api.post(path, content=body, headers=JSON), 400, "malformed_body")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"what": "MG", "what": "pharmacie", %s}' % PLACE, "what"),
        (b'{"what": "MG", %s, %s}' % (PLACE, PLACE), "insee"),
        (b'{"what": {"a": 1, "a": 2}, %s}' % PLACE, "a"),
        (b'{"what": "MG", %s, "page": %s}' % (PLACE, b"9" * 4_000), "page"),
        (b'{"what": "MG", "lon": 0, "lat": %s}' % (b"9" * 4_000), "lat"),
        (b'{"what": "MG", "lon": 0, "lat": 1e400}', "lat"),
        (b'{"what": "MG", %s, "seed": 18446744073709551616}' % PLACE, "seed"),
        (b'{"what": "MG", %s, "size": 5.5}' % PLACE, "size"),
        (b'{"what": "MG", %s, "size": null}' % PLACE, "size"),
        (b'{"what": %s, %s}' % (b"[" * 500 + b"]" * 500, PLACE), "what"),
        (b'{"what": "\\ud800 mende", %s}' % PLACE, "what"),
    ],
    ids=range(11),
)
def test_a_body_that_is_odd_names_the_criterion(api: httpx.Client, body: bytes, field: str) -> None:
    refused = problem(api.post("/v1/search", content=body, headers=JSON), 422, "invalid_parameter")
    assert refused["field"] == field


def test_a_name_given_twice_is_not_repeated_to_the_caller_beyond_its_name(
    api: httpx.Client,
) -> None:
    body = b'{"what": "Lanvollon", "what": "Kerguestenen", %s}' % PLACE
    refused = api.post("/v1/search", content=body, headers=JSON)
    assert problem(refused, 422, "invalid_parameter")["detail"].startswith("Ce critère ne se donne")
    assert "Kerguestenen" not in refused.text


@pytest.mark.parametrize(
    "sent",
    [
        b"BREW /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1/offers/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: \x00\r\n\r\n",
        b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x00\r\n\r\n",
    ],
)
def test_bytes_that_are_no_http_end_at_the_server(api: httpx.Client, sent: bytes) -> None:
    place = (api.base_url.host, api.base_url.port or 0)
    with socket.create_connection(place, timeout=5) as raw:
        raw.sendall(sent)
        assert raw.recv(4_096).startswith(b"HTTP/1.1 400 ")
    answer(api.get("/livez"))


def test_every_body_is_parsed_strictly() -> None:
    """A body that the framework reads itself would be parsed leniently, before any identity."""
    routes = [route for router in ROUTERS for route in router.routes]
    writing = {"post", "put", "patch"}
    documented = [path for path, methods in ROUTES.items() if writing & set(methods)]
    assert [one for one in routes if isinstance(one, APIRoute) and one.body_field is not None] == []
    read = {path for path, _ in [*find_body_models(ROUTERS), *find_sheet_routes(ROUTERS)]}
    assert read == set(documented)
    assert len(documented) >= 5
