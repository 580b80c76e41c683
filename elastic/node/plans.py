"""What each node to be started is launched with: ports, configuration, Java."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from elastic.node.account import Account, hand_over
from elastic.node.cluster.access import access_of
from elastic.node.cluster.config import Roster, member_dir, member_name
from elastic.node.cluster.security import SECURE_SETTINGS, hand_secrets, make_secrets
from elastic.node.configuration import ALONE, discovery, embedded_settings, write_configuration
from elastic.node.distribution import Distribution
from elastic.node.errors import BadHeap
from elastic.node.jdk import find_jdk
from elastic.node.ports import HOST, Ports, choose_ports
from elastic.node.process import Launch, tool_environment
from elastic.node.report import Report
from elastic.node.state import NodeState, read_state, snapshot_dir
from elastic.settings import HEAP, ElasticSettings


@dataclass(frozen=True)
class Order:
    """What was asked for; ``root`` is the folder of the first node."""

    chosen: ElasticSettings
    root: Path
    roster: Roster
    port: int | None
    heap: str
    wait_s: float
    report: Report


def require_heap(heap: str) -> None:
    """Raise ``BadHeap`` unless it is a size Java understands."""
    if not re.fullmatch(HEAP, heap):
        raise BadHeap(f"{heap!r} is no heap size: write a number and m or g, such as 512m or 1g.")


def plans(
    order: Order,
    distribution: Distribution,
    account: Account | None,
    running: Mapping[int, NodeState],
) -> dict[int, Launch]:
    """A launch for each node that does not run, by its position, its configuration written."""
    java_home = None if distribution.bundled_jdk else find_jdk(os.environ, account).home
    ports = choose_all(order, running)
    vault = snapshot_dir(order.chosen)
    vault.mkdir(parents=True, exist_ok=True)
    hand_over(account, vault)
    found = {
        **_discovery(order.roster, running, ports),
        **_guard(order.roster),
        "path.repo": str(vault),
    }
    now = datetime.now(UTC)
    if order.roster.secure:
        make_secrets(order.root, distribution.home, tool_environment(java_home), now)
    access = access_of(order.root)
    launches = {}
    for at, own in ports.items():
        runtime = member_dir(order.root, at)
        settings = embedded_settings(own, runtime, member_name(at), found)
        write_configuration(distribution.home, runtime / "config", settings)
        if order.roster.secure:
            hand_secrets(order.root, runtime / "config", member_name(at), now)
        launches[at] = Launch(
            home=distribution.home,
            runtime=runtime,
            url=f"{access.scheme}://{HOST}:{own.http}",
            transport=own.transport if order.roster.nodes > 1 else 0,
            heap=order.heap,
            java_home=java_home,
            account=account,
            access=access,
        )
    return launches


def choose_all(order: Order, running: Mapping[int, NodeState]) -> dict[int, Ports]:
    """Ports of each node that does not run, all different; raises ``PortBusy``."""
    chosen: dict[int, Ports] = {}
    for at in range(order.roster.nodes):
        if at not in running:
            given = {port for own in chosen.values() for port in (own.http, own.transport)}
            lost = read_state(member_dir(order.root, at))
            chosen[at] = choose_ports(order.port, at, given, lost.ports if lost else None)
    return chosen


def _guard(roster: Roster) -> Mapping[str, str]:
    return SECURE_SETTINGS if roster.secure else {}


def _discovery(
    roster: Roster, running: Mapping[int, NodeState], ports: Mapping[int, Ports]
) -> Mapping[str, str]:
    if roster.nodes == 1:
        return ALONE
    seeds = [state.transport for state in running.values()]
    seeds += [own.transport for own in ports.values()]
    founders = [] if roster.formed else [member_name(at) for at in range(roster.nodes)]
    return discovery(seeds, founders)
