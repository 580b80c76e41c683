"""Records on SQLite and on PostgreSQL: each test of them runs on both."""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import create_engine, text

from records.database import Database, open_database
from records.schema import upgrade_schema
from records.settings import RecordsSettings, build_database_url
from tests.indexers.reindex_harness import ReindexHarness
from tests.records.postgres import open_postgres
from worker.context import WorkerContext


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this session's worker, in a folder that its account may enter."""
    with tempfile.TemporaryDirectory(prefix="sas-postgres-") as folder:
        Path(folder).chmod(0o755)
        with open_postgres(Path(folder)) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of one test, as a person sets it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.sqlite'}"
    return create_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
def make_postgres(postgres_url: str) -> Callable[[], str]:
    """Makes an empty database of PostgreSQL; its URL."""
    return partial(create_postgres, postgres_url)


def create_postgres(server: str) -> str:
    """A new empty database of a server, by the URL of another one; its URL."""
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = create_engine(resolve_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """A database without tables."""
    database = open_database(resolve_url(database_url))
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database with this program's tables."""
    upgrade_schema(empty_database)
    return empty_database


@pytest.fixture
def reindex_harness(es: Elasticsearch, index_prefix: str, tmp_path: Path) -> ReindexHarness:
    """A prefix of its own on the real node, and a folder for its files."""
    return ReindexHarness(es, index_prefix, tmp_path)


@pytest.fixture
def worker_context(database: Database, reindex_harness: ReindexHarness) -> WorkerContext:
    """A worker of that index."""
    return WorkerContext(database, reindex_harness.es, reindex_harness.alias, "w")


def resolve_url(url: str) -> str:
    """The URL with its driver, as the program makes it."""
    settings = RecordsSettings.model_validate({"database_url": url})
    return build_database_url(settings, Path("/unused"))
