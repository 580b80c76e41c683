"""A local service that imitates the national address API: well, slow, ill or babbling."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geography.geocoding.settings import GeocoderSettings
from tests.suite.serving import serve_beside


def feature(lat: float, lon: float, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature as the service writes it; Mende by default."""
    known = {
        "label": "12 Rue de la République 48000 Mende",
        "score": 0.93,
        "type": "housenumber",
        "citycode": "48095",
        "postcode": "48000",
        "city": "Mende",
        "context": "48, Lozère, Occitanie",
        "_type": "address",
    }
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": known | properties}


@dataclass
class FakeAddressService:
    """What the service will answer, and what it was asked."""

    base: str = ""
    features: list[dict[str, Any]] = field(default_factory=lambda: [feature(44.519, 3.499)])
    status: int = 200
    body: bytes | None = None
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    batch: dict[str, dict[str, str]] = field(default_factory=dict)
    fail_first: int = 0
    queries: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    batches: list[list[dict[str, str]]] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    def settings(self, **more: Any) -> GeocoderSettings:
        """Patient enough for a busy machine; tests of slowness shorten the time-out."""
        return GeocoderSettings(**{"url": self.base, "timeout_ms": 10_000, **more})

    def answer(self) -> bytes:
        collection = {"type": "FeatureCollection", "features": self.features}
        return self.body if self.body is not None else json.dumps(collection).encode()

    def next_status(self) -> int:
        if self.fail_first:
            self.fail_first -= 1
            return 500
        return self.status


class FakeAddressHandler(BaseHTTPRequestHandler):
    """Answers GET /search and /reverse, and POST /search/csv."""

    service: FakeAddressService

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.service.paths.append(parts.path)
        self.service.queries.append({k: v[0] for k, v in parse_qs(parts.query).items()})
        self._send(self.service.answer())

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        rows, form = read_form(self.headers["Content-Type"], raw)
        self.service.paths.append(self.path)
        self.service.batches.append(rows)
        self.service.forms.append(form)
        self._send(self.service.body or self._geocode_rows(rows))

    def _geocode_rows(self, rows: list[dict[str, str]]) -> bytes:
        results = ("latitude", "longitude", "result_score", "result_type", "result_citycode")
        out = io.StringIO()
        writer = csv.DictWriter(out, [*rows[0], *results, "result_status"])
        writer.writeheader()
        for row in rows:
            writer.writerow(row | self.service.batch.get(row["line"], {}))
        return out.getvalue().encode()

    def _send(self, body: bytes) -> None:
        time.sleep(self.service.delay_s)
        with suppress(BrokenPipeError):  # the client may not wait
            self.send_response(self.service.next_status())
            for name, value in self.service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def read_form(content_type: str, raw: bytes) -> tuple[list[dict[str, str]], dict[str, list[str]]]:
    """The rows of the file and the other fields of a multipart form."""
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + raw)
    rows: list[dict[str, str]] = []
    form: dict[str, list[str]] = {}
    for part in message.walk():
        if part.is_multipart():
            continue
        found = re.search(r'name="([^"]+)"', part["Content-Disposition"])
        assert found is not None
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        text = content.decode()
        if found[1] == "data":
            rows = list(csv.DictReader(io.StringIO(text)))
        else:
            form.setdefault(found[1], []).append(text)
    return rows, form


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAddressService]:
    """The imitated service on a free port of this machine."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    fake = FakeAddressService()
    handler = type("BoundHandler", (FakeAddressHandler,), {"service": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    fake.base = f"http://127.0.0.1:{server.server_port}/geocodage"
    with serve_beside(server):
        yield fake
