"""Start and stop the embedded node: once per folder, safe under two starts at the same time."""

import os
import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from elastic.node.account import Account, node_account, require_entry
from elastic.node.configuration import embedded_settings, write_configuration
from elastic.node.disk import RUN_FLOOR, require_disk
from elastic.node.distribution import Distribution
from elastic.node.errors import BadHeap, NodeSlow, PortBusy
from elastic.node.fence import fenced
from elastic.node.jdk import find_jdk
from elastic.node.ports import HOST, choose_ports
from elastic.node.process import POLL_S, Launch, end_node, is_ready, launch, wait_until_up
from elastic.node.provision import obtain_distribution
from elastic.node.report import Report, Silence
from elastic.node.state import (
    NodeState,
    forget_state,
    process_birth,
    running_node,
    runtime_dir,
    write_state,
)
from elastic.settings import HEAP, ElasticSettings

WAIT_S = 180.0
"""Seconds a node may take to answer; 12 to 16 s is usual."""
STOP_S = 30.0
ATTEMPTS = 3
"""How often ports are chosen anew when another program takes them meanwhile."""


@dataclass(frozen=True)
class Started:
    """The node that runs now, and whether it ran before."""

    state: NodeState
    already_running: bool


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    chosen: ElasticSettings
    runtime: Path
    port: int | None
    heap: str
    wait_s: float
    report: Report


def start_node(
    chosen: ElasticSettings,
    *,
    runtime: Path | None = None,
    port: int | None = None,
    heap: str | None = None,
    wait_s: float = WAIT_S,
    disk_floor: int = RUN_FLOOR,
    report: Report | None = None,
) -> Started:
    """Start the embedded node, or find it running.

    ``runtime`` is the folder of its data, logs and state; ``heap`` such as ``1g``; ``wait_s`` in
    seconds; ``disk_floor`` in bytes. Raises the errors of ``elastic.node.errors`` and ``DiskFull``.
    """
    runtime = runtime or runtime_dir(chosen)
    report = report or Silence()
    with fenced(runtime / "start.lock", report):
        running = running_node(runtime)
        if running is not None:
            _require_answer(running, wait_s)
            return Started(running, already_running=True)
        require_heap(heap or chosen.elasticsearch_heap)
        require_disk(runtime, disk_floor)
        order = Order(chosen, runtime, port, heap or chosen.elasticsearch_heap, wait_s, report)
        return Started(_carry_out(order), already_running=False)


def require_heap(heap: str) -> None:
    """Raise ``BadHeap`` unless it is a size Java understands."""
    if not re.fullmatch(HEAP, heap):
        raise BadHeap(f"{heap!r} is no heap size: write a number and m or g, such as 512m or 1g.")


def stop_node(runtime: Path, wait_s: float = STOP_S) -> NodeState | None:
    """Stop the node of this folder and return it; None when none of ours runs."""
    running = running_node(runtime)
    if running is not None:
        end_node(running, wait_s)
    forget_state(runtime)
    return running


def _require_answer(state: NodeState, wait_s: float) -> None:
    """Wait for a node that was left starting; raises ``NodeSlow``."""
    deadline = time.monotonic() + wait_s
    while not is_ready(state.url):
        if time.monotonic() > deadline:
            raise NodeSlow(
                f"The embedded node (process {state.pid}) runs but does not answer on {state.url}: "
                "restart it with `sas down` and `sas up`."
            )
        time.sleep(POLL_S)


def _carry_out(order: Order) -> NodeState:
    """Start it, on other ports when those chosen were lost; a port asked for is never changed."""
    account = node_account()
    require_entry(account, order.runtime)
    choose_ports(order.port)
    distribution = obtain_distribution(order.chosen, order.report)
    require_entry(account, distribution.home)
    for _ in range(ATTEMPTS - 1 if order.port is None else 0):
        try:
            return _run(_plan(order, distribution, account), distribution.origin, order)
        except PortBusy as lost:
            order.report.say(f"{lost.args[0].partition(':')[0]}; trying again.")
    return _run(_plan(order, distribution, account), distribution.origin, order)


def _plan(order: Order, distribution: Distribution, account: Account | None) -> Launch:
    java_home = _java_home(distribution, account)
    ports = choose_ports(order.port)
    settings = embedded_settings(ports, order.runtime)
    write_configuration(distribution.home, order.runtime / "config", settings)
    url = f"http://{HOST}:{ports.http}"
    return Launch(distribution.home, order.runtime, url, order.heap, java_home, account)


def _java_home(distribution: Distribution, account: Account | None) -> Path | None:
    """None where the distribution brings its own Java."""
    return None if distribution.bundled_jdk else find_jdk(os.environ, account).home


def _run(plan: Launch, origin: str, order: Order) -> NodeState:
    """Launch and wait; a node that does not come up is ended, not left behind."""
    order.report.say(f"Starting Elasticsearch from {origin}, heap {plan.heap}, on {plan.url}.")
    process = launch(plan)
    state = NodeState(
        url=plan.url,
        pid=process.pid,
        group=process.pid,
        birth=process_birth(process.pid) or "",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        home=str(plan.home),
        origin=origin,
    )
    write_state(plan.runtime, state)
    try:
        pid = wait_until_up(process, plan, order.wait_s)
    except BaseException:
        end_node(state, wait_s=STOP_S)
        forget_state(plan.runtime)
        raise
    state = replace(state, pid=pid, birth=process_birth(pid) or "")
    write_state(plan.runtime, state)
    return state
