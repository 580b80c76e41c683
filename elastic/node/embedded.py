"""Start and stop of the embedded nodes, one start at a time in a folder."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, Unpack

from elastic.node.account import node_account, require_entry
from elastic.node.cluster.access import Access, read_access
from elastic.node.cluster.cluster_config import (
    ClusterConfig,
    member_dir,
    member_dirs,
    read_cluster_config,
    write_cluster_config,
)
from elastic.node.cluster.cluster_start import start_cluster
from elastic.node.disk import RUN_FLOOR, require_disk
from elastic.node.errors import ClusterMismatch, NodeSlow, PortBusy
from elastic.node.plans import StartRequest, build_launches, choose_all_ports, require_heap
from elastic.node.process import POLL_S, STOP_S, Launch, end_nodes, is_ready
from elastic.node.provision import obtain_distribution
from elastic.node.report import ProgressReporter, SilentReporter
from elastic.node.start_lock import open_start_lock
from elastic.node.state import NodeState, delete_state, running_node, runtime_dir
from elastic.settings import ElasticSettings

WAIT_S = 180.0
"""Longest wait for a node, in seconds; 12 to 16 s is usual."""
ATTEMPTS = 5
"""Attempts with new ports when another program takes those chosen: a node listens some ten seconds
after they are chosen, and several that start at once choose alike."""

RunningNodes = Mapping[int, NodeState]
"""Running nodes by position."""


@dataclass(frozen=True)
class StartedNode:
    """A running node, and whether it ran before."""

    state: NodeState
    already_running: bool


class StartOptions(TypedDict, total=False):
    """Options of a start, all optional."""

    nodes: int | None
    """Nodes of the cluster; as many as before, at first one, without it."""
    secure: bool
    """TLS and passwords; a cluster that was secure once stays so."""
    port: int | None
    heap: str | None
    """Heap of each node, such as ``1g``."""
    java_options: str
    """More options of each node's Java, one after the other."""
    wait_s: float
    """Longest wait for an answer, in seconds."""
    disk_floor: int
    """Least free space, in bytes."""
    report: ProgressReporter | None


def start_nodes(
    settings: ElasticSettings, root: Path | None = None, **options: Unpack[StartOptions]
) -> list[StartedNode]:
    """Start the embedded nodes that do not run.

    ``root`` is the folder of the first node's data, logs and state. Raises the errors of
    ``elastic.node.errors`` and ``DiskFull``.
    """
    root = root or runtime_dir(settings)
    report = options.get("report") or SilentReporter()
    wait_s = options.get("wait_s", WAIT_S)
    with open_start_lock(root / "start.lock", report):
        cluster = _resolve_cluster_config(root, options.get("nodes"), options.get("secure", False))
        running = _find_running_nodes(root, cluster)
        _require_matching_cluster(root, running, cluster)
        if len(running) < cluster.nodes:
            heap = options.get("heap") or settings.node_heap(cluster.nodes)
            require_heap(heap)
            require_disk(root, options.get("disk_floor", RUN_FLOOR))
            port = options.get("port")
            java = options.get("java_options", "")
            request = StartRequest(
                settings, root, cluster, port, heap, wait_s, report, java_options=java
            )
            return _start_missing_nodes(request, running)
        _require_answer(running, read_access(root), wait_s)
        return [StartedNode(state, already_running=True) for state in running.values()]


def stop_nodes(root: Path, wait_s: float = STOP_S) -> list[NodeState]:
    """Stop every node of the cluster in ``root``; return those that ran."""
    folders = list(member_dirs(root))
    running = [state for state in map(running_node, folders) if state is not None]
    end_nodes(running, wait_s)
    for folder in folders:
        delete_state(folder)
    return running


def _resolve_cluster_config(root: Path, nodes: int | None, secure: bool) -> ClusterConfig:
    """The stored configuration, grown to ``nodes``; a secure cluster stays secure.

    Raises ``ClusterMismatch`` for fewer nodes than there are: each holds data.
    """
    kept = read_cluster_config(root)
    kept = replace(kept, secure=kept.secure or secure)
    if nodes is None or nodes == kept.nodes:
        return kept
    if nodes < kept.nodes:
        raise ClusterMismatch(
            f"The embedded cluster has {kept.nodes} nodes, each with data: run `sas up` without "
            f"--nodes, or, to begin anew without its data, `sas down` and delete {root}*."
        )
    return replace(kept, nodes=nodes)


def _find_running_nodes(root: Path, cluster: ClusterConfig) -> RunningNodes:
    found = ((at, running_node(member_dir(root, at))) for at in range(cluster.nodes))
    return {at: state for at, state in found if state is not None}


def _require_matching_cluster(root: Path, running: RunningNodes, cluster: ClusterConfig) -> None:
    """Raise ``ClusterMismatch`` for a running single node where a cluster is requested."""
    if running and cluster.secure and not read_cluster_config(root).secure:
        raise ClusterMismatch(
            "The embedded nodes run without security: stop them with `sas down`, then run "
            "`sas up --secure`; their data stays."
        )
    if cluster.nodes > 1 and any(not state.transport for state in running.values()):
        raise ClusterMismatch(
            "The embedded node runs alone and lets no other one join: stop it with `sas down`, "
            f"then run `sas up --nodes {cluster.nodes}`; its data stays."
        )


def _require_answer(running: RunningNodes, access: Access, wait_s: float) -> None:
    """Wait for nodes that still start; raises ``NodeSlow``."""
    deadline = time.monotonic() + wait_s
    for state in running.values():
        while not is_ready(state.url, access):
            if time.monotonic() > deadline:
                raise NodeSlow(
                    f"The embedded node (process {state.pid}) runs but does not answer on "
                    f"{state.url}: restart it with `sas down` and `sas up`."
                )
            time.sleep(POLL_S)


def _start_missing_nodes(request: StartRequest, running: RunningNodes) -> list[StartedNode]:
    """Start the nodes that do not run; their cluster is ``formed`` once all of them are up."""
    account = node_account()
    require_entry(account, request.root)
    choose_all_ports(request, running)
    distribution = obtain_distribution(request.settings, request.report)
    require_entry(account, distribution.home)
    write_cluster_config(request.root, request.cluster)
    fresh = _start_with_retries(
        request,
        distribution.origin,
        lambda retried: build_launches(retried, distribution, account, running),
    )
    write_cluster_config(request.root, replace(request.cluster, formed=True))
    return [
        StartedNode(state, already_running=at in running)
        for at, state in sorted({**running, **fresh}.items())
    ]


def _start_with_retries(
    request: StartRequest,
    origin: str,
    prepare_launches: Callable[[StartRequest], dict[int, Launch]],
) -> dict[int, NodeState]:
    """Start them, on other ports when those chosen were taken; a requested port never changes."""
    for _ in range(ATTEMPTS - 1):
        try:
            return start_cluster(prepare_launches(request), origin, request)
        except PortBusy as busy:
            if busy.port in _http_ports(request):
                raise
            request.report.say(f"{busy.args[0].partition(':')[0]}; trying again.")
            request = replace(request, lost=request.lost | {busy.port})
    return start_cluster(prepare_launches(request), origin, request)


def _http_ports(request: StartRequest) -> range:
    """HTTP ports that the caller chose, one a node; none without a choice."""
    first, count = request.port or 0, request.cluster.nodes if request.port else 0
    return range(first, first + count)
