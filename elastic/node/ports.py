"""Which ports the embedded nodes listen on, always on 127.0.0.1."""

import socket
from collections.abc import Collection
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


def choose_ports(
    requested: int | None = None,
    position: int = 0,
    taken: Collection[int] = (),
    former: Ports | None = None,
) -> Ports:
    """The ports it had, else the usual ones, else free ones; none of those already ``taken``.

    The node at ``position``, counted from 0, takes the port that many above the first one's. A
    node that was lost comes back at its ``former`` ports: programs that run look for it there.
    Raises ``PortBusy`` when the requested HTTP port is taken.
    """
    fixed = None if requested is None else requested + position
    if fixed is not None and not is_free(fixed):
        raise PortBusy(
            f"Port {fixed} is taken by another program: choose another one with --port, "
            f"or set SAS_ELASTICSEARCH_URL=http://{HOST}:{fixed} if that is an Elasticsearch.",
            fixed,
        )
    usual = former or Ports(HTTP + position, TRANSPORT + position)
    http = fixed or _pick_free_port(usual.http, taken)
    return Ports(http, _pick_free_port(usual.transport, {*taken, http}))


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


def _pick_free_port(usual: int, taken: Collection[int]) -> int:
    port = usual
    while port in taken or not is_free(port):
        port = find_free_port()
    return port


def find_free_port() -> int:
    """A port without listener."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
