"""The node as a process of this machine; processes of others are never ended."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from elastic.node.account import Account, chown_tree
from elastic.node.cluster.access import OPEN_ACCESS, Access, fetch_node_json
from elastic.node.console import find_refused_port, last_meaningful_line, read_console
from elastic.node.errors import NodeDied, NodeError, NodeSlow, PortBusy
from elastic.node.state import NodeState, process_birth

PASSED_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ")
"""Nothing else of our environment reaches the node: it may hold keys."""
POLL_S = 0.2
STOP_S = 30.0
"""Seconds a node may take to end by itself."""
FOLDERS = ("data", "logs", "tmp", "config")


@dataclass(frozen=True)
class Launch:
    """All it takes to start the node."""

    home: Path
    runtime: Path
    url: str
    transport: int
    heap: str
    java_home: Path | None
    account: Account | None
    access: Access = OPEN_ACCESS
    java_options: str = ""

    @property
    def console(self) -> Path:
        """File of the node's output."""
        return self.runtime / "console.log"


def launch_node(plan: Launch) -> "subprocess.Popen[bytes]":
    """Start it in a session of its own, so that it outlives us."""
    for name in FOLDERS:
        (plan.runtime / name).mkdir(parents=True, exist_ok=True)
        chown_tree(plan.account, plan.runtime / name)
    with plan.console.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - the distribution's own start script
            [plan.home / "bin" / "elasticsearch"],
            env=_environment(plan),
            cwd=plan.runtime,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_identity(plan.account),
        )


def tool_environment(java_home: Path | None) -> dict[str, str]:
    """Environment of the distribution's programs, with the place of their Java."""
    kept = {name: os.environ[name] for name in PASSED_VARIABLES if name in os.environ}
    return {**kept, **({"ES_JAVA_HOME": str(java_home)} if java_home else {})}


def _environment(plan: Launch) -> dict[str, str]:
    return {
        **tool_environment(plan.java_home),
        "HOME": str(plan.runtime),
        "ES_PATH_CONF": str(plan.runtime / "config"),
        "ES_TMPDIR": str(plan.runtime / "tmp"),
        "ES_JAVA_OPTS": f"-Xms{plan.heap} -Xmx{plan.heap} {plan.java_options}".rstrip(),
    }


def _identity(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def wait_until_up(
    process: "subprocess.Popen[bytes]", plan: Launch, wait_s: float, since: float
) -> int:
    """Wait for the node to answer, ``wait_s`` after the monotonic instant ``since`` at most.

    Returns the number of the server's process. Raises ``NodeDied`` or ``NodeSlow``, each with the
    last meaningful line of the log, and ``PortBusy`` when another program took a port since it
    was chosen.
    """
    while time.monotonic() < since + wait_s:
        if process.poll() is not None:
            raise _startup_error(plan)
        pid = server_pid(plan.url, plan.access) if is_ready(plan.url, plan.access) else None
        if pid is not None and _group(pid) == process.pid:
            return pid
        time.sleep(POLL_S)
    raise NodeSlow(
        f"Elasticsearch did not answer on {plan.url} within {wait_s:.0f} s: give it longer with "
        f"--wait, or read {plan.console} (last line: {_last_line(plan)})."
    )


def _startup_error(plan: Launch) -> NodeError:
    port = find_refused_port(read_console(plan.console))
    if port is not None:
        return PortBusy(
            f"Port {port} was taken by another program while Elasticsearch started: run `sas up` "
            "again, or choose another one with --port.",
            port,
        )
    return NodeDied(
        f"Elasticsearch ended while starting: {_last_line(plan)} (all of it in {plan.console})."
    )


def _group(pid: int) -> int | None:
    """The process group: that of our launch, unless another Elasticsearch has our port."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _last_line(plan: Launch) -> str:
    return last_meaningful_line(read_console(plan.console))


def is_ready(url: str, access: Access = OPEN_ACCESS) -> bool:
    """Whether the node answers and every index it holds can be searched."""
    try:
        return bool(fetch_node_json(f"{url}/_cluster/health", access)["status"] != "red")
    except (httpx.HTTPError, ValueError, KeyError):
        return False


def member_count(url: str, access: Access = OPEN_ACCESS) -> int:
    """Number of nodes in the cluster of this one; 0 while it does not answer."""
    try:
        return int(fetch_node_json(f"{url}/_cluster/health", access)["number_of_nodes"])
    except (httpx.HTTPError, ValueError, KeyError):
        return 0


def server_pid(url: str, access: Access = OPEN_ACCESS) -> int | None:
    """The process behind the address, None while nothing answers there."""
    try:
        nodes = fetch_node_json(f"{url}/_nodes/_local/process", access)["nodes"].values()
    except (httpx.HTTPError, ValueError, KeyError):
        return None
    return next((int(node["process"]["id"]) for node in nodes), None)


def end_nodes(states: Sequence[NodeState], wait_s: float) -> None:
    """Ask the nodes to end, insist after ``wait_s``; nothing to one that is not ours any more."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for state in filter(_is_alive, states):
            _signal_group(state.group, sign)
        deadline = time.monotonic() + wait_s
        while any(map(_is_alive, states)) and time.monotonic() < deadline:
            time.sleep(POLL_S)


def _is_alive(state: NodeState) -> bool:
    return process_birth(state.pid) == state.birth


def _signal_group(group: int, sign: signal.Signals) -> None:
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        return
