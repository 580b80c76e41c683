"""The containers run what the embedded node runs."""

import re
import tomllib
from ipaddress import ip_network
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
COMPOSE = (ROOT / "docker-compose.yml").read_text()
CLUSTER = ["es01", "es02", "es03"]
NODES = ["elasticsearch", *CLUSTER]
IMAGE = f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE)["services"]


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
    assert len(ports) == 7
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len({port.split(":")[1] for port in ports}) == 7, "two services on one port"


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


def test_the_image_holds_the_versions_that_were_tested() -> None:
    """Every dependency is pinned, and the one installation of the image obeys the pins."""
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^COPY .*\bconstraints\.txt\b", text, re.MULTILINE)
    installations = re.findall(r"pip install .*", text)
    assert len(installations) == 1
    assert "-c constraints.txt" in installations[0]
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {re.split(r"[\[<>=]", name)[0] for name in project["dependencies"]} <= pinned


@pytest.mark.parametrize("api", ["api", "api-cluster"])
def test_callers_of_this_machine_are_answered_and_neighbours_are_not(
    services: dict[str, Any], api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A published port of this machine is reached through the gateway, not through loopback."""
    (network,) = yaml.safe_load(COMPOSE)["networks"]["default"]["ipam"]["config"]
    declared = environment(services, api)["SAS_DEV_NETWORKS"]
    default = re.fullmatch(r"\$\{SAS_DEV_NETWORKS:-(.*)\}", declared)
    assert default is not None
    monkeypatch.setenv("SAS_DEV_NETWORKS", default[1])
    trusted = settings().dev_networks
    neighbours = ip_network(network["subnet"])
    answered = {host for host in neighbours if any(host in network for network in trusted)}
    assert {str(host) for host in answered} == {network["gateway"]}
    assert {str(one) for one in trusted} == {"127.0.0.0/8", f"{network['gateway']}/32"}
    assert "networks" not in services[api]
