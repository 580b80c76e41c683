"""An answer leaves in one piece, and everything else as it comes."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from api.server import HeadWithBody

HEAD, BODY = b"HTTP/1.1 200 OK\r\n\r\n", b"{}"


class RecordingTransport:
    """A transport that notes what it is given."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ([HEAD, BODY], [HEAD + BODY]),
        ([HEAD, BODY, BODY], [HEAD + BODY, BODY]),
        ([HEAD, BODY, HEAD, BODY], [HEAD + BODY, HEAD + BODY]),
        ([HEAD, b""], [HEAD]),
        (
            [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD, BODY],
            [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + BODY],
        ),
        ([HEAD, HEAD], [HEAD + HEAD]),
    ],
)
def test_what_is_written_together(given: list[bytes], written: list[bytes]) -> None:
    transport = RecordingTransport()
    joined = HeadWithBody(transport)  # type: ignore[arg-type]
    for data in given:
        joined.write(data)
    assert transport.writes == written


def test_a_head_without_its_body_leaves_when_the_connection_closes() -> None:
    transport = RecordingTransport()
    joined = HeadWithBody(transport)  # type: ignore[arg-type]
    joined.write(HEAD)
    assert not joined.is_closing()
    joined.close()
    assert transport.writes == [HEAD]
    assert joined.is_closing()


def test_an_answer_is_one_piece_on_the_wire(api: httpx.Client) -> None:
    """Twice over one connection, and after ``100 Continue``."""
    address = urlsplit(str(api.base_url))
    with socket.create_connection((address.hostname, address.port), timeout=5) as caller:
        for _ in range(2):
            caller.sendall(b"HEAD /livez HTTP/1.1\r\nHost: sas\r\n\r\n")
            assert caller.recv(65_536).startswith(b"HTTP/1.1 405 ")
            caller.sendall(b"GET /livez HTTP/1.1\r\nHost: sas\r\n\r\n")
            told = caller.recv(65_536)
            assert told.startswith(b"HTTP/1.1 200 OK\r\n")
            assert told.endswith(b'{"status":"alive"}')
        caller.sendall(
            b"POST /v1/search HTTP/1.1\r\nHost: sas\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        assert caller.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(b"{}")
        told = caller.recv(65_536)
        assert told.startswith(b"HTTP/1.1 422 ")
        assert told.endswith(b"}")
