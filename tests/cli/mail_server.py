"""A mail server on loopback that asks for STARTTLS, then for a password."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

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
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def authenticate_night(
    server: Any, session: Any, envelope: Any, mechanism: str, credentials: Any
) -> AuthResult:
    """``night`` with ``p@ss`` may send."""
    ok = (credentials.login, credentials.password) == (b"night", b"p@ss")
    return AuthResult(success=ok, handled=False)
