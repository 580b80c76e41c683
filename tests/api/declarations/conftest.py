"""Records of a test's own, on SQLite and on PostgreSQL, and an application over them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from elasticsearch import Elasticsearch

from elastic.names import offers_alias
from records.database import Database
from tests.api.conftest import StartServer, read_dozen
from tests.api.security.callers import ApiWithAuth, open_api_with_auth
from tests.conftest import CreateOffers
from tests.records.conftest import database, database_url, empty_database, postgres_url
from worker.context import WorkerContext

__all__ = ["database", "database_url", "empty_database", "postgres_url"]


@pytest.fixture
def api_with_sign_in(
    empty_database: Database,
    database_url: str,
    tmp_path: Path,
    serve: StartServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ApiWithAuth]:
    """The application with ``SAS_AUTH=jwt`` over an empty database, its tables not yet made."""
    monkeypatch.setenv("SAS_DATABASE_URL", database_url)
    yield from open_api_with_auth(tmp_path, serve, rate_burst=1000)


@pytest.fixture
def client(api_with_sign_in: ApiWithAuth, database: Database) -> httpx.Client:
    """A client of the application over records with their tables."""
    return api_with_sign_in.client


@pytest.fixture
def worker(
    *,
    environment: None,
    create_offers: CreateOffers,
    index_prefix: str,
    es: Elasticsearch,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> WorkerContext:
    """A worker over an index of its own: asked before the client, whose searches see it too."""
    create_offers(read_dozen())
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    return WorkerContext(database, es, offers_alias(index_prefix), "w")
