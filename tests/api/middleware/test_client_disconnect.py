"""A client that leaves before its answer: the search stops, down to Elasticsearch."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from api.middleware.client_disconnect import CLIENT_GONE
from tests.api.conftest import StartServer, answer, frozen_app

ASKED = {"what": "MG", "insee": "48095"}


class Stalled:
    """An Elasticsearch that takes requests and answers nothing; tells when its caller hung up."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.asked, self.hung_up = threading.Event(), threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                threading.Thread(target=self._swallow, args=[near], daemon=True).start()

    def _swallow(self, near: socket.socket) -> None:
        with suppress(OSError), near:
            while near.recv(65_536):
                self.asked.set()
        self.hung_up.set()


@pytest.fixture
def stalled(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stalled]:
    """The application reaches this instead of Elasticsearch, and waits for it 30 s."""
    node = Stalled()
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", f"http://127.0.0.1:{node.port}")
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", "30")
    yield node
    node.listening.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_search_ends_when_the_client_leaves(
    stalled: Stalled, serve: StartServer, method: str, capfd: pytest.CaptureFixture[str]
) -> None:
    url = serve(frozen_app(search_deadline_s=30))
    told = {"params": ASKED} if method == "GET" else {"json": ASKED}
    started = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        httpx.request(method, f"{url}/v1/search", timeout=1, **told)
    assert stalled.asked.is_set()
    assert stalled.hung_up.wait(5)
    assert time.monotonic() - started < 8
    answer(httpx.get(f"{url}/livez"))
    assert f'"status":{CLIENT_GONE}' in capfd.readouterr().err


def test_a_body_that_never_ends_is_given_up(environment: None, serve: StartServer) -> None:
    url = httpx.URL(serve(frozen_app(search_deadline_s=1)))
    head = b"POST /v1/search HTTP/1.1\r\nHost: sas\r\nContent-Length: 20\r\n\r\n{"
    with socket.create_connection((url.host, url.port or 0), timeout=5) as slow:
        slow.sendall(head)
        assert slow.recv(4_096).startswith(b"HTTP/1.1 408 ")
