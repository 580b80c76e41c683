"""Indices that no node takes, on a real node told to take none of a name that nobody bears."""

import pytest
from elasticsearch import Elasticsearch

from elastic import allocation
from elastic.errors import IndexUnassigned
from elastic.lifecycle import create_index
from elastic.names import IndexName, locks_index, offers_alias
from elastic.service.lock import open_lock

REQUIRED = "index.routing.allocation.require._name"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation, "ALLOCATION_TIMEOUT_S", 1)


def test_a_new_index_without_a_node_is_refused(es: Elasticsearch, index_prefix: str) -> None:
    name = IndexName.parse(f"{offers_alias(index_prefix)}-v5-20261126-170000-000001")
    with pytest.raises(IndexUnassigned, match=f"takes index {name}: free disk space"):
        create_index(es, name, {REQUIRED: "nobody"}, {})


def test_a_lock_without_a_node_is_not_waited_for(es: Elasticsearch, index_prefix: str) -> None:
    name = locks_index(index_prefix)
    es.indices.create(index=name, settings={REQUIRED: "nobody"}, wait_for_active_shards=0)
    with (
        pytest.raises(IndexUnassigned, match=f"takes index {name}"),
        open_lock(es, "reindex", prefix=index_prefix),
    ):
        pytest.fail("nobody can hold it")
    es.indices.put_settings(index=name, settings={REQUIRED: None})
    with open_lock(es, "reindex", prefix=index_prefix) as lock:
        assert lock.version
