"""What is written down about the node, and whose process it is."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from elastic.node.errors import NodeSlow
from elastic.node.state import (
    NodeState,
    delete_state,
    process_birth,
    read_state,
    running_node,
    write_state,
)
from elastic.settings import ElasticSettings
from tests.elastic.single_node import start_node, stop_node
from tests.suite.waiting import PATIENCE_S


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A process in a session of its own, as the node is."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def build_node_state(pid: int, birth: str | None = None) -> NodeState:
    return NodeState(
        url="http://127.0.0.1:1",
        pid=pid,
        group=pid,
        birth=process_birth(pid) or "" if birth is None else birth,
        started_at="2026-11-04T14:20:00+00:00",
        home="/es",
        origin="a test",
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state = build_node_state(os.getpid())
    write_state(tmp_path, state)
    assert read_state(tmp_path) == running_node(tmp_path) == state
    delete_state(tmp_path)
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "{}", '{"url": 1, "more": 2}', "[]"])
def test_a_damaged_file_is_no_node(tmp_path: Path, text: str) -> None:
    (tmp_path / "node.json").write_text(text)
    assert read_state(tmp_path) is None
    assert stop_node(tmp_path) is None


def test_a_process_that_ended_is_no_node(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    write_state(tmp_path, build_node_state(sleeper.pid))
    assert running_node(tmp_path) is not None
    os.kill(sleeper.pid, signal.SIGKILL)
    sleeper.wait()
    assert running_node(tmp_path) is None


def test_a_process_that_is_not_ours_is_left_alone(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    """The number of a dead node can be given to another process."""
    write_state(tmp_path, build_node_state(sleeper.pid, birth="another boot:42"))
    assert stop_node(tmp_path) is None
    assert sleeper.poll() is None
    assert read_state(tmp_path) is None


def test_a_process_that_is_ours_is_ended(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    state = build_node_state(sleeper.pid)
    write_state(tmp_path, state)
    assert stop_node(tmp_path, wait_s=5) == state
    assert sleeper.wait(timeout=PATIENCE_S) == -signal.SIGTERM


def test_a_node_that_lives_but_does_not_answer_is_told(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]", bare_settings: ElasticSettings
) -> None:
    write_state(tmp_path, build_node_state(sleeper.pid))
    with pytest.raises(NodeSlow, match=r"runs but does not answer.*`sas down` and `sas up`"):
        start_node(bare_settings, root=tmp_path, wait_s=0.3)
    assert sleeper.poll() is None


def test_a_process_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    deaf = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"],
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    assert deaf.stdout is not None
    deaf.stdout.readline()
    write_state(tmp_path, build_node_state(deaf.pid))
    stop_node(tmp_path, wait_s=0.5)
    assert deaf.wait(timeout=PATIENCE_S) == -signal.SIGKILL
    deaf.stdout.close()
