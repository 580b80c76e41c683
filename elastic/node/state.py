"""State file of the embedded node, and whether its process still runs."""

import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from elastic.node.cluster.cluster_config import member_dirs
from elastic.node.ports import TRANSPORT, Ports
from elastic.settings import ElasticSettings
from mappings.state_file import EVERYBODY_READS, replace_file

FILE = "node.json"


@dataclass(frozen=True)
class NodeState:
    """The running node: ``pid`` is the server's, ``birth`` identifies its start."""

    url: str
    pid: int
    group: int
    birth: str
    started_at: str
    home: str
    origin: str
    transport: int = 0
    """Transport port for the other nodes; 0 for a single node."""

    @property
    def ports(self) -> Ports | None:
        """Its ports; None when its address has no port."""
        http = urlsplit(self.url).port
        return Ports(http, self.transport or TRANSPORT) if http else None


def runtime_dir(chosen: ElasticSettings) -> Path:
    """Folder of the first node's configuration, data, logs and state; the others' are beside it."""
    return chosen.state_dir / "node"


def snapshot_dir(chosen: ElasticSettings) -> Path:
    """Folder where snapshots are kept, as every node sees it."""
    return chosen.snapshot_dir or chosen.state_dir / "snapshots"


def running_urls(chosen: ElasticSettings) -> list[str]:
    """The addresses of the embedded nodes that run."""
    return [state.url for state in running_nodes(runtime_dir(chosen))]


def running_nodes(root: Path) -> list[NodeState]:
    """The embedded nodes whose process lives; ``root`` is the folder of the first one."""
    found = (running_node(folder) for folder in member_dirs(root))
    return [state for state in found if state is not None]


def running_node(runtime: Path) -> NodeState | None:
    """The node of ``runtime`` if its process still lives, else None."""
    state = read_state(runtime)
    return state if state and process_birth(state.pid) == state.birth else None


def read_state(runtime: Path) -> NodeState | None:
    """The state file, None when it is missing or unreadable."""
    try:
        return NodeState(**orjson.loads((runtime / FILE).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None


def write_state(runtime: Path, state: NodeState) -> None:
    """Write the state file."""
    runtime.mkdir(parents=True, exist_ok=True)
    replace_file(runtime / FILE, orjson.dumps(asdict(state)), mode=EVERYBODY_READS)


def delete_state(runtime: Path) -> None:
    """Delete the state file."""
    (runtime / FILE).unlink(missing_ok=True)


def process_birth(pid: int) -> str | None:
    """A mark of the process that no other process of that number shares; None when dead.

    Linux: the start time in ticks since boot, and the boot. Elsewhere: the start time of ``ps``.
    """
    proc = Path("/proc") / str(pid) / "stat"
    if not Path("/proc/self/stat").exists():
        return _birth_from_ps(pid)
    try:
        fields = proc.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, ticks = fields[0], fields[19]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None if state in {"Z", "X"} else f"{boot}:{ticks}"


def _birth_from_ps(pid: int) -> str | None:
    ps = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    answer = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.strip() or None
