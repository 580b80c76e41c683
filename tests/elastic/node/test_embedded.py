"""The embedded node for real: booted, found running, killed, restarted, stopped.

These boot nodes of their own, whatever SAS_ELASTICSEARCH_URL says, from the distribution that is
kept once per machine.
"""

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from elastic.checks import CheckLevel, check_elasticsearch
from elastic.errors import DiskFull
from elastic.node import configuration, embedded, plans
from elastic.node.account import Account, can_enter, node_account
from elastic.node.distribution import distribution_home
from elastic.node.embedded import StartedNode
from elastic.node.errors import BadHeap, NodeDied, NodeSlow, PlaceUnreachable, PortBusy
from elastic.node.ports import Ports, choose_ports, find_free_port
from elastic.node.provision import obtain_distribution
from elastic.node.report import SilentReporter
from elastic.node.state import process_birth, read_state, runtime_dir
from elastic.settings import ElasticSettings, default_state_dir
from tests.elastic.conftest import RecordingReport
from tests.elastic.single_node import QUICK_COMPILER, start_node, stop_node
from tests.suite.waiting import PATIENCE_S, wait_for

HEAP = "512m"
WAIT_S = 300.0
"""Seconds: the machine of a test run may be busy."""


@pytest.fixture(scope="module")
def node_machine() -> Iterator[ElasticSettings]:
    """A state folder of its own that shares the distribution of this machine."""
    folder = Path(tempfile.mkdtemp(prefix="sas-embedded-"))
    folder.chmod(0o755)
    shared = ElasticSettings().state_dir / "distributions"
    (folder / "distributions").symlink_to(shared)
    yield ElasticSettings(state_dir=folder, elasticsearch_url=None)
    stop_node(folder / "node")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def node(node_machine: ElasticSettings) -> StartedNode:
    """Started by two callers at once, from a distribution installed beforehand."""
    obtain_distribution(ElasticSettings(), SilentReporter())
    found: list[StartedNode] = []
    callers = [
        threading.Thread(
            target=lambda: found.append(start_node(node_machine, heap=HEAP, wait_s=WAIT_S))
        )
        for _ in range(2)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    first, second = found
    assert first.state == second.state
    assert sorted([first.already_running, second.already_running]) == [False, True]
    return first


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=PATIENCE_S)


def test_two_starts_at_once_make_one_node(node: StartedNode) -> None:
    assert get(node.state.url).json()["version"]["number"] == configuration.VERSION


def test_a_third_start_finds_it_running(node: StartedNode, node_machine: ElasticSettings) -> None:
    again = start_node(node_machine, heap=HEAP)
    assert again.already_running
    assert again.state == node.state


def test_it_runs_with_our_settings_on_the_loopback_interface(node: StartedNode) -> None:
    info = next(iter(get(f"{node.state.url}/_nodes/_local").json()["nodes"].values()))
    flat = get(f"{node.state.url}/_nodes/_local/settings?flat_settings=true").json()["nodes"]
    settings = next(iter(flat.values()))["settings"]
    shared = configuration.SHARED_SETTINGS
    assert {key: settings.get(key) for key in shared} == shared
    assert info["http"]["publish_address"].startswith("127.0.0.1:")
    assert info["transport"]["publish_address"].startswith("127.0.0.1:")
    assert info["jvm"]["mem"]["heap_max_in_bytes"] == 512 << 20
    assert QUICK_COMPILER in info["jvm"]["input_arguments"]


def test_root_lends_it_an_account_without_rights(node: StartedNode) -> None:
    if os.geteuid() == 0:
        assert Path(f"/proc/{node.state.pid}").stat().st_uid != 0
    else:
        assert Path(f"/proc/{node.state.pid}").stat().st_uid == os.geteuid()


def test_our_environment_does_not_reach_it(node: StartedNode) -> None:
    names = {
        line.partition("=")[0]
        for line in Path(f"/proc/{node.state.group}/environ").read_text().split("\0")
    }
    assert "ES_JAVA_OPTS" in names
    assert {"HOME", "ES_PATH_CONF"} <= names
    assert not any(name.startswith("SAS_") for name in names)


@pytest.mark.full_run
def test_a_killed_node_is_told_and_comes_back_with_its_data(
    node: StartedNode, node_machine: ElasticSettings
) -> None:
    httpx.put(f"{node.state.url}/kept", trust_env=False, timeout=PATIENCE_S).raise_for_status()
    state = read_state(runtime_dir(node_machine))
    assert state is not None
    os.kill(state.pid, signal.SIGKILL)
    wait_for(lambda: process_birth(state.pid) is None)
    check = check_elasticsearch(node_machine)
    assert check.level is CheckLevel.BLOCK
    assert f"process {state.pid}) died" in check.finding
    assert "sas up" in check.remedy
    back = start_node(node_machine, heap=HEAP, wait_s=WAIT_S)
    assert not back.already_running
    assert get(f"{back.state.url}/kept").status_code == 200
    assert check_elasticsearch(node_machine).level is CheckLevel.OK


def test_a_stopped_node_is_gone(node: StartedNode, node_machine: ElasticSettings) -> None:
    stopped = stop_node(runtime_dir(node_machine))
    assert stopped is not None
    assert process_birth(stopped.pid) is None
    assert stop_node(runtime_dir(node_machine)) is None
    with pytest.raises(httpx.TransportError):
        get(stopped.url)


@pytest.mark.full_run
def test_a_node_that_dies_says_why(
    node: StartedNode, node_machine: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting of a module that is not there stops it, as geoip and machine learning would."""
    monkeypatch.setitem(configuration.SHARED_SETTINGS, "no.such.setting", "true")
    stop_node(runtime_dir(node_machine))
    with pytest.raises(NodeDied, match=r"unknown setting \[no\.such\.setting\]") as caught:
        start_node(node_machine, heap=HEAP, wait_s=WAIT_S)
    assert "\n" not in str(caught.value)
    assert read_state(runtime_dir(node_machine)) is None


@pytest.mark.full_run
def test_a_port_lost_to_another_elasticsearch_is_given_up(
    node_machine: ElasticSettings,
    es_url: str,
    monkeypatch: pytest.MonkeyPatch,
    recording_report: RecordingReport,
) -> None:
    """Chosen while free, taken before the node listens: never mistaken for our own node."""
    lost = Ports(http=int(es_url.rstrip("/").rpartition(":")[2]), transport=find_free_port())
    choices = iter([lost, lost])
    monkeypatch.setattr(plans, "choose_ports", lambda *_: next(choices, None) or choose_ports())
    stop_node(runtime_dir(node_machine))
    started = start_node(node_machine, heap=HEAP, wait_s=WAIT_S, report=recording_report)
    assert started.state.url != es_url
    assert os.getpgid(started.state.pid) == started.state.group
    assert any(f"Port {lost.http} was taken" in line for line in recording_report.lines)


def test_a_node_that_is_slow_is_ended_and_told(
    node: StartedNode, node_machine: ElasticSettings
) -> None:
    stop_node(runtime_dir(node_machine))
    with pytest.raises(NodeSlow, match=r"within 1 s: give it longer with --wait"):
        start_node(node_machine, heap=HEAP, wait_s=1)
    assert read_state(runtime_dir(node_machine)) is None


def test_a_busy_port_is_told_before_anything_starts(
    bare_settings: ElasticSettings, open_folder: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortBusy, match=f"Port {port}"):
            start_node(bare_settings, root=open_folder / "node", port=port)
    assert not distribution_home(bare_settings.state_dir).exists()


def test_a_full_disk_is_told_before_anything_starts(bare_settings: ElasticSettings) -> None:
    with pytest.raises(DiskFull, match="free some space"):
        start_node(bare_settings, disk_floor=10**18)


def test_a_wrong_heap_is_told_before_anything_starts(bare_settings: ElasticSettings) -> None:
    with pytest.raises(BadHeap, match="such as 512m or 1g"):
        start_node(bare_settings, heap="3x")


def test_a_folder_the_node_cannot_enter_is_told(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    stranger = Account("nobody", 65534, 65534)
    monkeypatch.setattr(embedded, "node_account", lambda: stranger)
    with pytest.raises(PlaceUnreachable, match=r"cannot be entered by nobody.*SAS_STATE_DIR"):
        start_node(bare_settings)


def test_the_usual_place_can_be_entered_by_the_nodes_account() -> None:
    place = default_state_dir()
    existing = next(step for step in (place, *place.parents) if step.exists())
    assert can_enter(node_account(), existing)
