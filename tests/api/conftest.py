"""The application over a real index of a dozen offers, at a frozen instant, on a real socket."""

import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk
from fastapi import FastAPI

from api.app import create_app
from api.door import build_server_config
from api.settings import ApiSettings
from elastic import lifecycle
from elastic.names import offers_alias, offers_index
from mappings.formats import LrmEntry
from mappings.offers import offers_mapping, offers_settings
from records.database import Database
from records.registry.store import load_registry
from records.trail.trail import Trail
from search_engine.request.area import AddressFinder
from tests.geography.empty_geocoder import EmptyGeocoder
from tests.records.fresh import open_fresh_records
from tests.search_engine.named import add_name_fields
from tests.suite.waiting import PATIENCE_S, wait_for_liveness

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DOZEN = Path(__file__).parents[1] / "fixtures" / "search" / "dozen_offers.json"

ALPHA, SWITCHED_OFF = "1.2.250.1.999.1", "1.2.250.1.999.3"
ENTRIES = (
    LrmEntry(origin=ALPHA, name="Régulation Alpha"),
    LrmEntry(origin=SWITCHED_OFF, name="Régulation Gamma", active=False),
)

StartServer = Callable[[FastAPI], str]


@pytest.fixture(scope="session")
def dozen_prefix(es: Elasticsearch) -> Iterator[str]:
    """The prefix under which the dozen offers are searchable."""
    prefix = f"api{uuid.uuid4().hex[:10]}"
    name = offers_index(prefix, datetime.now(UTC))
    lifecycle.create_index(es, name, offers_settings(), offers_mapping())
    offers = [add_name_fields(offer) for offer in read_dozen()]
    bulk(es, [{"_index": str(name), "_id": o["id"], "_source": o} for o in offers], refresh=True)
    lifecycle.swap_alias(es, name.alias, name)
    yield prefix
    es.indices.delete(index=str(name))


def read_dozen() -> list[dict[str, Any]]:
    """The dozen offers, each anew."""
    found: list[dict[str, Any]] = json.loads(DOZEN.read_text("utf-8"))
    return found


@pytest.fixture
def own_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Records of this test alone, which the application finds."""
    database = open_fresh_records(tmp_path / "records")
    monkeypatch.setenv("SAS_DATABASE_URL", f"sqlite:///{database.path}")
    yield database
    database.close()


@pytest.fixture
def trail(own_records: Database, dozen_prefix: str) -> Trail:
    """The trail of the dozen offers in records of this test."""
    return Trail(own_records, dozen_prefix)


@pytest.fixture
def environment(
    es_url: str, dozen_prefix: str, own_records: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings through which the application finds the dozen offers, however busy the node."""
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", str(PATIENCE_S))
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", dozen_prefix)


def build_frozen_app(geocoder: AddressFinder | None = None, **settings: Any) -> FastAPI:
    """The application at 09:00 UTC on 23 November 2026; it gives no search up unless told when."""
    settings = {"search_deadline_s": PATIENCE_S, **settings}
    return create_app(
        ApiSettings(**settings), geocoder=geocoder or EmptyGeocoder(), clock=lambda: NOW
    )


@pytest.fixture
def serve(environment: None) -> Iterator[StartServer]:
    """``serve(app) -> base URL``: the server of ``sas serve`` on a free port, then stopped."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(open_api_server(app))


@pytest.fixture(scope="session")
def api(
    es_url: str, dozen_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the application on a real socket of this machine."""
    records = tmp_path_factory.mktemp("records") / "records.sqlite"
    with ExitStack() as running:
        with pytest.MonkeyPatch.context() as start:  # read at its start, no test after it sees them
            start.setenv("SAS_DATABASE_URL", f"sqlite:///{records}")
            start.setenv("SAS_REQUEST_TIMEOUT_S", str(PATIENCE_S))
            start.setenv("SAS_ELASTICSEARCH_URL", es_url)
            start.setenv("SAS_INDEX_PREFIX", dozen_prefix)
            start.setenv("SAS_STATE_DIR", str(tmp_path_factory.mktemp("state")))
            url = running.enter_context(open_api_server(build_frozen_app()))
        yield running.enter_context(httpx.Client(base_url=url, timeout=PATIENCE_S))


@contextmanager
def open_api_server(app: FastAPI) -> Iterator[str]:
    """The base URL of the application on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(build_server_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield wait_for_liveness(url)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document; fails on any other status, code or media type."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    assert body["remedy"]
    return body


def answer(response: httpx.Response) -> dict[str, Any]:
    """The JSON of a success; fails on any other status than 200."""
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture(scope="session")
def dozen_alias(dozen_prefix: str) -> str:
    """The alias of the dozen offers."""
    return offers_alias(dozen_prefix)


@pytest.fixture
def registry(own_records: Database) -> Database:
    """Records that hold a registry of dispatch software."""
    load_entries(own_records)
    return own_records


def load_entries(database: Database) -> None:
    """Make the registry the two entries of these tests."""
    load_registry(database, {entry.origin: entry for entry in ENTRIES}, datetime.now(UTC))
