"""A node of Elasticsearch that freezes: it opens points in time, then answers nothing else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.suite.serving import serve_beside

CANARY = "Kerguestenen"
"""In a header of every answer, as Elasticsearch warns."""


@dataclass
class FrozenNode:
    """What it was asked; ``opens`` lets it answer the requests that open a point in time."""

    url: str = ""
    requests: list[str] = field(default_factory=list)
    opens: threading.Event = field(default_factory=threading.Event)
    ends: threading.Event = field(default_factory=threading.Event)

    def count(self, method: str, part: str) -> int:
        """Requests of this method whose path holds the part."""
        return sum(one.startswith(method) and part in one for one in self.requests)


@contextmanager
def open_frozen_node() -> Iterator[FrozenNode]:
    """A node on a port of this machine."""
    node = FrozenNode()
    node.opens.set()

    class FrozenHandler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            node.requests.append(f"{self.command} {self.path}")
            if self.command != "POST" or "/_pit" not in self.path:
                node.ends.wait()
                return
            node.opens.wait()
            body = json.dumps({"id": f"{len(node.requests):064}"}).encode()
            with suppress(OSError):
                self.send_response(200)
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.send_header("Warning", f'299 Elasticsearch-9.4.3-0 "{CANARY}"')
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), FrozenHandler)
    server.daemon_threads = True
    node.url = f"http://127.0.0.1:{server.server_port}"
    with serve_beside(server):
        try:
            yield node
        finally:
            node.opens.set()
            node.ends.set()
