"""An identity provider of this machine: a real authority, certificate and https server."""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.suite.serving import serve_beside


@dataclass
class Authority:
    """A certificate authority made for one test; ``file`` is what is trusted."""

    folder: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self.file = self.folder / "ca.pem"
        self.authority.cert_pem.write_to_path(self.file)

    def server_context(self, host: str) -> ssl.SSLContext:
        """The TLS context of a server named ``host``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(host).configure_cert(context)
        return context


@dataclass
class IdentityProvider:
    """What the server answers, and what it was asked."""

    url: str
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    """Seconds between two bytes."""
    endless: bool = False
    request_paths: list[str] = field(default_factory=list)
    sent: int = 0

    def publish(self, *keys: Any) -> None:
        """The public halves, from now on."""
        self.body = json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        result = self.provider
        result.request_paths.append(self.path)
        with suppress(OSError):  # the client may not wait
            self.send_response(result.status)
            for name, value in result.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in self._pieces():
                self.wfile.write(piece)
                result.sent += len(piece)

    def _pieces(self) -> Iterator[bytes]:
        while self.provider.endless:
            yield b" " * 65_536
        if not self.provider.pause_s:
            yield self.provider.body
            return
        for place in range(len(self.provider.body)):
            yield self.provider.body[place : place + 1]
            time.sleep(self.provider.pause_s)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def open_identity_provider(
    authority: Authority, port: int = 0, host: str = "localhost"
) -> Iterator[IdentityProvider]:
    """A server on a port of this machine, whose certificate names ``host``."""

    class BoundKeyHandler(_Handler):
        """Requests of this server alone."""

    server = ThreadingHTTPServer(("127.0.0.1", port), BoundKeyHandler)
    server.socket = authority.server_context(host).wrap_socket(server.socket, server_side=True)
    result = IdentityProvider(f"https://localhost:{server.server_port}/keys")
    BoundKeyHandler.provider = result
    with serve_beside(server):
        yield result
