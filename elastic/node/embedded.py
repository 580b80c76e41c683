"""Start and stop the embedded nodes: once per folder, safe under two starts at the same time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from elastic.node.account import node_account, require_entry
from elastic.node.cluster.access import Access, access_of
from elastic.node.cluster.config import Roster, member_dir, member_dirs, read_roster, write_roster
from elastic.node.cluster.joint_start import run_together
from elastic.node.disk import RUN_FLOOR, require_disk
from elastic.node.errors import AnotherShape, NodeSlow, PortBusy
from elastic.node.file_lock import fenced
from elastic.node.plans import Order, choose_all, plans, require_heap
from elastic.node.process import POLL_S, STOP_S, Launch, end_nodes, is_ready
from elastic.node.provision import obtain_distribution
from elastic.node.report import Report, Silence
from elastic.node.state import NodeState, forget_state, running_node, runtime_dir
from elastic.settings import ElasticSettings

WAIT_S = 180.0
"""Seconds a node may take to answer; 12 to 16 s is usual."""
ATTEMPTS = 3
"""How often ports are chosen anew when another program takes them meanwhile."""

Running = Mapping[int, NodeState]
"""The nodes that run, by their position."""


@dataclass(frozen=True)
class Started:
    """A node that runs now, and whether it ran before."""

    state: NodeState
    already_running: bool


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
    """``start_nodes`` for a node that stands alone in the folder ``runtime``."""
    (started,) = start_nodes(
        chosen,
        root=runtime,
        nodes=1,
        port=port,
        heap=heap,
        wait_s=wait_s,
        disk_floor=disk_floor,
        report=report,
    )
    return started


def start_nodes(
    chosen: ElasticSettings,
    *,
    root: Path | None = None,
    nodes: int | None = None,
    secure: bool = False,
    port: int | None = None,
    heap: str | None = None,
    wait_s: float = WAIT_S,
    disk_floor: int = RUN_FLOOR,
    report: Report | None = None,
) -> list[Started]:
    """Start the embedded nodes, or those that do not run; as many as before unless ``nodes`` says.

    ``root`` is the folder of the first one's data, logs and state; ``heap`` of each, such as
    ``1g``; ``wait_s`` in seconds; ``disk_floor`` in bytes. Raises the errors of
    ``elastic.node.errors`` and ``DiskFull``.
    """
    root = root or runtime_dir(chosen)
    report = report or Silence()
    with fenced(root / "start.lock", report):
        roster = _decided(root, nodes, secure)
        running = _running(root, roster)
        _require_same_shape(root, running, roster)
        if len(running) < roster.nodes:
            size = heap or chosen.heap_of(roster.nodes)
            require_heap(size)
            require_disk(root, disk_floor)
            order = Order(chosen, root, roster, port, size, wait_s, report)
            return _carry_out(order, running)
        _require_answer(running, access_of(root), wait_s)
        return [Started(state, already_running=True) for state in running.values()]


def stop_node(runtime: Path, wait_s: float = STOP_S) -> NodeState | None:
    """Stop the node of this folder and return it; None when none of ours runs."""
    running = running_node(runtime)
    if running is not None:
        end_nodes([running], wait_s)
    forget_state(runtime)
    return running


def stop_nodes(root: Path, wait_s: float = STOP_S) -> list[NodeState]:
    """Stop every node of the cluster whose first node has this folder; return those that ran."""
    folders = list(member_dirs(root))
    running = [state for state in map(running_node, folders) if state is not None]
    end_nodes(running, wait_s)
    for folder in folders:
        forget_state(folder)
    return running


def _decided(root: Path, nodes: int | None, secure: bool) -> Roster:
    """The roster kept, grown to ``nodes``, secure once and for all.

    Raises ``AnotherShape`` for fewer nodes than there are: each holds data.
    """
    kept = read_roster(root)
    kept = replace(kept, secure=kept.secure or secure)
    if nodes is None or nodes == kept.nodes:
        return kept
    if nodes < kept.nodes:
        raise AnotherShape(
            f"The embedded cluster has {kept.nodes} nodes, each with data: run `sas up` without "
            f"--nodes, or, to begin anew without its data, `sas down` and delete {root}*."
        )
    return replace(kept, nodes=nodes)


def _running(root: Path, roster: Roster) -> Running:
    found = ((at, running_node(member_dir(root, at))) for at in range(roster.nodes))
    return {at: state for at, state in found if state is not None}


def _require_same_shape(root: Path, running: Running, roster: Roster) -> None:
    """Raise ``AnotherShape`` for a running node that stands alone where it is to have company."""
    if running and roster.secure and not read_roster(root).secure:
        raise AnotherShape(
            "The embedded nodes run without security: stop them with `sas down`, then run "
            "`sas up --secure`; their data stays."
        )
    if roster.nodes > 1 and any(not state.transport for state in running.values()):
        raise AnotherShape(
            "The embedded node runs alone and lets no other one join: stop it with `sas down`, "
            f"then run `sas up --nodes {roster.nodes}`; its data stays."
        )


def _require_answer(running: Running, access: Access, wait_s: float) -> None:
    """Wait for nodes that were left starting; raises ``NodeSlow``."""
    deadline = time.monotonic() + wait_s
    for state in running.values():
        while not is_ready(state.url, access):
            if time.monotonic() > deadline:
                raise NodeSlow(
                    f"The embedded node (process {state.pid}) runs but does not answer on "
                    f"{state.url}: restart it with `sas down` and `sas up`."
                )
            time.sleep(POLL_S)


def _carry_out(order: Order, running: Running) -> list[Started]:
    """Start the nodes that do not run; the roster is kept before, its mark as formed after."""
    account = node_account()
    require_entry(account, order.root)
    choose_all(order, running)
    distribution = obtain_distribution(order.chosen, order.report)
    require_entry(account, distribution.home)
    write_roster(order.root, order.roster)
    fresh = _run(order, distribution.origin, lambda: plans(order, distribution, account, running))
    write_roster(order.root, replace(order.roster, formed=True))
    return [
        Started(state, already_running=at in running)
        for at, state in sorted({**running, **fresh}.items())
    ]


def _run(
    order: Order, origin: str, planned: Callable[[], dict[int, Launch]]
) -> dict[int, NodeState]:
    """Start them, on other ports when those chosen were lost; those asked for never change."""
    for _ in range(ATTEMPTS - 1 if order.port is None else 0):
        try:
            return run_together(planned(), origin, order)
        except PortBusy as lost:
            order.report.say(f"{lost.args[0].partition(':')[0]}; trying again.")
    return run_together(planned(), origin, order)
