"""A mail server on loopback that asks for STARTTLS, then for a password."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from elastic.node.ports import find_free_port


class Mailbox:
    """A mail box: letters by recipient."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.letters.append((envelope, session.ssl is not None))
        return "250 taken"


@contextmanager
def open_mail_server(folder: Path) -> Iterator[tuple[Mailbox, int]]:
    """Its box and its port; its authority is written to ``ca.pem`` of the folder."""
    box = Mailbox()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=find_free_port(),
        tls_context=certificate(folder),
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate_night,
    )
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


def certificate(folder: Path) -> ssl.SSLContext:
    """A server for ``localhost`` under its own authority, written to ``ca.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


def authenticate_night(
    server: Any, session: Any, envelope: Any, mechanism: str, credentials: Any
) -> AuthResult:
    """``night`` with ``p@ss`` may send."""
    ok = (credentials.login, credentials.password) == (b"night", b"p@ss")
    return AuthResult(success=ok, handled=False)
