"""TLS as the application sees it: the ASGI extension ``tls``, over real listeners."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
import uvicorn
from cryptography import x509

from api.door import build_server_config
from tests.suite.waiting import wait_for


class ScopeRecorder:
    """An application that keeps the scopes it was given."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer 204 to a request."""
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@contextmanager
def open_listener(app: Any, **declared: Any) -> Iterator[int]:
    """The port of a listener with these settings of uvicorn."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(build_server_config(app, **declared))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority of this test."""
    return trustme.CA()


@pytest.fixture
def tls_settings(authority: trustme.CA, tmp_path: Path) -> dict[str, Any]:
    """Settings of a listener that accepts certificates of clients of that authority."""
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return {
        "ssl_certfile": tmp_path / "server.pem",
        "ssl_ca_certs": str(tmp_path / "authority.pem"),
        "ssl_cert_reqs": ssl.CERT_OPTIONAL,
    }


def trust(authority: trustme.CA, issued: trustme.LeafCert | None = None) -> ssl.SSLContext:
    """The context of a client, with a certificate of its own or without."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if issued is not None:
        issued.configure_cert(context)
    return context


def test_the_certificate_of_a_client_reaches_the_application(
    authority: trustme.CA, tls_settings: dict[str, Any]
) -> None:
    issued = authority.issue_cert("editeur.example", organization_name="Éditeur, Alpha")
    app = ScopeRecorder()
    with open_listener(app, **tls_settings) as port:
        httpx.get(f"https://127.0.0.1:{port}/", verify=trust(authority, issued))
    tls = app.scopes[0]["extensions"]["tls"]
    (sent,) = tls["client_cert_chain"]
    expected = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    assert x509.load_pem_x509_certificate(sent.encode()) == expected
    assert tls["client_cert_name"] == expected.subject.rfc4514_string()
    assert r"O=Éditeur\, Alpha" in tls["client_cert_name"]
    assert tls["client_cert_error"] is None
    own = x509.load_pem_x509_certificate(tls_settings["ssl_certfile"].read_bytes())
    assert x509.load_pem_x509_certificate(tls["server_cert"].encode()) == own
    assert tls["tls_version"] == 0x0304
    assert tls["cipher_suite"] in (0x1301, 0x1302, 0x1303)


def test_a_client_without_a_certificate_has_none(
    authority: trustme.CA, tls_settings: dict[str, Any]
) -> None:
    app, context = ScopeRecorder(), trust(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")
    with open_listener(app, **tls_settings) as port:
        httpx.get(f"https://127.0.0.1:{port}/", verify=context)
    tls = app.scopes[0]["extensions"]["tls"]
    assert (tuple(tls["client_cert_chain"]), tls["client_cert_name"]) == ((), None)
    assert tls["tls_version"] == 0x0303
    assert tls["cipher_suite"] in (0xC02B, 0xC02F)


def test_a_certificate_of_another_authority_opens_nothing(
    authority: trustme.CA, tls_settings: dict[str, Any]
) -> None:
    app, stranger = ScopeRecorder(), trustme.CA().issue_cert("editeur.example")
    with open_listener(app, **tls_settings) as port, pytest.raises(httpx.TransportError):
        httpx.get(f"https://127.0.0.1:{port}/", verify=trust(authority, stranger))
    assert app.scopes == []


def test_without_tls_there_is_no_extension() -> None:
    app = ScopeRecorder()
    with open_listener(app) as port:
        httpx.get(f"http://127.0.0.1:{port}/")
    assert "tls" not in app.scopes[0].get("extensions", {})


@pytest.mark.parametrize(
    ("sent", "status"), [(b"GET /" + b"a" * 17_000, b"414"), (b"\r\n" * 40_000, b"431")]
)
def test_the_bounds_hold_over_tls(
    authority: trustme.CA, tls_settings: dict[str, Any], sent: bytes, status: bytes
) -> None:
    with (
        open_listener(ScopeRecorder(), **tls_settings) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        trust(authority).wrap_socket(plain, server_hostname="127.0.0.1") as near,
    ):
        near.sendall(sent)
        assert near.recv(4_096).startswith(b"HTTP/1.1 " + status)
