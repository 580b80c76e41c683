"""A real HTTP server on loopback whose answers are cut, changed, slow or wrong in turn."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.suite.serving import serve_beside


@dataclass
class ServedAnswer:
    """One answer: the whole file, of which ``cut`` bytes are sent before the line is dropped."""

    body: bytes
    etag: str = '"one"'
    status: int = 200
    cut: int | None = None
    announced_length: int | None = None
    stall_s: float = 0.0
    ranges: bool = True
    obeys_if_range: bool = True
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class UnreliableServer:
    """Answers by path, the last one for ever; and the requests received."""

    url: str
    answers: dict[str, list[ServedAnswer]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def set_answers(self, path: str, *answers: ServedAnswer) -> None:
        self.answers[path] = list(answers)

    def next_answer(self, path: str) -> ServedAnswer | None:
        waiting = self.answers.get(path)
        if not waiting:
            return None
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    @property
    def ranges(self) -> list[str | None]:
        return [one["range"] for one in self.requests if one["method"] == "GET"]


class UnreliableHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    unreliable_server: UnreliableServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        wanted = self.headers.get("Range")
        self.unreliable_server.requests.append(
            {"method": self.command, "path": self.path, "range": wanted}
        )
        answer = self.unreliable_server.next_answer(self.path)
        if answer is None:
            self.send_error(404)
            return
        start = self._start(answer, wanted)
        body = answer.body[start:]
        self.send_response(206 if start else answer.status)
        if answer.etag:
            self.send_header("ETag", answer.etag)
        if start:
            whole = len(answer.body)
            self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        announced = len(body) if answer.announced_length is None else answer.announced_length
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(announced))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self._send(body, answer)

    def _start(self, answer: ServedAnswer, wanted: str | None) -> int:
        if not wanted or not answer.ranges or answer.status != 200:
            return 0
        same = self.headers.get("If-Range") == answer.etag
        if answer.obeys_if_range and not same:
            return 0
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    def _send(self, body: bytes, answer: ServedAnswer) -> None:
        try:
            self.wfile.write(body[: answer.cut])
            self.wfile.flush()
            time.sleep(answer.stall_s)
        except OSError:
            pass
        if answer.cut is not None or answer.announced_length is not None:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def open_unreliable_server(tls: ssl.SSLContext | None = None) -> Iterator[UnreliableServer]:
    """A server on a free port of loopback."""
    known = UnreliableServer("")
    http = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Bound", (UnreliableHandler,), {"unreliable_server": known})
    )
    http.daemon_threads = True
    known.url = f"http{'s' if tls else ''}://127.0.0.1:{http.server_port}"
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    with serve_beside(http):
        yield known
