"""An identity provider of this machine: a real authority, certificate and https server."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

A_DAY = timedelta(days=1)


@dataclass
class Authority:
    """A certificate authority made for one test; ``file`` is what is trusted."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def __post_init__(self) -> None:
        built = _builder("Autorité d'essai", self.key, "Autorité d'essai").add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.file = self.folder / "ca.pem"
        self.file.write_bytes(built.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def server_context(self, host: str) -> ssl.SSLContext:
        """What a server named ``host`` shows to its clients."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        built = _builder(host, key, "Autorité d'essai").add_extension(names, critical=False)
        shown = self.folder / f"{host}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        signed = built.sign(self.key, hashes.SHA256())
        shown.write_bytes(private + signed.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown)
        return context


def _builder(name: str, key: ec.EllipticCurvePrivateKey, issuer: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_common_name(name))
        .issuer_name(_common_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - A_DAY)
        .not_valid_after(now + A_DAY)
    )


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


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
        told = self.provider
        told.request_paths.append(self.path)
        with suppress(OSError):  # the client may not wait
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in self._pieces():
                self.wfile.write(piece)
                told.sent += len(piece)

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
    told = IdentityProvider(f"https://localhost:{server.server_port}/keys")
    BoundKeyHandler.provider = told
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
