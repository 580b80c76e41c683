"""Number of nodes of the embedded cluster, their folders, and whether it was ever formed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from mappings.state_file import EVERYBODY_READS, replace_file

FILE = "cluster.json"
FIRST_NODE_NAME = "embedded"
"""Name of the first node; the others append their number."""
MAX_NODES = 5


@dataclass(frozen=True)
class ClusterConfig:
    """Decisions of the first start; ``formed`` once a master was elected."""

    nodes: int = 1
    secure: bool = False
    formed: bool = False


def read_cluster_config(root: Path) -> ClusterConfig:
    """The configuration in the folder of the first node.

    A node without this file is a single node that has formed its cluster.
    """
    try:
        return ClusterConfig(**orjson.loads((root / FILE).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return ClusterConfig(formed=(root / "data" / "_state").exists())


def write_cluster_config(root: Path, config: ClusterConfig) -> None:
    """Write the configuration into the folder of the first node."""
    root.mkdir(parents=True, exist_ok=True)
    replace_file(root / FILE, orjson.dumps(asdict(config)), mode=EVERYBODY_READS)


def member_dir(root: Path, position: int) -> Path:
    """Folder of a node, counted from 0: ``node``, ``node-2``, ``node-3``."""
    return root if position == 0 else root.with_name(f"{root.name}-{position + 1}")


def member_name(position: int) -> str:
    """Name of a node, counted from 0: ``embedded``, ``embedded-2``, ``embedded-3``."""
    return FIRST_NODE_NAME if position == 0 else f"{FIRST_NODE_NAME}-{position + 1}"


def member_dirs(root: Path) -> Iterator[Path]:
    """The folder of every node of the cluster."""
    return (member_dir(root, position) for position in range(read_cluster_config(root).nodes))
