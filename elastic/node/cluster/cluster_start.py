"""Nodes started together: they elect a master together; all start, or none."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from elastic.node.errors import NodeSlow
from elastic.node.plans import StartRequest
from elastic.node.process import (
    POLL_S,
    STOP_S,
    Launch,
    end_nodes,
    launch_node,
    member_count,
    wait_until_up,
)
from elastic.node.state import NodeState, delete_state, process_birth, write_state


def start_cluster(
    launches: Mapping[int, Launch], origin: str, request: StartRequest
) -> dict[int, NodeState]:
    """Launch and wait; nodes that do not come up are ended, not left behind.

    Raises ``NodeDied``, ``NodeSlow`` and ``PortBusy``.
    """
    begun: dict[int, NodeState] = {}
    processes: dict[int, subprocess.Popen[bytes]] = {}
    since = time.monotonic()
    try:
        for at, plan in launches.items():
            request.report.say(
                f"Starting Elasticsearch from {origin}, heap {plan.heap}, on {plan.url}."
            )
            processes[at] = launch_node(plan)
            begun[at] = _record_launch(plan, processes[at], origin)
        for at, plan in launches.items():
            begun[at] = _await_node(plan, processes[at], begun[at], request.wait_s, since)
            _report_started_nodes(
                request, len([state for state in begun.values() if state.pid != state.group])
            )
        _require_full_cluster(request, launches, since)
    except BaseException:
        end_nodes(list(begun.values()), wait_s=STOP_S)
        for plan in launches.values():
            delete_state(plan.runtime)
        raise
    return begun


def _record_launch(plan: Launch, process: "subprocess.Popen[bytes]", origin: str) -> NodeState:
    """Record the process before it answers, so that an interrupted start can be stopped."""
    state = NodeState(
        url=plan.url,
        pid=process.pid,
        group=process.pid,
        birth=process_birth(process.pid) or "",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        home=str(plan.home),
        origin=origin,
        transport=plan.transport,
    )
    write_state(plan.runtime, state)
    return state


def _await_node(
    plan: Launch,
    process: "subprocess.Popen[bytes]",
    state: NodeState,
    wait_s: float,
    since: float,
) -> NodeState:
    pid = wait_until_up(process, plan, wait_s, since)
    started = replace(state, pid=pid, birth=process_birth(pid) or "")
    write_state(plan.runtime, started)
    return started


def _report_started_nodes(request: StartRequest, up: int) -> None:
    if request.cluster.nodes > 1:
        request.report.say(f"{up} of the nodes started now are up.")


def _require_full_cluster(
    request: StartRequest, launches: Mapping[int, Launch], since: float
) -> None:
    """Wait until they see each other; raises ``NodeSlow``."""
    first = next(iter(launches.values()))
    while member_count(first.url, first.access) < request.cluster.nodes:
        if time.monotonic() > since + request.wait_s:
            raise NodeSlow(
                f"The nodes answer but did not become one cluster of {request.cluster.nodes} "
                f"within "
                f"{request.wait_s:.0f} s: give it longer with --wait, or read {request.root}*/logs."
            )
        time.sleep(POLL_S)
