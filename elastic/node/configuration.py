"""The settings every node of ours runs with, embedded or in containers.

Only settings of modules that every distribution has: an unknown setting stops the node, and the
one from Maven Central has neither geoip nor machine learning.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from elastic.node.cluster.cluster_config import FIRST_NODE_NAME
from elastic.node.ports import HOST, Ports

VERSION = "9.4.3"
VERSION_LINE = "9.4"
"""Versions we accept: mappings and client are tested against this line."""

SHARED_SETTINGS = {
    "cluster.name": "sas-search-engine",
    "xpack.security.enabled": "false",
    "action.auto_create_index": "false",
    "cluster.routing.allocation.disk.watermark.low": "2gb",
    "cluster.routing.allocation.disk.watermark.high": "1gb",
    "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
}
"""The same here and in docker-compose.yml (a test compares them).

Watermarks are absolute: with the default of 95 %, a disk of 1 TB with 50 GB free takes no writes.
"""


FAULT_DETECTION_SETTINGS = {
    "cluster.fault_detection.follower_check.timeout": "3s",
    "cluster.fault_detection.follower_check.retry_count": "2",
    "cluster.fault_detection.leader_check.timeout": "3s",
    "cluster.fault_detection.leader_check.retry_count": "2",
    "cluster.publish.timeout": "8s",
}
"""A node that holds its connections and never answers is put out after about 8 s, not 30: a search
is given up after 10. The same in docker-compose.yml.

A new master publishes its election to every node, the old master too, before it removes any. It
waits ``cluster.publish.timeout``: with the default of 30 s a frozen master was put out after
39 s. Less than 8 s gains nothing, because its own checks take as long to give the node up.
"""

SINGLE_NODE_DISCOVERY = {"discovery.type": "single-node"}
"""Discovery of a single node: it is its own cluster."""


def discovery_settings(seeds: Sequence[int], founders: Sequence[str]) -> dict[str, str]:
    """Discovery among several nodes, at the transport ports ``seeds``.

    ``founders`` names the nodes that elect the very first master, none once the cluster exists:
    a node that lost its data would otherwise found a second cluster.
    """
    hosts = {
        **FAULT_DETECTION_SETTINGS,
        "discovery.seed_hosts": ",".join(f"{HOST}:{port}" for port in seeds),
    }
    names = {"cluster.initial_master_nodes": ",".join(founders)} if founders else {}
    return {**hosts, **names}


def node_settings(
    ports: Ports,
    runtime: Path,
    name: str = FIRST_NODE_NAME,
    cluster_settings: Mapping[str, str] = SINGLE_NODE_DISCOVERY,
) -> dict[str, str]:
    """Settings of an embedded node: on the loopback interface, its files in ``runtime``.

    ``cluster_settings`` are those of discovery and security.
    """
    return {
        **SHARED_SETTINGS,
        **cluster_settings,
        "node.name": name,
        "network.host": HOST,
        "http.port": str(ports.http),
        "transport.port": str(ports.transport),
        "path.data": str(runtime / "data"),
        "path.logs": str(runtime / "logs"),
    }


def write_configuration(home: Path, folder: Path, settings: dict[str, str]) -> None:
    """A fresh configuration folder: the distribution's own, with our ``elasticsearch.yml``."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        home / "config", folder, ignore=shutil.ignore_patterns("elasticsearch.keystore", "certs")
    )
    lines = (f'{key}: "{value}"\n' for key, value in settings.items())
    (folder / "elasticsearch.yml").write_text("".join(lines), encoding="utf-8")
