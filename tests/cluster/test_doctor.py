"""Findings of ``sas doctor`` on the copies of indices, read with the key of the API."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from elastic.checks import Check, CheckLevel, check_cluster
from elastic.keys import KeyRole
from tests.cluster.conftest import PREFIX, ThreeNodeCluster

NOWHERE = {"number_of_replicas": 0, "routing.allocation.require._name": "nobody"}
NO_COPY = {"number_of_replicas": 3}
"""More copies than nodes left to hold them."""


@contextmanager
def open_index(owner: Elasticsearch, name: str, settings: dict[str, object]) -> Iterator[None]:
    owner.indices.create(index=name, settings=settings, wait_for_active_shards=0)
    yield
    owner.indices.delete(index=name)


def check_reader_cluster(cluster: ThreeNodeCluster) -> Check:
    with cluster.client(KeyRole.READER) as reader:
        return check_cluster(reader, PREFIX)


@pytest.mark.parametrize(
    ("name", "settings", "level"),
    [
        (f"{PREFIX}-offers-lost", NOWHERE, CheckLevel.BLOCK),
        (f"{PREFIX}-sas-short", NO_COPY, CheckLevel.WARN),
        ("others-offers-lost", NOWHERE, CheckLevel.OK),
        (f"{PREFIX}x-offers-lost", NOWHERE, CheckLevel.OK),
    ],
)
def test_only_indices_of_ours_are_judged(
    three_node_cluster: ThreeNodeCluster,
    dozen: str,
    name: str,
    settings: dict[str, object],
    level: CheckLevel,
) -> None:
    assert check_reader_cluster(three_node_cluster).level is CheckLevel.OK
    with three_node_cluster.owner() as owner, open_index(owner, name, settings):
        check = check_reader_cluster(three_node_cluster)
    assert check.level is level
    assert "3 nodes" in check.finding
    assert bool(check.remedy) is (level is not CheckLevel.OK)
