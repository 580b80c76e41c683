"""How long a connection may take, how many there may be, and how the server ends."""

import select
import signal
import socket
import threading
import time
from contextlib import ExitStack, suppress

import httpx
import pytest

from tests.api.door.served_process import (
    GET,
    OpenService,
    ServedProcess,
    is_closed,
    read_problem,
    read_response,
    send_until_closed,
    wait_until_cut,
)
from tests.suite.waiting import wait_for

HOST = b"Host: localhost\r\n"
POST = b"POST /v1/search HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
BODY = b'{"what": "MG", "insee": "48095"}'
END_S = 15
"""Within which a server that is told to end has ended."""
DRIP_S = 0.05


def drip_until_answered(connection: socket.socket, drop: bytes) -> None:
    """Send a drop over and over until something comes back."""
    while not select.select([connection], [], [], DRIP_S)[0]:
        connection.sendall(drop)


@pytest.mark.parametrize("start", [b"G", b"GET / HTTP/1.1\r\nHost: loc", b"\r\n"])
def test_headers_that_do_not_end_in_time_are_a_408(impatient: ServedProcess, start: bytes) -> None:
    with impatient.connect() as connection:
        connection.sendall(start)
        assert read_problem(connection) == (408, "request_timeout")
        assert is_closed(connection)


def test_headers_that_drip_are_a_408(impatient: ServedProcess) -> None:
    with impatient.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"X: ")
        drip_until_answered(connection, b"a")
        assert read_problem(connection) == (408, "request_timeout")


def test_headers_of_a_later_request_have_the_same_time(impatient: ServedProcess) -> None:
    with impatient.connect() as connection:
        connection.sendall(GET)
        assert read_response(connection)[0] == 200
        connection.sendall(b"GET / HTTP/1.1\r\nHo")
        assert read_problem(connection) == (408, "request_timeout")


def test_headers_that_began_before_an_answer_are_not_idle(open_service: OpenService) -> None:
    with open_service(limits="head_s=3, idle_s=0.5") as server, server.connect() as connection:
        connection.sendall(GET + b"GET / HTTP/1.1\r\nHo")
        assert read_response(connection)[0] == 200
        assert read_problem(connection) == (408, "request_timeout")


@pytest.mark.parametrize("sent", [b"", GET])
def test_an_idle_connection_is_closed_without_a_word(impatient: ServedProcess, sent: bytes) -> None:
    with impatient.connect() as connection:
        connection.sendall(sent)
        if sent:
            assert read_response(connection)[0] == 200
        assert is_closed(connection)


@pytest.mark.parametrize("framing", [b"Content-Length: 10000", b"Transfer-Encoding: chunked"])
def test_a_body_that_drips_is_a_408(impatient: ServedProcess, framing: bytes) -> None:
    drop = b" " if b"Length" in framing else b"1\r\n \r\n"
    with impatient.connect() as connection:
        connection.sendall(POST + framing + b"\r\n\r\n")
        drip_until_answered(connection, drop)
        assert read_problem(connection) == (408, "request_timeout")
        wait_until_cut(connection)


def test_a_client_that_pipelines_and_does_not_read_is_no_longer_read(
    impatient: ServedProcess,
) -> None:
    before = impatient.memory()
    with impatient.connect() as connection:
        taken = send_until_closed(connection, GET * 1_000, 400_000_000)
        assert taken < 40_000_000
        assert impatient.memory() - before < 64_000_000
        assert impatient.is_alive()


def test_a_client_that_does_not_read_is_cut(impatient: ServedProcess) -> None:
    with impatient.connect() as connection:
        send_until_closed(connection, GET * 1_000, 400_000_000)
        wait_until_cut(connection)


def test_hundreds_of_headers_that_never_end_hold_nothing(impatient: ServedProcess) -> None:
    wait_for(lambda: impatient.count_connections() == 0)
    with ExitStack() as held:
        for _ in range(400):
            held.enter_context(impatient.connect()).sendall(b"GET / HTTP/1.1\r\nX: a")
        assert impatient.is_alive()
        wait_for(lambda: impatient.count_connections() == 0)


def test_connections_are_bounded(open_service: OpenService) -> None:
    with open_service(limits="connections=8, head_s=600") as server, ExitStack() as held:
        wait_for(lambda: server.count_connections() == 0)
        open_ones = [held.enter_context(server.connect()) for _ in range(8)]
        wait_for(lambda: server.count_connections() == 8)
        with server.connect() as ninth:
            assert read_problem(ninth) == (503, "too_many_connections")
            assert is_closed(ninth)
        open_ones[0].sendall(GET)
        assert read_response(open_ones[0])[0] == 200
        open_ones[0].close()
        wait_for(lambda: httpx.get(f"{server.url}/livez").status_code == 200)


def end(server: ServedProcess) -> float:
    """Tell the server to end; the seconds until it has."""
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=60)
    return time.monotonic() - began


def test_the_server_ends_while_a_client_never_reads(open_service: OpenService) -> None:
    with open_service(limits="write_s=600") as server, server.connect() as connection:
        connection.settimeout(1)
        send_until_closed(connection, GET * 1_000, 400_000_000)
        assert end(server) < END_S


def test_the_server_ends_while_a_body_drips(open_service: OpenService) -> None:
    with (
        open_service(SAS_SEARCH_DEADLINE_S="600") as server,
        server.connect() as connection,
    ):
        connection.sendall(POST + b"Content-Length: 10000\r\n\r\n")
        dripping = threading.Thread(target=_drip, args=[connection], daemon=True)
        dripping.start()
        assert end(server) < END_S
        dripping.join(timeout=60)


def test_the_server_answers_what_it_began_before_it_ends(open_service: OpenService) -> None:
    with open_service() as server, server.connect() as begun, server.connect() as idle:
        idle.sendall(GET)
        assert read_response(idle)[0] == 200
        begun.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY[:5])
        wait_for(lambda: server.count_connections() == 2)
        server.process.send_signal(signal.SIGTERM)
        assert is_closed(idle)
        begun.sendall(BODY[5:])
        status, headers, _ = read_response(begun)
        assert (status, headers["connection"]) == (200, "close")
        server.process.wait(timeout=END_S)


def _drip(connection: socket.socket) -> None:
    with suppress(OSError):
        while True:
            drip_until_answered(connection, b" ")
            if not connection.recv(65_536):
                return
