"""Ports of this machine, held for as long as a test counts on them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def open_dead_port() -> Iterator[int]:
    """A port that refuses connections during the body, and that no other program can take.

    It is bound and never listened on. A port that was free a moment ago may be anybody's.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
