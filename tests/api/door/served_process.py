"""``sas serve`` as an operator starts it, in a process of its own, and raw sockets to it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.suite.waiting import wait_for, wait_for_liveness

SERVE = """
import sys
from api.door import Door, DoorLimits
from cli.main import app

Door.limits = DoorLimits({limits})
{first}
sys.argv = ["sas", "serve", "--no-worker", "--port", sys.argv[1]]
app()
"""
"""The command itself, after its table of limits and what an operator may have set before."""

START_S = 90
GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"

OpenService = Callable[..., AbstractContextManager["ServedProcess"]]


@dataclass(frozen=True, slots=True)
class ServedProcess:
    """A server in its own process; ``written`` holds its standard output and error."""

    process: subprocess.Popen[bytes]
    port: int
    written: Path

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        """A connection of its own; reads and writes of the test end after a minute."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def memory(self) -> int:
        """Resident bytes of the process."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def count_connections(self) -> int:
        """Connections that the process holds open."""
        found = psutil.Process(self.process.pid).net_connections("tcp")
        ours = (c for c in found if c.laddr and c.laddr.port == self.port)
        return sum(c.status != psutil.CONN_LISTEN for c in ours)

    def is_alive(self) -> bool:
        """It answers ``/livez`` on another connection."""
        return httpx.get(f"{self.url}/livez", timeout=10, trust_env=False).status_code == 200


@contextmanager
def open_served_process(
    folder: Path, environment: dict[str, str], *, limits: str = "", first: str = ""
) -> Iterator[ServedProcess]:
    """``sas serve`` with ``limits``, keyword arguments of ``DoorLimits``; killed afterwards.

    ``first``: statements run before the command.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    written = folder / f"written-{port}.log"
    command = [sys.executable, "-c", SERVE.format(limits=limits, first=first), str(port)]
    variables = {**os.environ, "SAS_STATE_DIR": str(folder), **environment}
    with written.open("wb") as out:
        process = subprocess.Popen(
            command, env=variables, stdout=out, stderr=subprocess.STDOUT, cwd=Path.cwd()
        )
    try:
        wait_for_liveness(f"http://127.0.0.1:{port}", START_S)
        yield ServedProcess(process, port, written)
    finally:
        process.kill()
        process.wait(timeout=20)


def read_response(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next response; ``(0, {}, b"")`` once it is closed."""
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        if not (byte := _receive(connection, 1)):
            return 0, {}, received
        received += byte
    first, *lines = received.decode("latin-1").rstrip().split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    left, body = int(headers.get("content-length", "0")), b""
    while left > len(body) and (chunk := _receive(connection, left - len(body))):
        body += chunk
    return int(first.split()[1]), headers, body


def read_problem(connection: socket.socket) -> tuple[int, str]:
    """Status and code of the next response, a problem that closes its connection."""
    status, headers, body = read_response(connection)
    document: dict[str, Any] = json.loads(body)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert headers["cache-control"] == "no-store"
    assert document["request_id"] == headers["x-request-id"]
    assert document["status"] == status
    return status, document["code"]


def is_closed(connection: socket.socket) -> bool:
    """The server ended its side: nothing but the end comes."""
    return _receive(connection) == b""


def send_until_closed(connection: socket.socket, chunk: bytes, total: int) -> int:
    """Send the chunk over and over until the server takes no more; the bytes taken."""
    sent = 0
    with suppress(ConnectionError, TimeoutError):
        while sent < total:
            sent += connection.send(chunk)
    return sent


def wait_until_cut(connection: socket.socket) -> None:
    """Wait until the server cut the connection: what is sent then is refused by its machine."""
    wait_for(lambda: _is_cut(connection))


def _is_cut(connection: socket.socket) -> bool:
    try:
        connection.send(b"\r\n")
    except (ConnectionError, TimeoutError):
        return True
    return False


def _receive(connection: socket.socket, size: int = 65_536) -> bytes:
    try:
        return connection.recv(size)
    except ConnectionError:
        return b""
