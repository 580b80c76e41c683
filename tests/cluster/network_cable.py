"""A cable that can be pulled: a network namespace of its own at the end of a pair of interfaces.

Both ends have loopback addresses: nothing of it can leave this machine, and Elasticsearch applies
no production limits to it. Only the far end is taken down: the route to it stays, so that what is
sent is lost, and what is sent from there falls into a black hole.
"""

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

HERE, THERE = "127.84.0.1", "127.84.0.2"
NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of setns(2)."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Cable:
    """The far end is the interface ``far`` in the namespace ``name``."""

    name: str

    @property
    def near(self) -> str:
        """The interface at this end."""
        return f"{self.name}n"

    @property
    def far(self) -> str:
        """The interface at the other end."""
        return f"{self.name}f"

    def pull(self) -> None:
        """Nothing passes any more; neither end is notified."""
        ip("-n", self.name, "link", "set", self.far, "down")

    def plug(self) -> None:
        """As it was."""
        ip("-n", self.name, "link", "set", self.far, "up")
        route(THERE, HERE, self.far, "-n", self.name)

    def beyond(self, act: Callable[[], Result]) -> Result:
        """Do it in the namespace, where the processes that it starts stay."""
        done: list[Result] = []

        def there() -> None:
            _enter(Path("/var/run/netns") / self.name)
            done.append(act())

        thread = threading.Thread(target=there)
        thread.start()
        thread.join()
        return done[0]


@contextmanager
def open_cable() -> Iterator[Cable]:
    """Laid and taken away; skips where this account may not, or the system has none."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("a cut network needs root and the command `ip`")
    laid = Cable(f"sas{os.getpid()}")
    try:
        ip("netns", "add", laid.name)
        ip("link", "add", laid.near, "type", "veth", "peer", "name", laid.far, "netns", laid.name)
    except subprocess.CalledProcessError as error:
        ip("netns", "delete", laid.name, check=False)
        pytest.skip(f"this system gives no network of one's own: {error.stderr.strip()}")
    try:
        ip("link", "set", laid.near, "up")
        ip("-n", laid.name, "link", "set", "lo", "up")
        allow_loopback(laid.near)
        laid.beyond(lambda: allow_loopback(laid.far))
        route(HERE, THERE, laid.near)
        ip("-n", laid.name, "route", "add", "blackhole", HERE, "table", "local", "metric", "9")
        laid.plug()
        yield laid
    finally:
        ip("link", "delete", laid.near, check=False)
        ip("netns", "delete", laid.name, check=False)


def ip(*words: str, check: bool = True) -> None:
    """The command ``ip``."""
    subprocess.run(["ip", *words], check=check, capture_output=True, text=True)


def route(source: str, target: str, interface: str, *where: str) -> None:
    """The way to an address, before the table routes every loopback address to this machine."""
    ip(*where, "route", "add", target, "dev", interface, "src", source, "table", "local")


def allow_loopback(interface: str) -> None:
    """Accept loopback addresses on a cable, which the system drops by default."""
    Path(f"/proc/sys/net/ipv4/conf/{interface}/route_localnet").write_text("1")


def _enter(namespace: Path) -> None:
    """The calling thread alone; there is no way back."""
    system = ctypes.CDLL(None, use_errno=True)
    with namespace.open() as opened:
        if system.setns(opened.fileno(), NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), "setns")
