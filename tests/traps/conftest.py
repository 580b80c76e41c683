"""A place to reindex of a whole run."""

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.indexers.reindexing import Office


@pytest.fixture
def office(es: Elasticsearch, index_prefix: str, tmp_path: Path) -> Office:
    """A prefix of its own on the real node, and a folder for its files."""
    return Office(es, index_prefix, tmp_path)
