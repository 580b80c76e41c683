"""How the application is served: uvicorn, whose answers leave in one piece."""

import asyncio
from typing import Any, cast

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = b"HTTP/1.1 "
INTERIM = b"HTTP/1.1 1"
"""An answer before the answer, ``100 Continue``: no body follows it."""


def build_server(app: FastAPI) -> uvicorn.Server:
    """The server of the application, to be run on sockets that listen. Requests are told by
    ``api.middleware.request``, not by the server."""
    config = uvicorn.Config(
        app, http=Connection, access_log=False, server_header=False, log_level="warning"
    )
    return uvicorn.Server(config)


class Connection(HttpToolsProtocol):
    """The protocol of the server, which writes the head of an answer, then its body."""

    def connection_made(  # type: ignore[override] # as in the class it extends
        self, transport: asyncio.Transport
    ) -> None:
        """Have the two written together."""
        self.joined = HeadWithBody(transport)
        super().connection_made(cast(asyncio.Transport, self.joined))

    def on_response_complete(self) -> None:
        """The answer to ``HEAD`` has no body to wait for."""
        self.joined.flush()
        super().on_response_complete()


class HeadWithBody:
    """A transport that keeps the head of an answer until the first part of its body, or the end.

    A caller on the same machine is otherwise woken by the head and takes the processor on which
    its body is about to be written: 0.15 ms of a search.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        """Keep a head; send anything else, after the head that was kept."""
        if data.startswith(HEAD) and not data.startswith(INTERIM) and not self._head:
            self._head = data
        else:
            head, self._head = self._head, b""
            self._transport.write(head + data)

    def flush(self) -> None:
        """Send what was kept."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Send what was kept, then close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """All else is the business of the transport itself."""
        return getattr(self._transport, name)
