"""Which ports the embedded node listens on, always on 127.0.0.1."""

import socket
from dataclasses import dataclass

from elastic.node.errors import PortBusy

HOST = "127.0.0.1"
HTTP = 9200
TRANSPORT = 9300


@dataclass(frozen=True)
class Ports:
    """HTTP for clients, transport for the node's own use."""

    http: int
    transport: int


def choose_ports(requested: int | None = None) -> Ports:
    """The usual ports, or free ones when those are taken.

    Raises ``PortBusy`` when the HTTP port was asked for by number and is taken.
    """
    if requested is not None and not is_free(requested):
        raise PortBusy(
            f"Port {requested} is taken by another program: choose another one with --port, "
            f"or set SAS_ELASTICSEARCH_URL=http://{HOST}:{requested} if that is an Elasticsearch."
        )
    http = requested or _free_port(HTTP)
    return Ports(http, _free_port(TRANSPORT, taken=http))


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
        return True


def _free_port(usual: int, taken: int | None = None) -> int:
    return usual if usual != taken and is_free(usual) else free_port()


def free_port() -> int:
    """Any port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
