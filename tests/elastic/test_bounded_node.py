"""Something answers without end in place of Elasticsearch: it costs a bounded memory."""

import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from elastic import bounded_node
from elastic.client import async_client, sync_client
from elastic.errors import ElasticUnavailable, translate_errors
from tests.suite.serving import serve_beside

BOUND = 8_388_608
"""Bytes, in place of the bound of the product."""
BOMB = gzip.compress(b" " * 16 * BOUND, compresslevel=9)
LONG = b'{"count": 7}' + b" " * (BOUND - 12)
MEMORY = 4 * BOUND
"""Bytes one answer may take: itself, the copy that is parsed, and what arrives meanwhile."""

Write = Callable[[BaseHTTPRequestHandler], None]


def write_endlessly(handler: BaseHTTPRequestHandler) -> None:
    """As long as somebody reads, at most sixteen times the bound."""
    handler.end_headers()
    for _ in range(16 * BOUND // 65_536):
        handler.wfile.write(b" " * 65_536)


def write_bomb(handler: BaseHTTPRequestHandler) -> None:
    """Little that expands to sixteen times the bound."""
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(BOMB)))
    handler.end_headers()
    handler.wfile.write(BOMB)


def write_long(handler: BaseHTTPRequestHandler) -> None:
    """An answer just within the bound."""
    handler.send_header("Content-Length", str(len(LONG)))
    handler.end_headers()
    handler.wfile.write(LONG)


@pytest.fixture(autouse=True)
def lower_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that is met quickly."""
    monkeypatch.setattr(bounded_node, "ELASTIC_BYTES", BOUND)


@contextmanager
def open_server(write: Write) -> Iterator[str]:
    """The address of what answers every request so."""

    class OddHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            with suppress(OSError):
                write(self)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), OddHandler)
    server.daemon_threads = True
    with serve_beside(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("write", [write_endlessly, write_bomb])
async def test_an_answer_beyond_the_bound_is_none(write: Write) -> None:
    with open_server(write) as url:
        async with async_client(url, request_timeout=60, max_retries=0) as client:
            tracemalloc.start()
            try:
                with pytest.raises(ElasticUnavailable), translate_errors():
                    await client.count()
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert peak < MEMORY


@pytest.mark.parametrize("write", [write_endlessly, write_bomb])
def test_an_answer_to_a_command_beyond_the_bound_is_none(write: Write) -> None:
    with (
        open_server(write) as url,
        sync_client(url, request_timeout=60, max_retries=0) as client,
    ):
        tracemalloc.start()
        try:
            with pytest.raises(ElasticUnavailable), translate_errors():
                client.count()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < MEMORY


def test_an_answer_to_a_command_within_the_bound_is_read_whole() -> None:
    with open_server(write_long) as url, sync_client(url, max_retries=0) as client:
        assert [client.count()["count"] for _ in range(3)] == [7, 7, 7]


async def test_an_answer_within_the_bound_is_read_whole() -> None:
    with open_server(write_long) as url:
        async with async_client(url, request_timeout=60, max_retries=0) as client:
            assert (await client.count())["count"] == 7
