"""One embedded node in a folder of the test."""

from pathlib import Path
from typing import Unpack

from elastic.node.embedded import StartedNode, StartOptions, start_nodes, stop_nodes
from elastic.node.process import STOP_S
from elastic.node.state import NodeState
from elastic.settings import ElasticSettings

QUICK_COMPILER = "-XX:TieredStopAtLevel=1"
"""The first compiler of Java alone: in less than 140 s of processor the second one costs more than
it saves."""


def start_node(
    settings: ElasticSettings, root: Path | None = None, **options: Unpack[StartOptions]
) -> StartedNode:
    """Start a node that is a cluster by itself, compiled quickly."""
    options["nodes"] = 1
    options.setdefault("java_options", QUICK_COMPILER)
    (started,) = start_nodes(settings, root, **options)
    return started


def stop_node(root: Path, wait_s: float = STOP_S) -> NodeState | None:
    """Stop the node of a folder; None when none ran."""
    return next(iter(stop_nodes(root, wait_s)), None)
