"""One HTTPS server for all the simulated editors, behind mutual TLS.

``/<editor>/Slot`` and ``/<editor>/Schedule`` answer searches; each editor is a path of its own.
"""

import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import uvicorn

from simulation.editors.answers import SearchRefused, build_answer, build_outcome
from simulation.editors.certificates import CertificateFiles
from simulation.editors.faults import FaultBoard
from simulation.editors.slot_book import SlotBook

Books = Mapping[str, Mapping[str, SlotBook]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

FHIR_JSON = b"application/fhir+json;charset=utf-8"
RESOURCES = ("Slot", "Schedule")


class EditorServer:
    """The ASGI application of the simulated editors.

    ``searches`` keeps (editor, raw query) of each call, the first to come first.
    """

    def __init__(self, books: Books) -> None:
        self.books = books
        self.faults = FaultBoard()
        self.searches: list[tuple[str, str]] = []
        self.calls: Counter[str] = Counter()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Answers one search."""
        if scope["type"] != "http":
            return
        editor, _, resource = scope["path"].strip("/").partition("/")
        query = scope["query_string"].decode("latin-1")
        self.searches.append((editor, query))
        self.calls[editor] += 1
        fault = self.faults.find(editor)
        if fault is not None:
            await fault(lambda: self._answer(scope, editor, resource, query), send)
            return
        await send_json(send, *self._answer(scope, editor, resource, query))

    def _answer(
        self, scope: dict[str, Any], editor: str, resource: str, query: str
    ) -> tuple[int, bytes]:
        books = self.books.get(editor)
        if books is None or scope["method"] != "GET" or resource not in RESOURCES:
            return 404, orjson.dumps(build_outcome("not-found", "unknown search"))
        host = dict(scope["headers"]).get(b"host", b"localhost").decode("latin-1")
        address = f"https://{host}/{editor}/{resource}?{query}"
        try:
            found = build_answer(books, parse_qsl(query, keep_blank_values=True), address)
        except SearchRefused as error:
            return 400, orjson.dumps(build_outcome("invalid", str(error)))
        return 200, orjson.dumps(found)


async def send_json(send: Send, status: int, body: bytes) -> None:
    """A whole answer."""
    headers = [(b"content-type", FHIR_JSON), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def build_server(
    app: EditorServer, files: CertificateFiles, authority: Path, **tls: Any
) -> uvicorn.Server:
    """The server; a client without a certificate of ``authority`` is refused.

    ``tls`` as ``uvicorn.Config`` names it.
    """
    options = {
        "ssl_certfile": str(files.certificate),
        "ssl_keyfile": str(files.key),
        "ssl_ca_certs": str(authority),
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", **{**options, **tls}
    )
    return uvicorn.Server(config)
