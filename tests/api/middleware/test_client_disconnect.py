"""A client that leaves before its answer: the search stops, down to Elasticsearch."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from api.middleware.client_messages import CLIENT_GONE
from tests.api.conftest import StartServer, answer, build_frozen_app
from tests.api.leaving_client import open_search_request, wait_for_status
from tests.suite.waiting import PATIENCE_S

SEARCH_BODY = {"what": "MG", "insee": "48095"}
OF_A_SEARCH = b"48095"
"""In the requests of a search, and in none of those that the service makes by itself."""
SEARCH_DEADLINE_S = 2 * PATIENCE_S
"""Seconds after which the service itself gives the search up: longer than a test waits."""


class HangingServer:
    """An Elasticsearch that takes requests and answers nothing; tells when its caller hung up."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.request_received, self.client_left = threading.Event(), threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                threading.Thread(target=self._swallow, args=[near], daemon=True).start()

    def _swallow(self, near: socket.socket) -> None:
        received = b""
        with suppress(OSError), near:
            while chunk := near.recv(65_536):
                received += chunk
                if OF_A_SEARCH in received:
                    self.request_received.set()
        if OF_A_SEARCH in received:
            self.client_left.set()


@pytest.fixture
def hanging_server(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[HangingServer]:
    """The application reaches this instead of Elasticsearch, and waits until its deadline."""
    node = HangingServer()
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", f"http://127.0.0.1:{node.port}")
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", str(SEARCH_DEADLINE_S))
    yield node
    node.listening.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_search_ends_when_the_client_leaves(
    hanging_server: HangingServer, serve: StartServer, method: str
) -> None:
    url = serve(build_frozen_app(search_deadline_s=SEARCH_DEADLINE_S))
    with open_search_request(url, method, SEARCH_BODY):
        assert hanging_server.request_received.wait(PATIENCE_S)
    assert hanging_server.client_left.wait(PATIENCE_S)
    answer(httpx.get(f"{url}/livez"))
    wait_for_status(url, CLIENT_GONE)


def test_a_body_that_never_ends_is_given_up(environment: None, serve: StartServer) -> None:
    url = httpx.URL(serve(build_frozen_app(search_deadline_s=1)))
    head = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{"
    with socket.create_connection((url.host, url.port or 0), timeout=PATIENCE_S) as slow:
        slow.sendall(head)
        assert slow.recv(4_096).startswith(b"HTTP/1.1 408 ")
