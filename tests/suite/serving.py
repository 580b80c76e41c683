"""An HTTP server of the standard library that answers beside a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

POLL_S = 0.01
"""Seconds between two looks for the end: the default is half a second for each test."""


@contextmanager
def serve_beside(server: BaseServer) -> Iterator[None]:
    """The server answers in a thread of its own during the body, and is closed after it."""
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
