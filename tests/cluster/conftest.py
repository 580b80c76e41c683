"""One cluster of three secure nodes for every test of this folder, its keys, and data in it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from elastic import lifecycle
from elastic.client import client_for, superuser_options
from elastic.keys import KeyRole, issue_api_key
from elastic.names import offers_index
from elastic.node.cluster.access import AUTHORITY, FOLDER
from elastic.node.state import runtime_dir
from elastic.settings import ElasticSettings
from elastic.startup import ensure_elasticsearch
from mappings.offers import offers_mapping, offers_settings
from tests.elastic.clusters import HEAP, WAIT_S, open_own_machine

DOZEN = Path(__file__).parents[1] / "fixtures" / "search" / "dozen_offers.json"
PREFIX = "trio"
LOOK_OFTEN = {"cluster.info.update.interval": "10s"}
"""Interval at which nodes look at their disks; no shorter one is accepted."""


@dataclass(frozen=True)
class ThreeNodeCluster:
    """Three nodes of one secure cluster."""

    machine: ElasticSettings
    urls: str
    keys: dict[KeyRole, str]

    @property
    def root(self) -> Path:
        """Folder of the first node."""
        return runtime_dir(self.machine)

    def settings(self, key: str | None, **changes: object) -> ElasticSettings:
        """Settings of a program of ours: three addresses, the authority, a key."""
        return ElasticSettings.model_validate(
            {
                "elasticsearch_url": self.urls,
                "elasticsearch_ca": self.root / FOLDER / AUTHORITY,
                "elasticsearch_api_key": key,
                "index_prefix": PREFIX,
                "state_dir": self.machine.state_dir,
                **changes,
            }
        )

    @contextmanager
    def client(self, duty: KeyRole) -> Iterator[Elasticsearch]:
        """A client with one of the two keys."""
        with client_for(self.settings(self.keys[duty])) as opened:
            yield opened

    @contextmanager
    def owner(self) -> Iterator[Elasticsearch]:
        """A client that may do everything."""
        with client_for(self.machine, **superuser_options(self.machine)) as opened:
            yield opened

    @contextmanager
    def owner_at(self, url: str) -> Iterator[Elasticsearch]:
        """The same on one node alone, without retry."""
        options = {**superuser_options(self.machine), "max_retries": 0}
        with client_for(self.machine, url, **options) as opened:
            yield opened


@pytest.fixture(scope="session")
def three_node_cluster() -> Iterator[ThreeNodeCluster]:
    """Started once; stopped by its process numbers, whatever happened."""
    with open_own_machine() as machine:
        up = ensure_elasticsearch(machine, nodes=3, secure=True, heap=HEAP, wait_s=WAIT_S)
        with client_for(machine, **superuser_options(machine)) as client:
            client.cluster.put_settings(persistent=LOOK_OFTEN)
            keys = {duty: issue_api_key(client, duty, PREFIX) for duty in KeyRole}
        yield ThreeNodeCluster(machine, up.url, keys)


@pytest.fixture(scope="session")
def writer(three_node_cluster: ThreeNodeCluster) -> Iterator[Elasticsearch]:
    """A client with the writer's key."""
    with three_node_cluster.client(KeyRole.WRITER) as opened:
        yield opened.options(request_timeout=30)


@pytest.fixture(scope="module")
def dozen(three_node_cluster: ThreeNodeCluster, writer: Elasticsearch) -> str:
    """The alias of thirteen offers."""
    return fill(writer)


def fill(client: Elasticsearch) -> str:
    """Make thirteen offers live, with as many copies as a reindex gives them; their alias."""
    name, copies = offers_index(PREFIX, datetime.now(UTC)), lifecycle.count_useful_replicas(client)
    lifecycle.create_index(client, name, offers_settings(replicas=copies), offers_mapping())
    offers = json.loads(DOZEN.read_text("utf-8"))
    actions = [
        {
            "_index": str(name),
            "_id": offer["id"],
            "_source": offer,
        }
        for offer in ({"slots": [], **offer} for offer in offers)
    ]
    bulk(client, actions, refresh=True)
    lifecycle.swap_alias(client, name.alias, name)
    client.cluster.health(wait_for_status="green", timeout="30s")
    return name.alias


def as_environment(
    cluster: ThreeNodeCluster, duty: KeyRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment of a program of ours that was given one of the keys."""
    settings = cluster.settings(cluster.keys[duty])
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", cluster.urls)
    monkeypatch.setenv("SAS_ELASTICSEARCH_CA", str(settings.elasticsearch_ca))
    monkeypatch.setenv("SAS_ELASTICSEARCH_API_KEY", cluster.keys[duty])
    monkeypatch.setenv("SAS_INDEX_PREFIX", PREFIX)
    monkeypatch.setenv("COLUMNS", "200")


def as_owner(cluster: ThreeNodeCluster, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the account that started the nodes, in a corner of its own."""
    for name in [name for name in os.environ if name.startswith("SAS_ELASTICSEARCH")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SAS_STATE_DIR", str(cluster.machine.state_dir))
    monkeypatch.setenv("SAS_INDEX_PREFIX", prefix)
    monkeypatch.setenv("COLUMNS", "200")
