"""Pages that users get when a node dies, stops answering, or its disk is full."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from cli.exit_codes import UNAVAILABLE
from cli.main import app
from elastic import allocation
from elastic.bulk import write_offers
from elastic.checks import CheckLevel, check_members
from elastic.errors import DiskFull, IndexUnassigned
from elastic.keys import KeyRole
from elastic.node.cluster.cluster_config import member_dir, member_name
from elastic.node.state import NodeState, read_state
from elastic.service import lock
from elastic.startup import ensure_elasticsearch
from indexers.reindex import recipe
from tests.api.conftest import build_frozen_app, open_api_server
from tests.cli.commands import assert_refused
from tests.cluster.conftest import PREFIX, ThreeNodeCluster, as_environment
from tests.cluster.search_load import (
    CALLERS,
    DEADLINE_S,
    ENOUGH,
    GATEWAY_TIMEOUT,
    NODES,
    ROUND_S,
    SearchLoad,
    open_search_load,
    wait_for_answers,
)
from tests.elastic.clusters import HEAP, WAIT_S
from tests.indexers.reindex_harness import ReindexHarness, two_doctors
from tests.suite.waiting import wait_for

NOTICED_S = 30.0
"""Seconds within which a frozen master is put out, on a busy machine; 39 with Elasticsearch's own
time to wait for it."""
WATERMARKS = "cluster.routing.allocation.disk.watermark"
FULL = {
    f"{WATERMARKS}.low": "900tb",
    f"{WATERMARKS}.high": "800tb",
    f"{WATERMARKS}.flood_stage": "700tb",
}


@pytest.fixture(scope="module")
def api(three_node_cluster: ThreeNodeCluster, dozen: str) -> Iterator[str]:
    """The API on three addresses, with the reader's key."""
    with pytest.MonkeyPatch.context() as environment:
        as_environment(three_node_cluster, KeyRole.READER, environment)
        with open_api_server(build_frozen_app()) as url:
            yield url


@pytest.mark.proves("F072", "W19")
def test_a_killed_node_costs_no_search_and_comes_back(
    three_node_cluster: ThreeNodeCluster, api: str
) -> None:
    lost = next(at for at in range(NODES) if member_name(at) != master(three_node_cluster))
    survive(three_node_cluster, api, lost, "node killed")


@pytest.mark.proves("F072", "W19")
def test_the_elected_master_killed_costs_no_search_and_comes_back(
    three_node_cluster: ThreeNodeCluster, api: str
) -> None:
    lost = next(at for at in range(NODES) if member_name(at) == master(three_node_cluster))
    survive(three_node_cluster, api, lost, "master killed")


def survive(cluster: ThreeNodeCluster, api: str, lost: int, event: str) -> None:
    """Killed and started again, at its own address, while searches go on."""
    before = read_member_state(cluster, lost)
    with open_search_load(api) as load:
        os.kill(before.pid, signal.SIGKILL)
        noticed = wait_for(lambda: count(cluster, lost) == NODES - 1)
        levels = [check.level for check in check_members(cluster.machine)]
        again = ensure_elasticsearch(cluster.machine, heap=HEAP, wait_s=WAIT_S)
        wait_until_green(cluster)
        wait_for_answers(load, ENOUGH - len(load.statuses))
    print(load.summarize(event), f"noticed after {noticed:.1f} s")
    assert_served(load)
    assert levels.count(CheckLevel.WARN) == 1
    assert len(again.pids) == NODES
    assert read_member_state(cluster, lost).url == before.url
    assert {check.level for check in check_members(cluster.machine)} == {CheckLevel.OK}


@pytest.mark.proves("F072", "W19")
def test_a_master_that_holds_connections_and_never_answers(
    three_node_cluster: ThreeNodeCluster, api: str
) -> None:
    """SIGSTOP is what a cut network looks like from outside; test_network.py cuts one.

    Until the others notice, a search may meet the frozen node more than once: it waits, and what
    the API cannot answer in time is a typed 504. Nothing is empty, and no client waits longer.
    """
    lost = next(at for at in range(NODES) if member_name(at) == master(three_node_cluster))
    pid = read_member_state(three_node_cluster, lost).pid
    with open_search_load(api) as load:
        os.kill(pid, signal.SIGSTOP)
        try:
            noticed = wait_for(lambda: count(three_node_cluster, lost) == NODES - 1, NOTICED_S)
            before = len(load.statuses)
            wait_for_answers(load, ENOUGH)
        finally:
            os.kill(pid, signal.SIGCONT)
    print(load.summarize("master frozen"), f"noticed after {noticed:.1f} s")
    assert set(load.failures) <= {GATEWAY_TIMEOUT}
    assert set(load.statuses[before + CALLERS :]) == {200}
    assert max(load.seconds) < DEADLINE_S + ROUND_S
    wait_until_green(three_node_cluster)


def test_a_full_disk_stops_writes_and_no_search(
    three_node_cluster: ThreeNodeCluster,
    api: str,
    writer: Elasticsearch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = ReindexHarness(writer, PREFIX, tmp_path)
    with lock.open_lock(writer, recipe.LOCK, prefix=PREFIX):
        """A load was done before: its lock has a node."""
    live, before, files = office.live, office.offers(), two_doctors(office)
    with three_node_cluster.owner() as owner:
        owner.cluster.put_settings(persistent=FULL)
        try:
            wait_for(lambda: is_write_blocked(owner, office.alias))
            with open_search_load(api) as load, pytest.raises(DiskFull, match="free disk space"):
                office.reindex(files, accept_drift=True)
            assert_served(load)
            with pytest.raises(DiskFull, match="free disk space"):
                write_offers(writer, live, files.offers().values())
            assert_load_refused(three_node_cluster, tmp_path, monkeypatch)
            assert office.live == live
            assert live in office.indices
            assert office.offers() == before
        finally:
            owner.cluster.put_settings(persistent=dict.fromkeys(FULL))
        recovered = wait_for(lambda: not is_write_blocked(owner, office.alias), limit_s=90)
    print(f"disk freed: writes again after {recovered:.1f} s")
    assert office.reindex(files, accept_drift=True).index == office.live


def test_a_first_load_on_a_full_disk_is_refused_at_once(
    three_node_cluster: ThreeNodeCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocation, "ALLOCATION_TIMEOUT_S", 2)
    with three_node_cluster.owner() as owner:
        office = ReindexHarness(owner, "first", tmp_path)
        owner.cluster.put_settings(persistent=FULL)
        try:
            for _ in range(2):
                with pytest.raises(IndexUnassigned, match="free disk space"):
                    office.reindex(two_doctors(office))
        finally:
            owner.cluster.put_settings(persistent=dict.fromkeys(FULL))
        wait_for(lambda: owner.cluster.health()["status"] == "green", limit_s=90)
        assert office.reindex(two_doctors(office)).index == office.live


def assert_load_refused(
    cluster: ThreeNodeCluster, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sas load`` is refused with one sentence on the full disk."""
    source = folder / "participation.jsonl"
    source.write_text('{"rpps": "10000000101", "participation": false}\n')
    as_environment(cluster, KeyRole.WRITER, monkeypatch)
    monkeypatch.setenv("SAS_STATE_DIR", str(folder / "state"))
    words = ["load", "participation", str(source), "--accept-drift"]
    assert_refused(CliRunner().invoke(app, words), UNAVAILABLE, "free disk space")


def assert_served(load: SearchLoad) -> None:
    assert load.statuses
    assert load.failures == []
    assert max(load.seconds) < DEADLINE_S


def read_member_state(cluster: ThreeNodeCluster, at: int) -> NodeState:
    state = read_state(member_dir(cluster.root, at))
    assert state is not None
    return state


def master(cluster: ThreeNodeCluster) -> str:
    with cluster.owner() as owner:
        return str(owner.cat.master(format="json")[0]["node"])


def count(cluster: ThreeNodeCluster, lost: int) -> int:
    """Nodes of the cluster, as a node that is not lost counts them; 0 while it has no master."""
    alive = read_member_state(cluster, (lost + 1) % NODES).url
    with cluster.owner_at(alive) as owner:
        try:
            return int(owner.cluster.health(master_timeout="1s")["number_of_nodes"])
        except Exception:
            return 0


def wait_until_green(cluster: ThreeNodeCluster) -> None:
    with cluster.owner() as owner:
        patient = owner.options(request_timeout=100)
        health = patient.cluster.health(
            wait_for_status="green", wait_for_nodes=str(NODES), timeout="90s"
        )
    assert (health["status"], health["number_of_nodes"]) == ("green", NODES)


def is_write_blocked(owner: Elasticsearch, alias: str) -> bool:
    found = owner.indices.get_settings(index=alias, flat_settings=True)
    name = "index.blocks.read_only_allow_delete"
    return any(index["settings"].get(name) == "true" for index in found.values())
