"""Nodes started side by side: each needs the others to elect a master; all come up, or none."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from elastic.node.errors import NodeSlow
from elastic.node.plans import Order
from elastic.node.process import (
    POLL_S,
    STOP_S,
    Launch,
    end_nodes,
    launch,
    member_count,
    wait_until_up,
)
from elastic.node.state import NodeState, forget_state, process_birth, write_state


def run_together(launches: Mapping[int, Launch], origin: str, order: Order) -> dict[int, NodeState]:
    """Launch and wait; nodes that do not come up are ended, not left behind.

    Raises ``NodeDied``, ``NodeSlow`` and ``PortBusy``.
    """
    begun: dict[int, NodeState] = {}
    processes: dict[int, subprocess.Popen[bytes]] = {}
    since = time.monotonic()
    try:
        for at, plan in launches.items():
            order.report.say(
                f"Starting Elasticsearch from {origin}, heap {plan.heap}, on {plan.url}."
            )
            processes[at] = launch(plan)
            begun[at] = _begun(plan, processes[at], origin)
        for at, plan in launches.items():
            begun[at] = _settled(plan, processes[at], begun[at], order.wait_s, since)
            _tell(order, len([state for state in begun.values() if state.pid != state.group]))
        _require_company(order, launches, since)
    except BaseException:
        end_nodes(list(begun.values()), wait_s=STOP_S)
        for plan in launches.values():
            forget_state(plan.runtime)
        raise
    return begun


def _begun(plan: Launch, process: "subprocess.Popen[bytes]", origin: str) -> NodeState:
    """Written down before it answers, so that a start cut short leaves a node that can be ended."""
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


def _settled(
    plan: Launch,
    process: "subprocess.Popen[bytes]",
    state: NodeState,
    wait_s: float,
    since: float,
) -> NodeState:
    pid = wait_until_up(process, plan, wait_s, since)
    settled = replace(state, pid=pid, birth=process_birth(pid) or "")
    write_state(plan.runtime, settled)
    return settled


def _tell(order: Order, up: int) -> None:
    if order.roster.nodes > 1:
        order.report.say(f"{up} of the nodes started now are up.")


def _require_company(order: Order, launches: Mapping[int, Launch], since: float) -> None:
    """Wait until they see each other; raises ``NodeSlow``."""
    first = next(iter(launches.values()))
    while member_count(first.url, first.access) < order.roster.nodes:
        if time.monotonic() > since + order.wait_s:
            raise NodeSlow(
                f"The nodes answer but did not become one cluster of {order.roster.nodes} within "
                f"{order.wait_s:.0f} s: give it longer with --wait, or read {order.root}*/logs."
            )
        time.sleep(POLL_S)
