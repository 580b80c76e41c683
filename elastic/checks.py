"""Checks of ``sas doctor``: each gives its finding and its remedy."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path

from elasticsearch import Elasticsearch

from elastic import lifecycle, schema
from elastic.client import DEFAULT_URL, client_for
from elastic.errors import ElasticError, IndexMissing, translate_errors
from elastic.names import NotAnIndexName, add_prefix, offers_alias
from elastic.node.account import node_account
from elastic.node.cluster.cluster_config import member_dir, member_name, read_cluster_config
from elastic.node.console import last_meaningful_line, read_console
from elastic.node.disk import GB, INSTALL_FLOOR, RUN_FLOOR, free_bytes
from elastic.node.distribution import distribution_home, read_distribution
from elastic.node.errors import NodeError, NoJdk
from elastic.node.jdk import find_jdk
from elastic.node.state import NodeState, process_birth, read_state, running_nodes, runtime_dir
from elastic.schema import MigrationKind
from elastic.service.lock import Clock, utc_now
from elastic.settings import ElasticSettings
from elastic.startup import require_version

CLOCK_DRIFT_WARN_S = 2.0
CLOCK_DRIFT_BLOCK_S = 60.0
"""Slots start on the minute: a clock a minute off shows slots that are gone."""
MEMORY_SHARE = 1.3
"""Resident memory of a node as a multiple of its heap: 1.3 GB at 1 GB."""


RELOAD_REMEDY = "Load the data: `sas reindex --from DIR`."
MIGRATION_REMEDIES = {
    MigrationKind.ADDITIVE: "Add the fields that it lacks: `sas index migrate`.",
    MigrationKind.INCOMPATIBLE: f"{RELOAD_REMEDY} What differs: `sas index migrate --dry-run`.",
}


class CheckLevel(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARN = "warn"
    BLOCK = "block"


COLOURS = {"green": CheckLevel.OK, "yellow": CheckLevel.WARN, "red": CheckLevel.BLOCK}
CLUSTER_REMEDIES = {
    "green": "",
    "yellow": "Start the nodes that are missing; a copy finds its node again within minutes.",
    "red": "Start every node that holds data: what lay on it alone cannot be searched.",
}


OWN_INDEX_PATTERNS = ("offers*", "sas-*")
"""Our indices, the prefix left out: other indices of the same cluster are not ours."""
CLUSTER_HEALTH_TIMEOUT = "2s"
"""What Elasticsearch answers when the status waited for did not come, with the health as it is."""


@dataclass(frozen=True)
class Check:
    """One finding; ``remedy`` is empty when all is well."""

    name: str
    level: CheckLevel
    finding: str
    remedy: str = ""


def run_checks(
    chosen: ElasticSettings, clock: Clock = utc_now, *, disk_floor: int = RUN_FLOOR
) -> list[Check]:
    """Every check, the reachability of Elasticsearch first: the others depend on it.

    ``clock`` reads this machine's clock, ``disk_floor`` in bytes.
    """
    reachable = check_elasticsearch(chosen)
    needed = not chosen.elasticsearch_urls and reachable.level is CheckLevel.BLOCK
    members = check_members(chosen)
    local = [check_jdk(chosen, needed), check_maven(chosen), check_memory(chosen, needed)]
    disk = check_disk(chosen.state_dir, disk_floor)
    if reachable.level is CheckLevel.BLOCK:
        return [reachable, *members, *local, disk]
    with client_for(chosen) as client:
        remote = [
            check_cluster(client, chosen.index_prefix),
            check_index(client, chosen),
            check_clock(client, clock),
        ]
    return [reachable, *members, *remote, *local, disk]


def check_elasticsearch(chosen: ElasticSettings) -> Check:
    """Whether it answers, and in a version we know."""
    name = "Elasticsearch"
    root = runtime_dir(chosen)
    state, running = read_state(root), running_nodes(root)
    if not chosen.elasticsearch_urls and state and not running:
        return Check(
            name, CheckLevel.BLOCK, _describe_node_death(state, root), "Start it again: `sas up`."
        )
    ours = ",".join(node.url for node in running) or DEFAULT_URL
    where = chosen.elasticsearch_url or ours
    try:
        version = require_version(chosen)
    except ElasticError as error:
        return Check(name, CheckLevel.BLOCK, f"not usable at {where}", str(error))
    return Check(name, CheckLevel.OK, f"{version} at {where}")


def _describe_node_death(state: NodeState, folder: Path) -> str:
    why = last_meaningful_line(read_console(folder / "console.log"))
    return f"the embedded node (process {state.pid}) died; its last word: {why}"


def check_members(chosen: ElasticSettings) -> list[Check]:
    """Each node of the embedded cluster, when there are several: whether its process lives."""
    root = runtime_dir(chosen)
    roster = read_cluster_config(root)
    if chosen.elasticsearch_urls or roster.nodes == 1:
        return []
    return [_check_member(member_name(at), member_dir(root, at)) for at in range(roster.nodes)]


def _check_member(name: str, folder: Path) -> Check:
    state = read_state(folder)
    if state is None:
        return Check(f"Node {name}", CheckLevel.WARN, "not started", "Start it: `sas up`.")
    if process_birth(state.pid) != state.birth:
        return Check(
            f"Node {name}",
            CheckLevel.WARN,
            _describe_node_death(state, folder),
            "Start it: `sas up`.",
        )
    return Check(f"Node {name}", CheckLevel.OK, f"process {state.pid} on {state.url}")


def check_cluster(client: Elasticsearch, prefix: str = "") -> Check:
    """Whether every copy of every index of ours has its node, from the cluster's health.

    An index is red for a moment while it is made: only a lasting red counts.
    """
    with translate_errors():
        health = client.options(ignore_status=HTTPStatus.REQUEST_TIMEOUT).cluster.health(
            index=[add_prefix(prefix, pattern) for pattern in OWN_INDEX_PATTERNS],
            wait_for_status="yellow",
            timeout=CLUSTER_HEALTH_TIMEOUT,
        )
    nodes, status = health["number_of_nodes"], health["status"]
    missing = health["unassigned_shards"]
    finding = f"{status}, {nodes} node{'s' if nodes > 1 else ''}, {missing} copies without a node"
    return Check("Cluster", COLOURS[status], finding, CLUSTER_REMEDIES[status])


def check_index(client: Elasticsearch, chosen: ElasticSettings) -> Check:
    """Whether the live index has the mapping of this program."""
    name, alias = "Index", offers_alias(chosen.index_prefix)
    try:
        live = lifecycle.live_index(client, alias)
        found = schema.compare_schemas(
            schema.read_index_schema(client, alias), schema.program_schema()
        )
    except IndexMissing:
        return Check(
            name, CheckLevel.WARN, f"no data yet: alias {alias} does not exist", RELOAD_REMEDY
        )
    except (ElasticError, NotAnIndexName) as error:
        return Check(name, CheckLevel.BLOCK, f"alias {alias} cannot be used", str(error))
    if found.migration_kind is MigrationKind.NOTHING:
        return Check(name, CheckLevel.OK, f"{alias} is {live}, schema {found.live_version}")
    finding = f"{live} has schema {found.live_version}, this program needs {found.wanted_version}"
    if found.live_version == found.wanted_version:
        finding = f"{live} has another mapping than schema {found.wanted_version} of this program"
    return Check(name, CheckLevel.BLOCK, finding, MIGRATION_REMEDIES[found.migration_kind])


def check_clock(client: Elasticsearch, clock: Clock = utc_now) -> Check:
    """Whether our clock and the node's agree, and are after the build of the server."""
    remedy = "Set the clock by NTP: `timedatectl set-ntp true`."
    with translate_errors():
        built = datetime.fromisoformat(str(client.info()["version"]["build_date"]))
        nodes = client.nodes.stats(metric="os")["nodes"].values()
    now = clock()
    stamps = [node["os"]["timestamp"] / 1000 for node in nodes]
    drift = max(abs(now - datetime.fromtimestamp(stamp, UTC)).total_seconds() for stamp in stamps)
    if now < built:
        finding = f"{now:%Y-%m-%d} is before Elasticsearch was built ({built:%Y-%m-%d})"
        return Check("Clock", CheckLevel.BLOCK, finding, remedy)
    level = _drift_level(drift)
    finding = f"{drift:.1f} s from that of Elasticsearch"
    return Check("Clock", level, finding, "" if level is CheckLevel.OK else remedy)


def _drift_level(drift_s: float) -> CheckLevel:
    if drift_s > CLOCK_DRIFT_BLOCK_S:
        return CheckLevel.BLOCK
    return CheckLevel.WARN if drift_s > CLOCK_DRIFT_WARN_S else CheckLevel.OK


def check_jdk(chosen: ElasticSettings, needed: bool) -> Check:
    """Whether the embedded node has a Java to run on; blocking only when it is ``needed``."""
    bundled = _find_bundled_jdk(chosen)
    if bundled is not None:
        return Check("JDK", CheckLevel.OK, f"the distribution's own, {bundled}")
    try:
        jdk = find_jdk(os.environ, node_account())
    except NoJdk as error:
        level = CheckLevel.BLOCK if needed else CheckLevel.WARN
        return Check("JDK", level, "none fit for the embedded node", str(error))
    return Check("JDK", CheckLevel.OK, f"{jdk.release} in {jdk.home}")


def _find_bundled_jdk(chosen: ElasticSettings) -> Path | None:
    try:
        home = chosen.elasticsearch_home or distribution_home(chosen.state_dir)
        return read_distribution(home).jdk_home
    except NodeError:
        return None


def check_maven(chosen: ElasticSettings) -> Check:
    """Whether Maven is there, the way to the server where only registries are reached."""
    if found := shutil.which("mvn"):
        return Check("Maven", CheckLevel.OK, found)
    if chosen.elasticsearch_urls or distribution_home(chosen.state_dir).exists():
        return Check(
            "Maven", CheckLevel.OK, "absent, and not needed: Elasticsearch is there already"
        )
    remedy = "Needed only where the official archive cannot be fetched: `apt install maven`."
    return Check("Maven", CheckLevel.WARN, "mvn is not on PATH", remedy)


def check_disk(folder: Path, floor: int = RUN_FLOOR) -> Check:
    """Whether the disk of the embedded node has room; ``floor`` in bytes."""
    free = free_bytes(folder)
    finding = f"{free / GB:.1f} GB free on the disk of {folder}"
    remedy = "Free some space, or set SAS_STATE_DIR to a folder on another disk."
    if free < floor:
        return Check("Disk", CheckLevel.BLOCK, f"{finding}, {floor / GB:.1f} GB needed", remedy)
    if free < INSTALL_FLOOR:
        return Check("Disk", CheckLevel.WARN, finding, remedy)
    return Check("Disk", CheckLevel.OK, finding)


def check_memory(
    chosen: ElasticSettings, needed: bool, available: Callable[[], int | None] | None = None
) -> Check:
    """Whether a node with the requested heap fits in free memory; bytes throughout."""
    free = (available or available_memory)()
    nodes = read_cluster_config(runtime_dir(chosen)).nodes
    heap = chosen.node_heap(nodes)
    want = int(heap_bytes(heap) * nodes * MEMORY_SHARE)
    if free is None:
        return Check("Memory", CheckLevel.OK, "not told by this system")
    finding = f"{free / GB:.1f} GB free, the embedded cluster takes {want / GB:.1f} GB"
    if free >= want or not needed:
        return Check("Memory", CheckLevel.OK, finding)
    remedy = "Close other programs, or take a smaller heap: SAS_ELASTICSEARCH_HEAP=512m."
    return Check("Memory", CheckLevel.BLOCK, finding, remedy)


def heap_bytes(heap: str) -> int:
    """``512m`` or ``1g`` in bytes."""
    return int(heap[:-1]) * {"m": 1 << 20, "g": 1 << 30}[heap[-1]]


def available_memory() -> int | None:
    """Bytes a new process can have without swapping; None where the system does not report it."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(row.split()[1]) << 10 for row in lines if row.startswith("MemAvail")), None)
