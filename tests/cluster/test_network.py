"""Pages that users get when the cable of a node is pulled, and when it is plugged in again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from elastic.client import client_for
from elastic.node.account import node_account
from elastic.node.cluster.cluster_config import member_name
from elastic.node.configuration import discovery_settings, node_settings, write_configuration
from elastic.node.jdk import find_jdk
from elastic.node.ports import Ports, find_free_port
from elastic.node.process import Launch, launch_node, wait_until_up
from elastic.node.provision import obtain_distribution
from elastic.node.report import SilentReporter
from elastic.settings import ElasticSettings
from tests.api.conftest import build_frozen_app, open_api_server
from tests.cluster.conftest import PREFIX, fill
from tests.cluster.network_cable import HERE, THERE, Cable, open_cable
from tests.cluster.search_load import (
    CALLERS,
    DEADLINE_S,
    ENOUGH,
    GATEWAY_TIMEOUT,
    NODES,
    ROUND_S,
    open_search_load,
    wait_for_answers,
)
from tests.elastic.clusters import HEAP, WAIT_S
from tests.suite.waiting import wait_for

FAR = NODES - 1
"""Position of the node at the far end."""
ADDRESSES = (HERE, HERE, THERE)


@dataclass(frozen=True)
class SplitCluster:
    """Three open nodes, the last one beyond the cable."""

    cable: Cable
    urls: tuple[str, ...]

    @contextmanager
    def client(self) -> Iterator[Elasticsearch]:
        """To the two nodes at this end."""
        settings = ElasticSettings(elasticsearch_url=",".join(self.urls[:FAR]))
        with client_for(settings) as opened:
            yield opened

    def count(self) -> int:
        """Nodes of the cluster, as this end counts them; 0 while it has no master."""
        with self.client() as client:
            try:
                return int(client.cluster.health(master_timeout="1s")["number_of_nodes"])
            except Exception:
                return 0

    def master(self) -> str:
        """Name of the elected one."""
        with self.client() as client:
            return str(client.cat.master(format="json")[0]["node"])


@pytest.fixture(scope="module")
def split_cluster() -> Iterator[SplitCluster]:
    """Started side by side, and ended by their own process groups."""
    folder = Path(tempfile.mkdtemp(prefix="sas-cable-"))
    folder.chmod(0o755)
    begun: list[subprocess.Popen[bytes]] = []
    try:
        with open_cable() as laid:
            try:
                launches = plan_launches(folder)
                begun += [launch_node(plan) for plan in launches[:FAR]]
                begun.append(laid.beyond(lambda: launch_node(launches[FAR])))
                since = time.monotonic()
                for process, plan in zip(begun, launches, strict=True):
                    wait_until_up(process, plan, WAIT_S, since)
                found = SplitCluster(laid, tuple(plan.url for plan in launches))
                wait_for(lambda: found.count() == NODES)
                yield found
            finally:
                end(begun)
    finally:
        shutil.rmtree(folder)


def plan_launches(folder: Path) -> list[Launch]:
    """Launch of each node: an address of its own in place of the loopback interface."""
    distribution, account = obtain_distribution(ElasticSettings(), SilentReporter()), node_account()
    java = None if distribution.jdk_home else find_jdk(os.environ, account).home
    ports = [Ports(find_free_port(), find_free_port()) for _ in range(NODES)]
    names = [member_name(at) for at in range(NODES)]
    hosts = zip(ADDRESSES, ports, strict=True)
    seeds = {"discovery.seed_hosts": ",".join(f"{host}:{own.transport}" for host, own in hosts)}
    launches = []
    for name, host, own in zip(names, ADDRESSES, ports, strict=True):
        runtime = folder / name
        settings = {
            **node_settings(own, runtime, name, {**discovery_settings([], names), **seeds}),
            "network.host": host,
        }
        write_configuration(distribution.home, runtime / "config", settings)
        url = f"http://{host}:{own.http}"
        launches.append(Launch(distribution.home, runtime, url, own.transport, HEAP, java, account))
    return launches


def end(begun: list[subprocess.Popen[bytes]]) -> None:
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def api(split_cluster: SplitCluster) -> Iterator[str]:
    """The API on the three addresses."""
    with split_cluster.client() as client:
        fill(client.options(request_timeout=30))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SAS_ELASTICSEARCH_URL", ",".join(split_cluster.urls))
        environment.setenv("SAS_INDEX_PREFIX", PREFIX)
        with open_api_server(build_frozen_app()) as url:
            yield url


@pytest.mark.proves("F072", "W19")
def test_a_node_whose_cable_is_pulled(split_cluster: SplitCluster, api: str) -> None:
    keep_masters_here(split_cluster)
    with open_search_load(api) as load:
        split_cluster.cable.pull()
        try:
            noticed = wait_for(lambda: split_cluster.count() == FAR)
            before = len(load.statuses)
            wait_for_answers(load, ENOUGH)
        finally:
            split_cluster.cable.plug()
        back = wait_for(lambda: split_cluster.count() == NODES)
        wait_for_answers(load, ENOUGH)
    print(load.summarize("cable of a node pulled"), f"noticed {noticed:.1f} s, back {back:.1f} s")
    assert set(load.failures) <= {GATEWAY_TIMEOUT}
    assert set(load.statuses[before + CALLERS :]) == {200}
    assert max(load.seconds) < DEADLINE_S + ROUND_S
    with split_cluster.client() as client:
        health = client.options(request_timeout=70).cluster.health(
            wait_for_status="green", wait_for_nodes=str(NODES), timeout="60s"
        )
    assert health["status"] == "green"


def keep_masters_here(split_cluster: SplitCluster) -> None:
    """Make one of this end the master; what a lost master costs is seen in test_resilience.py."""
    far = member_name(FAR)
    with split_cluster.client() as client:
        patient = client.options(request_timeout=40)
        patient.cluster.post_voting_config_exclusions(node_names=far)
        patient.cluster.delete_voting_config_exclusions(wait_for_removal=False)
    wait_for(lambda: split_cluster.master() != far)
