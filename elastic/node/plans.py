"""Ports, configuration and Java of each node to start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from elastic.node.account import Account, chown_tree
from elastic.node.cluster.access import read_access
from elastic.node.cluster.cluster_config import ClusterConfig, member_dir, member_name
from elastic.node.cluster.security import SECURE_SETTINGS, create_secrets, install_node_secrets
from elastic.node.configuration import (
    SINGLE_NODE_DISCOVERY,
    discovery_settings,
    node_settings,
    write_configuration,
)
from elastic.node.distribution import Distribution
from elastic.node.errors import BadHeap
from elastic.node.jdk import find_jdk
from elastic.node.ports import HOST, Ports, choose_ports
from elastic.node.process import Launch, tool_environment
from elastic.node.report import ProgressReporter
from elastic.node.state import NodeState, read_state, snapshot_dir
from elastic.settings import HEAP, ElasticSettings


@dataclass(frozen=True)
class StartRequest:
    """A request to start nodes; ``root`` is the folder of the first one."""

    settings: ElasticSettings
    root: Path
    cluster: ClusterConfig
    port: int | None
    heap: str
    wait_s: float
    report: ProgressReporter
    lost: frozenset[int] = frozenset()
    """Ports that other programs took while these nodes started."""
    java_options: str = ""


def require_heap(heap: str) -> None:
    """Raise ``BadHeap`` unless it is a size Java understands."""
    if not re.fullmatch(HEAP, heap):
        raise BadHeap(f"{heap!r} is no heap size: write a number and m or g, such as 512m or 1g.")


def build_launches(
    request: StartRequest,
    distribution: Distribution,
    account: Account | None,
    running: Mapping[int, NodeState],
) -> dict[int, Launch]:
    """A launch for each node that does not run, by its position, its configuration written."""
    java_home = None if distribution.jdk_home else find_jdk(os.environ, account).home
    ports = choose_all_ports(request, running)
    vault = snapshot_dir(request.settings)
    vault.mkdir(parents=True, exist_ok=True)
    chown_tree(account, vault)
    found = {
        **_choose_discovery(request.cluster, running, ports),
        **_security_settings(request.cluster),
        "path.repo": str(vault),
    }
    now = datetime.now(UTC)
    if request.cluster.secure:
        create_secrets(request.root, distribution.home, tool_environment(java_home), now)
    access = read_access(request.root)
    launches = {}
    for at, own in ports.items():
        runtime = member_dir(request.root, at)
        settings = node_settings(own, runtime, member_name(at), found)
        write_configuration(distribution.home, runtime / "config", settings)
        if request.cluster.secure:
            install_node_secrets(request.root, runtime / "config", member_name(at), now)
        launches[at] = Launch(
            home=distribution.home,
            runtime=runtime,
            url=f"{access.scheme}://{HOST}:{own.http}",
            transport=own.transport if request.cluster.nodes > 1 else 0,
            heap=request.heap,
            java_home=java_home,
            account=account,
            access=access,
            java_options=request.java_options,
        )
    return launches


def choose_all_ports(request: StartRequest, running: Mapping[int, NodeState]) -> dict[int, Ports]:
    """Ports of each node that does not run, all different; raises ``PortBusy``."""
    chosen: dict[int, Ports] = {}
    for at in range(request.cluster.nodes):
        if at not in running:
            given = {port for own in chosen.values() for port in (own.http, own.transport)}
            former = read_state(member_dir(request.root, at))
            chosen[at] = choose_ports(
                request.port, at, given | request.lost, former.ports if former else None
            )
    return chosen


def _security_settings(cluster: ClusterConfig) -> Mapping[str, str]:
    return SECURE_SETTINGS if cluster.secure else {}


def _choose_discovery(
    cluster: ClusterConfig, running: Mapping[int, NodeState], ports: Mapping[int, Ports]
) -> Mapping[str, str]:
    if cluster.nodes == 1:
        return SINGLE_NODE_DISCOVERY
    seeds = [state.transport for state in running.values()]
    seeds += [own.transport for own in ports.values()]
    founders = [] if cluster.formed else [member_name(at) for at in range(cluster.nodes)]
    return discovery_settings(seeds, founders)
