"""What the server process writes: nothing that was asked, by any logger, at any level (F123)."""

import json
import logging
import socket
from pathlib import Path

import httpx
import pytest

from search_engine.logs import configure_logs
from tests.api.door.served_process import OpenService, ServedProcess, send_until_closed

CANARY = "Kerguestenen"
WORD = CANARY.encode()
HOST = b"Host: localhost\r\n"
POST = b"POST /v1/search HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
DEBUG = """
import logging
logging.basicConfig(level=logging.DEBUG)
for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "elastic_transport",
             "elasticsearch", "httpx", "httpcore", "aiohttp", "asyncio", "urllib3", "websockets"):
    logging.getLogger(name).setLevel(1)
"""
HANDSHAKE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
HEAD = b"GET /v1/search?what=" + WORD + b"&where=" + WORD + b" HTTP/1.1\r\n"
REQUESTS = (
    HEAD + HOST + HANDSHAKE,
    HEAD + HOST + b"\r\n",
    HEAD + b"\r\n",
    HEAD + HOST + HOST + b"\r\n",
    HEAD + b"Host: " + WORD + b".example\r\n\r\n",
    HEAD + HOST + b"X-Request-Id: 12 rue " + WORD + b"\r\nX-SAS-Role: " + WORD + b"\r\n\r\n",
    HEAD + HOST + b"Authorization: " + WORD + b"\r\nX: \x00" + WORD + b"\r\n\r\n",
    HEAD + HOST + (b"X: " + WORD + b"\r\n") * 200 + b"\r\n",
    HEAD + HOST + b"X: " + WORD * 10_000 + b"\r\n\r\n",
    b"GET /" + WORD * 2_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /v1/offers/" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /v1/offers/" + WORD + b"/slots?" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://" + WORD + b".example/" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT " + WORD + b":443 HTTP/1.1\r\n" + HOST + b"\r\n",
    WORD + b" /" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + WORD + b"\xff HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET /livez HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + WORD,
    POST + b"Content-Length: 12\r\n\r\n" + WORD,
    POST + b"Content-Length: 99999999\r\n\r\n" + WORD,
    POST + b"Transfer-Encoding: chunked\r\n\r\n" + WORD + b"\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\n4000\r\n" + WORD * 4_000,
    POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + WORD + b": " + WORD * 10_000,
    POST + b"Content-Length: 40\r\nContent-Length: 41\r\n\r\n" + WORD,
)
"""Every kind of request that is refused, and some that are answered, with the word in each part."""


@pytest.mark.proves("F123")
@pytest.mark.parametrize("reachable", [True, False], ids=["with Elasticsearch", "without"])
def test_no_logger_writes_what_was_asked(open_service: OpenService, reachable: bool) -> None:
    elsewhere = {} if reachable else {"SAS_ELASTICSEARCH_URL": "http://127.0.0.1:1"}
    with open_service(
        limits="head_s=0.5, linger_s=0.2", first=DEBUG, PYTHONASYNCIODEBUG="1", **elsewhere
    ) as server:
        for sent in REQUESTS:
            send_and_read(server, sent)
            send_and_read(server, b"POST /v1/search HTTP/1.1\r\n" + HOST + sent)
        httpx.post(f"{server.url}/v1/search", json={"what": CANARY, "insee": "48095"}, timeout=30)
        assert server.is_alive()
        server.process.terminate()
        server.process.wait(timeout=30)
        written = server.written.read_text("utf-8", "replace")
    assert CANARY.lower() not in written.lower()
    assert written.count('"route":"(unread)"') > len(REQUESTS) / 2
    lines = [line for line in written.splitlines() if line.startswith("{")]
    assert {json.loads(line)["event"] for line in lines} >= {"request"}


def send_and_read(server: ServedProcess, sent: bytes) -> None:
    """One request, and whatever comes back until the end."""
    with server.connect() as connection:
        send_until_closed(connection, sent, len(sent))
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65_536):
                pass
        except ConnectionError:
            return


def test_a_record_of_a_library_keeps_its_place_alone(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A logger that nobody listed, at every level, with the word in each part of its record."""
    configure_logs()
    library = logging.getLogger("a.library.of.tomorrow")
    library.setLevel(1)
    handler = logging.StreamHandler()
    library.addHandler(handler)
    try:
        for level in range(1, 60):
            library.log(level, f"asked for {CANARY} %s", CANARY, stack_info=True)
        try:
            {}[CANARY]
        except KeyError:
            library.exception("no %s", CANARY)
    finally:
        library.removeHandler(handler)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert CANARY not in str(lines)
    assert {line["logger"] for line in lines} == {"a.library.of.tomorrow"}
    assert {line["level"] for line in lines} >= {"warning", "error", "critical"}
    assert lines[-1]["error"] == "KeyError"
    assert all(Path(__file__).name in line["place"] for line in lines)
