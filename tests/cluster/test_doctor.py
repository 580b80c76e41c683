"""What ``sas doctor`` says of the copies of indices, asked with the key of the API."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from elastic.checks import Check, Level, check_cluster
from elastic.keys import Duty
from tests.cluster.conftest import PREFIX, Trio

NOWHERE = {"number_of_replicas": 0, "routing.allocation.require._name": "nobody"}
NO_COPY = {"number_of_replicas": 3}
"""More copies than nodes left to hold them."""


@contextmanager
def index(owner: Elasticsearch, name: str, settings: dict[str, object]) -> Iterator[None]:
    owner.indices.create(index=name, settings=settings, wait_for_active_shards=0)
    yield
    owner.indices.delete(index=name)


def judged(trio: Trio) -> Check:
    with trio.client(Duty.READER) as reader:
        return check_cluster(reader, PREFIX)


@pytest.mark.parametrize(
    ("name", "settings", "level"),
    [
        (f"{PREFIX}-offers-lost", NOWHERE, Level.BLOCK),
        (f"{PREFIX}-sas-short", NO_COPY, Level.WARN),
        ("others-offers-lost", NOWHERE, Level.OK),
        (f"{PREFIX}x-offers-lost", NOWHERE, Level.OK),
    ],
)
def test_only_indices_of_ours_are_judged(
    trio: Trio, dozen: str, name: str, settings: dict[str, object], level: Level
) -> None:
    assert judged(trio).level is Level.OK
    with trio.owner() as owner, index(owner, name, settings):
        check = judged(trio)
    assert check.level is level
    assert "3 nodes" in check.finding
    assert bool(check.remedy) is (level is not Level.OK)
