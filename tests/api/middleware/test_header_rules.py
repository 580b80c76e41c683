"""Headers of one value, and the name under which the service is called."""

import socket

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import ValidationError

from api.app import ROUTERS
from api.middleware.header_rules import SINGLE_HEADERS, find_repeated_header
from api.security.schemes import KEY_HEADER
from api.settings import ApiSettings
from tests.api.conftest import StartServer, answer, build_frozen_app, problem

KEYS_FILE = "keys.json"


def call_twice(api: httpx.Client, name: str, values: tuple[str, str]) -> httpx.Response:
    """A request with a header twice."""
    return api.get("/livez", headers=[(name, value) for value in values])


@pytest.mark.parametrize(
    "name",
    ["Authorization", "X-API-Key", "X-SAS-Role", "Content-Type", "X-Request-Id", "Origin"],
)
@pytest.mark.parametrize("values", [("a", "b"), ("a", "a"), ("", "b")])
def test_a_header_of_one_value_is_given_once(
    api: httpx.Client, name: str, values: tuple[str, str]
) -> None:
    refused = problem(call_twice(api, name, values), 400, "repeated_header")
    assert refused["field"] == name.lower()


@pytest.mark.parametrize(
    "lines",
    [
        b"Host: localhost\r\nHost: localhost\r\n",
        b"Host: localhost\r\nHost: evil.example\r\n",
        b"Host: localhost\r\nhost: localhost\r\n",
        b"Host: localhost\r\nContent-Length: 0\r\nContent-Length: 0\r\n",
        b"Host: localhost\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        b"Host: localhost\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        b"X: no host\r\n",
        b"Host: localhost\r\nAuthorization: a\r\nX-API-Key: b\r\nAUTHORIZATION: c\r\n",
    ],
    ids=range(8),
)
def test_framing_and_host_are_given_once(api: httpx.Client, lines: bytes) -> None:
    place = (api.base_url.host, api.base_url.port or 0)
    with socket.create_connection(place, timeout=20) as raw:
        raw.sendall(b"POST /livez HTTP/1.1\r\n" + lines + b"\r\n")
        answered = raw.recv(4_096)
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answered


@pytest.mark.parametrize("name", ["Accept", "Via", "X-Forwarded-For", "Accept-Language"])
def test_a_header_that_is_a_list_may_be_repeated(api: httpx.Client, name: str) -> None:
    answer(call_twice(api, name, ("fr", "en") if "Accept" in name else ("127.0.0.1",) * 2))


def test_every_header_that_a_route_reads_has_one_value() -> None:
    """``If-None-Match`` is a list by definition: the second value only costs a whole answer."""
    dependants = [
        route.dependant
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
    ]
    read = set()
    while dependants:
        dependant = dependants.pop()
        dependants += dependant.dependencies
        read |= {field.alias.lower().encode() for field in dependant.header_params}
    assert read
    assert read | {KEY_HEADER.lower().encode(), b"authorization", b"host"} <= {
        *SINGLE_HEADERS,
        b"if-none-match",
    }


def test_names_are_compared_as_the_server_writes_them() -> None:
    assert find_repeated_header([(b"host", b"a"), (b"accept", b"b"), (b"accept", b"c")]) is None
    assert find_repeated_header([(b"host", b"a"), (b"accept", b"b"), (b"host", b"c")]) == "host"


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:1", "127.8.8.8:80", "[::1]:8000"],
)
def test_loopback_names_are_answered(api: httpx.Client, host: str) -> None:
    answer(api.get("/livez", headers={"Host": host}))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example@localhost",
        "localhost, evil.example",
        "127.1",
        "0.0.0.0",
        "[::]",
        "192.168.1.7",
        "sas",
        "localhost:80:80",
        "",
        "\xe9",
    ],
)
@pytest.mark.parametrize("path", ["/livez", "/v1/search?what=MG&insee=48095", "/docs"])
def test_without_authentication_no_other_name_is_answered(
    api: httpx.Client, host: str, path: str
) -> None:
    refused = api.get(path, headers={"Host": host.encode("latin-1")})
    problem(refused, 421, "host_unknown")


def test_declared_names_are_answered(serve: StartServer) -> None:
    url = serve(build_frozen_app(hosts=["SAS.example.fr", "10.1.2.3", "[2001:db8::7]"]))
    for host in (
        "sas.example.fr",
        "SAS.example.FR:443",
        "10.1.2.3:80",
        "[2001:db8::7]:1",
        "localhost",
    ):
        answer(httpx.get(f"{url}/livez", headers={"Host": host}))
    for host in ("other.example.fr", "10.1.2.4", "example.fr", "x.sas.example.fr"):
        problem(httpx.get(f"{url}/livez", headers={"Host": host}), 421, "host_unknown")


def test_with_authentication_names_are_declared_as_well(serve: StartServer) -> None:
    app = build_frozen_app(auth="jwt", hosts=["sas.fr"])
    url = serve(app)
    answer(httpx.get(f"{url}/livez", headers={"Host": "sas.fr"}))
    problem(httpx.get(f"{url}/livez", headers={"Host": "evil.example"}), 421, "host_unknown")


@pytest.mark.parametrize(
    "host", ["https://sas.fr", "sas.fr:443", "sas.fr/x", "*.sas.fr", "", "a b"]
)
def test_a_name_that_no_browser_sends_stops_the_start(host: str) -> None:
    with pytest.raises(ValidationError):
        ApiSettings(hosts=[host])
