"""An index that agendas are projected into."""

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from records.database import Database
from tests.indexers.reindex_harness import ReindexHarness
from worker.context import WorkerContext


@pytest.fixture
def reindex_harness(es: Elasticsearch, index_prefix: str, tmp_path: Path) -> ReindexHarness:
    """A prefix of its own on the real node, and a folder for its files."""
    return ReindexHarness(es, index_prefix, tmp_path)


@pytest.fixture
def worker_context(database: Database, reindex_harness: ReindexHarness) -> WorkerContext:
    """A worker of that index."""
    return WorkerContext(database, reindex_harness.es, reindex_harness.alias, "w")
