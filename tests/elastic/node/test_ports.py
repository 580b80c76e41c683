"""Ports, with real sockets."""

import socket
from pathlib import Path

import pytest

from elastic.node import ports
from elastic.node.distribution import distribution_home
from elastic.node.embedded import ATTEMPTS
from elastic.node.errors import PortBusy
from elastic.node.ports import Ports, choose_ports, find_free_port, is_free
from elastic.settings import ElasticSettings
from tests.elastic.conftest import script, small_distribution
from tests.elastic.single_node import start_node

LOSES_A_PORT = """
port=$(sed -n 's/^{setting}: *//p' "$ES_PATH_CONF/elasticsearch.yml" | tr -d '"')
echo "$port" >> "{tried}"
echo "BindHttpException: Failed to bind to 127.0.0.1:$port"
exit 1
"""
"""A node whose port another program took between its choice and the start."""


def test_a_busy_port_asked_for_is_refused_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortBusy, match=rf"Port {port} is taken.*--port") as caught:
            choose_ports(port)
    assert "\n" not in str(caught.value)


def test_a_free_port_asked_for_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert choose_ports(port).http == port


def test_a_busy_usual_port_gives_way_to_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(ports, "HTTP", server.getsockname()[1])
        chosen = choose_ports()
        assert chosen.http != ports.HTTP
        assert is_free(chosen.http)


def test_http_and_transport_differ() -> None:
    chosen = choose_ports(ports.TRANSPORT if is_free(ports.TRANSPORT) else None)
    assert chosen.http != chosen.transport


def test_a_server_on_every_interface_takes_the_port_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_node_that_was_lost_comes_back_where_it_was_looked_for() -> None:
    former = Ports(find_free_port(), find_free_port())
    assert choose_ports(None, 1, (), former) == former
    with socket.create_server(("127.0.0.1", former.http)):
        assert choose_ports(None, 1, (), former).http != former.http
    requested = find_free_port()
    assert choose_ports(requested, 0, (), former).http == requested


@pytest.mark.parametrize(("setting", "attempts"), [("transport.port", ATTEMPTS), ("http.port", 1)])
def test_another_port_replaces_one_lost_during_the_start_unless_it_was_requested(
    bare_settings: ElasticSettings, open_folder: Path, setting: str, attempts: int
) -> None:
    """Several nodes that start at once choose the same transport port; one of them gets it."""
    chosen = bare_settings.model_copy(update={"state_dir": open_folder})
    home, tried = distribution_home(open_folder), open_folder / "node" / "tmp" / "tried"
    small_distribution(home)
    script(home / "bin" / "elasticsearch", LOSES_A_PORT.format(setting=setting, tried=tried))
    with pytest.raises(PortBusy):
        start_node(chosen, port=find_free_port())
    ports_tried = tried.read_text().split()
    assert len(set(ports_tried)) == len(ports_tried) == attempts
