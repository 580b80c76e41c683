"""A place to reindex for each test."""

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.indexers.reindex_harness import ReindexHarness


@pytest.fixture
def reindex_harness(es: Elasticsearch, index_prefix: str, tmp_path: Path) -> ReindexHarness:
    """A prefix of its own on the real node, and a folder for its files."""
    return ReindexHarness(es, index_prefix, tmp_path)
