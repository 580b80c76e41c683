"""Memory and loop of the server while strangers push: flat, and others are answered."""

import threading
import time

import pytest

from tests.api.door.served_process import ServedProcess, read_problem, send_until_closed

MEGABYTE = 1_000_000
GROWTH = 64 * MEGABYTE
"""Bytes by which the process may grow under a push."""
OTHERS_S = 5
"""Within which a request of another caller is answered, on a loaded machine as well."""
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("start", "chunk", "status"),
    [
        (HEAD, b"X-Long: " + b"a" * 8_000 + b"\r\n", 431),
        (HEAD, b"A: b\r\n" * 10_000, 431),
        (HEAD + b"X: ", b"a" * 65_536, 431),
        (b"GET /", b"a" * 65_536, 414),
    ],
    ids=["headers", "small headers", "one header", "request line"],
)
def test_four_connections_that_push_leave_memory_flat_and_others_answered(
    server: ServedProcess, start: bytes, chunk: bytes, status: int
) -> None:
    before = server.memory()
    answered: list[int] = []
    pushing = [
        threading.Thread(target=push, args=[server, start, chunk, answered]) for _ in range(4)
    ]
    for thread in pushing:
        thread.start()
    slowest, highest = 0.0, before
    while any(thread.is_alive() for thread in pushing):
        began = time.monotonic()
        assert server.is_alive()
        slowest = max(slowest, time.monotonic() - began)
        highest = max(highest, server.memory())
    assert highest - before < GROWTH
    assert slowest < OTHERS_S
    assert answered == [status] * 20


def push(server: ServedProcess, start: bytes, chunk: bytes, answered: list[int]) -> None:
    """Push 300 MB in five connections, and note the status of each."""
    for _ in range(5):
        with server.connect() as connection:
            connection.sendall(start)
            send_until_closed(connection, chunk, 60 * MEGABYTE)
            answered.append(read_problem(connection)[0])
