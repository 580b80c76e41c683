"""What a connection may send: each bound is a problem document, and the connection is closed."""

import socket

import httpx
import pytest

from tests.api.door.served_process import (
    GET,
    ServedProcess,
    is_closed,
    read_problem,
    read_response,
    send_until_closed,
    wait_until_cut,
)

HOST = b"Host: localhost\r\n"
POST = b"POST /v1/search HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"1000\r\n" + b" " * 4_096 + b"\r\n"
MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "target_too_long"),
        (b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "target_too_long"),
        (b"GET /?" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "target_too_long"),
        (b"GET /" + b"a" * 17_000, 414, "target_too_long"),
        (b"GET /livez" + b" " * 80_000, 431, "headers_too_large"),
        (b"\r\n" * 40_000, 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 80_000, 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"a" * 80_000, 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X:" + b" " * 80_000, 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 101, 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431, None),
        (CHUNKED + b"0\r\nX: " + b"a" * 80_000, 431, "headers_too_large"),
        (CHUNKED + b"1;x=" + b"a" * 80_000, 431, "headers_too_large"),
        (CHUNKED + b"zz\r\n", 400, "bad_request"),
        (CHUNKED.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n", 400, "bad_request"),
        (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400, "bad_request"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad_request"),
        (b"GET http://evil.example/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400, "bad_request"),
        (b"\x16\x03\x01\x00\r\n\r\n", 400, "bad_request"),
    ],
    ids=range(19),
)
def test_what_passes_a_bound_is_refused_and_its_connection_closed(
    server: ServedProcess, sent: bytes, status: int, code: str | None
) -> None:
    with server.connect() as connection:
        send_until_closed(connection, sent, len(sent))
        answered = read_problem(connection)
        assert answered == (status, code or "headers_too_large")
        assert is_closed(connection)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /v1/offers/" + b"a" * 15_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /" + b"a" * 15_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /livez HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 99 + b"\r\n", 200),
        (b"GET /livez HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 15_000 + b"\r\n\r\n", 200),
        (b"\r\n\r\nGET /livez HTTP/1.1\r\n" + HOST + b"\r\n", 200),
        (b"GET http://localhost:80/livez HTTP/1.1\r\nHost: localhost:80\r\n\r\n", 200),
    ],
    ids=range(6),
)
def test_what_is_within_the_bounds_is_answered(
    server: ServedProcess, sent: bytes, status: int
) -> None:
    with server.connect() as connection:
        connection.sendall(sent)
        assert read_response(connection)[0] == status


def test_headers_byte_by_byte_are_counted_as_well(server: ServedProcess) -> None:
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST)
        send_until_closed(connection, b"A: " + b"b" * 100, 100_000)
        assert read_problem(connection) == (431, "headers_too_large")


def test_a_body_in_chunks_that_never_ends_is_refused_and_no_longer_read(
    server: ServedProcess,
) -> None:
    with server.connect() as connection:
        connection.sendall(CHUNKED)
        taken = send_until_closed(connection, CHUNK, 60 * MEGABYTE)
        assert taken < 20 * MEGABYTE
        assert read_problem(connection) == (413, "body_too_large")
        wait_until_cut(connection)


def test_a_body_announced_too_large_is_refused_and_not_read(server: ServedProcess) -> None:
    with server.connect() as connection:
        connection.sendall(POST + b"Content-Length: 60000000\r\n\r\n")
        assert read_problem(connection) == (413, "body_too_large")
        wait_until_cut(connection)


def test_a_body_that_was_not_needed_ends_its_connection(server: ServedProcess) -> None:
    """What follows on the connection could be its body as well as a request."""
    with server.connect() as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\n" + HOST + b"Content-Length: 50\r\n\r\n")
        status, headers, _ = read_response(connection)
        assert (status, headers["connection"]) == (200, "close")
        assert is_closed(connection)


def test_a_body_that_was_read_keeps_its_connection(server: ServedProcess) -> None:
    body = b'{"what": "MG", "insee": "48095"}'
    whole = POST + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with server.connect() as connection:
        for _ in range(3):
            connection.sendall(whole)
            status, headers, _ = read_response(connection)
            assert (status, headers.get("connection")) == (200, None)


def test_fields_after_a_body_are_dropped(server: ServedProcess) -> None:
    body = b'{"what": "MG", "insee": "48095"}'
    chunk = b"%x\r\n%s\r\n0\r\nHost: evil.example\r\nX-SAS-Role: IOA\r\n\r\n" % (len(body), body)
    with server.connect() as connection:
        connection.sendall(CHUNKED + chunk)
        assert read_response(connection)[0] == 200


def test_pipelined_requests_are_answered_in_order(server: ServedProcess) -> None:
    missing = b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n"
    with server.connect() as connection:
        connection.sendall((GET + missing) * 500)
        for _ in range(500):
            assert [read_response(connection)[0] for _ in range(2)] == [200, 404]


def test_a_refusal_comes_after_the_answers_before_it(server: ServedProcess) -> None:
    """An answer that overtakes another is taken for the answer of another request."""
    body = b'{"what": "MG", "insee": "48095"}'
    search = POST + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for sent, status in ((b"\x00\r\n\r\n", 400), (CHUNKED + b"zz\r\n", 400)):
        with server.connect() as connection:
            connection.sendall(search + GET + sent)
            assert [read_response(connection)[0] for _ in range(2)] == [200, 200]
            assert read_problem(connection)[0] == status
            assert is_closed(connection)


def test_a_web_socket_is_not_opened(server: ServedProcess) -> None:
    handshake = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\n" + HOST + handshake + key)
        status, headers, _ = read_response(connection)
        assert (status, headers["connection"]) == (200, "close")
        assert is_closed(connection)


def test_a_refusal_is_counted_without_what_was_asked(server: ServedProcess) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET /Kerguestenen" + b"a" * 17_000)
        assert read_problem(connection)[0] == 414
    figures = httpx.get(f"{server.url}/metrics").text
    assert 'sas_problems_total{code="target_too_long"}' in figures
    assert 'route="(unread)",status="414"' in figures
    assert "Kerguestenen" not in figures + server.written.read_text()
