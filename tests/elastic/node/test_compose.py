"""The containers run what the embedded node runs."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import settings
from elastic.node.configuration import (
    FAULT_DETECTION_SETTINGS,
    SHARED_SETTINGS,
    VERSION,
    node_settings,
)
from elastic.node.ports import Ports

ROOT = Path(__file__).parents[3]
CLUSTER = ["es01", "es02", "es03"]
NODES = ["elasticsearch", *CLUSTER]
IMAGE = f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def environment(services: dict[str, Any], node: str) -> dict[str, str]:
    return services[node]["environment"]


def test_the_version_is_the_one_asked_for() -> None:
    assert VERSION == "9.4.3"


@pytest.mark.parametrize("node", NODES)
def test_nodes_run_the_same_version(services: dict[str, Any], node: str) -> None:
    assert services[node]["image"] == IMAGE


@pytest.mark.parametrize("node", NODES)
def test_nodes_bear_the_settings_of_the_embedded_one(services: dict[str, Any], node: str) -> None:
    declared = environment(services, node)
    assert {key: declared.get(key) for key in SHARED_SETTINGS} == SHARED_SETTINGS


def test_no_node_bears_a_shared_setting_the_embedded_one_lacks(services: dict[str, Any]) -> None:
    """What is set beyond the shared table belongs to the container or to the cluster."""
    own = {"node.name", "ES_JAVA_OPTS"}
    cluster = {"discovery.seed_hosts", "cluster.initial_master_nodes", *FAULT_DETECTION_SETTINGS}
    single = {"discovery.type"}
    for node in NODES:
        extra = set(environment(services, node)) - set(SHARED_SETTINGS) - own
        assert extra == (cluster if node in CLUSTER else single)


def test_a_single_node_is_alone_in_both(services: dict[str, Any], tmp_path: Path) -> None:
    embedded = node_settings(Ports(9200, 9300), tmp_path)
    declared = environment(services, "elasticsearch")["discovery.type"]
    assert embedded["discovery.type"] == declared == "single-node"
    assert embedded["network.host"] == "127.0.0.1"


def test_nothing_listens_beyond_this_machine(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 6
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len({port.split(":")[1] for port in ports}) == 6, "two services on one port"


def test_the_cluster_knows_its_three_nodes(services: dict[str, Any]) -> None:
    for node in CLUSTER:
        declared = environment(services, node)
        assert services[node]["profiles"] == ["cluster"]
        assert declared["discovery.seed_hosts"].split(",") == CLUSTER
        assert declared["cluster.initial_master_nodes"].split(",") == CLUSTER
        assert declared["node.name"] == node
        assert {
            key: declared.get(key) for key in FAULT_DETECTION_SETTINGS
        } == FAULT_DETECTION_SETTINGS
    urls = environment(services, "api-cluster")["SAS_ELASTICSEARCH_URL"].split(",")
    assert urls == [f"http://{node}:9200" for node in CLUSTER]


def test_the_image_of_the_api_copies_every_package_and_drops_root() -> None:
    text = (ROOT / "Dockerfile").read_text()
    packages = {path.parent.name for path in ROOT.glob("*/py.typed")}
    assert set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE)) == packages
    assert re.search(r"^USER sas$", text, re.MULTILINE)
    assert text.rstrip().splitlines()[-1] == 'CMD ["sas", "serve", "--host", "0.0.0.0"]'


@pytest.mark.parametrize("api", ["api", "api-cluster"])
def test_callers_through_the_bridge_of_docker_are_answered(
    services: dict[str, Any], api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A published port of this machine is reached through the bridge, not through loopback."""
    for name, value in environment(services, api).items():
        if name.startswith("SAS_DEV"):
            monkeypatch.setenv(name, value)
    networks = settings().dev_networks
    for gateway in ("127.0.0.1", "172.17.0.1", "172.31.0.1", "192.168.16.1"):
        assert any(ip_address(gateway) in network for network in networks)
    assert not any(ip_address("10.1.2.3") in network for network in networks)
