"""Query strings in any encoding, with any number of names: read one way, in bounded time."""

import socket
import time
from urllib.parse import quote

import httpx
import pytest

from search_engine.request.query_string import (
    MAX_PARAMETERS,
    QueryStringUnreadable,
    TooManyParameters,
    find_repeated,
    normalize_query_string,
    parse_query_string,
)
from tests.api.conftest import ALPHA, StartServer, answer, build_frozen_app, problem

PLACE = b"insee=48095&"
UTF8, OLDER = quote("Pédiatrie", encoding="utf-8"), quote("Pédiatrie", encoding="cp1252")


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        (b"", []),
        (b"a=P%C3%A9diatrie", [("a", "Pédiatrie")]),
        (b"a=P%E9diatrie", [("a", "Pédiatrie")]),
        ("a=Pédiatrie".encode(), [("a", "Pédiatrie")]),
        ("a=Pédiatrie".encode("latin-1"), [("a", "Pédiatrie")]),
        (b"a=c%9Cur&b=c%C5%93ur", [("a", "cœur"), ("b", "cœur")]),
        (b"a=L%92Isle+d%92Abeau", [("a", "L\u2019Isle d\u2019Abeau")]),
        (b"%E9=1&a", [("é", "1"), ("a", "")]),
        (b"a=1%262&b=%2", [("a", "1&2"), ("b", "%2")]),
    ],
)
def test_a_query_string_is_read_in_utf_8_or_windows_1252(
    raw: bytes, pairs: list[tuple[str, str]]
) -> None:
    assert parse_query_string(raw) == pairs
    assert parse_query_string(normalize_query_string(raw)) == pairs
    assert normalize_query_string(normalize_query_string(raw)) == normalize_query_string(raw)


@pytest.mark.parametrize("raw", [b"a=%81", b"a=\x9d", b"%8F%C3=1"])
def test_bytes_of_no_encoding_are_refused(raw: bytes) -> None:
    with pytest.raises(QueryStringUnreadable):
        normalize_query_string(raw)


def test_names_are_counted_in_linear_time() -> None:
    """No timing: the number of names is bounded, and each is counted once."""
    with pytest.raises(TooManyParameters):
        normalize_query_string(b"&".join([b"a"] * (MAX_PARAMETERS + 1)))
    assert len(parse_query_string(b"&".join([b"a"] * MAX_PARAMETERS))) == MAX_PARAMETERS
    names = [f"n{number // 2}" for number in range(100_000)]
    started = time.perf_counter()
    assert len(find_repeated(names)) == 20
    assert time.perf_counter() - started < 2, "one after the other it takes minutes"


def send_raw(api: httpx.Client, target: bytes) -> httpx.Response:
    """The answer to a target sent as it is, whatever its bytes."""
    head = b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection((api.base_url.host, api.base_url.port or 80), 10) as line:
        line.sendall(head)
        received = b""
        while chunk := line.recv(65_536):
            received += chunk
    start, _, body = received.partition(b"\r\n\r\n")
    lines = start.decode("latin-1").split("\r\n")
    headers = [tuple(one.split(": ", 1)) for one in lines[1:]]
    plain = [(n, v) for n, v in headers if n.lower() != "transfer-encoding"]
    return httpx.Response(int(lines[0].split()[1]), headers=plain, content=body)


@pytest.mark.parametrize("written", [UTF8, OLDER])
def test_a_search_by_link_reads_both(api: httpx.Client, written: str) -> None:
    page = answer(send_raw(api, f"/v1/search?insee=48095&mode=all&what={written}".encode()))
    assert "diatrie" in page["query"]["label"]
    assert "\N{REPLACEMENT CHARACTER}" not in str(page)


@pytest.mark.parametrize("written", [UTF8, OLDER])
@pytest.mark.usefixtures("registry")
def test_a_link_of_dispatch_software_reads_both(serve: StartServer, written: str) -> None:
    link = f"/v1/lrm/search?origin={ALPHA}&inseecode=48095&speciality={written}"
    with httpx.Client(base_url=serve(build_frozen_app())) as api:
        page = answer(send_raw(api, link.encode()))
    assert page["lrm"]["resolved"]["specialty"]["label"] == "Pédiatrie"


ROUTES = ["/v1/search", "/v1/lrm/search", "/v1/cpts", "/v1/cpts/480000999/members", "/v1/me"]


@pytest.mark.parametrize("route", [*ROUTES, "/livez", "/v1/territories"])
def test_a_query_string_that_cannot_be_read_is_refused_by_every_route(
    api: httpx.Client, route: str
) -> None:
    problem(send_raw(api, f"{route}?x=%81".encode()), 400, "query_unreadable")
    many = "&".join(f"x{number}" for number in range(1_000))
    problem(send_raw(api, f"{route}?{many}".encode()), 400, "too_many_parameters")


def test_thousands_of_unknown_names_in_a_body_are_told_in_bounded_number(
    api: httpx.Client,
) -> None:
    body = {"what": "MG", "insee": "48095"} | {f"x{n}": 1 for n in range(1_200)}
    told = problem(api.post("/v1/search", json=body), 422, "unknown_parameter")
    assert len(told["errors"]) == 20
