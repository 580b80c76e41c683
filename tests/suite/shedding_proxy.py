"""A real server before Elasticsearch that sheds the first bulk requests, as a loaded node does."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.suite.serving import serve_beside

REJECTED = {"type": "es_rejected_execution_exception", "reason": "queue full"}
PASSED_HEADERS = ("Content-Type", "Accept", "Content-Encoding")


@dataclass
class SheddingProxy:
    """The next bulk requests to shed, each whole or in its documents, and how many were."""

    target: str
    url: str = ""
    to_shed: list[str] = field(default_factory=list)
    """``request`` sheds the call itself, ``documents`` each of its documents."""
    shed: int = 0

    def answer_bulk(self, body: bytes) -> tuple[int, bytes] | None:
        """The answer that sheds a bulk request; None lets it through."""
        if not self.to_shed:
            return None
        self.shed += 1
        if self.to_shed.pop(0) == "request":
            return 429, json.dumps({"error": REJECTED, "status": 429}).encode()
        documents = sum(b'"_id"' in line for line in body.splitlines())
        item = {"index": {"status": 429, "error": REJECTED}}
        return 200, json.dumps({"errors": True, "items": [item] * documents}).encode()


@contextmanager
def open_shedding_proxy(target: str) -> Iterator[SheddingProxy]:
    """The server during the body."""
    proxy = SheddingProxy(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _build_handler(proxy))
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    with serve_beside(server):
        yield proxy


def _build_handler(proxy: SheddingProxy) -> type[BaseHTTPRequestHandler]:
    far = urlsplit(proxy.target)

    class SheddingHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            shed = proxy.answer_bulk(body) if "_bulk" in self.path else None
            self._send(*(self._forward(body) if shed is None else shed))

        def _forward(self, body: bytes) -> tuple[int, bytes]:
            link = http.client.HTTPConnection(str(far.hostname), far.port)
            kept = {name: self.headers[name] for name in PASSED_HEADERS if name in self.headers}
            link.request(self.command, self.path, body, kept)
            answer = link.getresponse()
            return answer.status, answer.read()

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing on the screen."""

    for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
        setattr(SheddingHandler, f"do_{method}", SheddingHandler.handle_any)
    return SheddingHandler
