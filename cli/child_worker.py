"""A worker beside the API: one command for a newcomer, and the interpreter of the API stays free.

It ends with the process that started it, however that ends: its standard input closes.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = (sys.executable, "-c", "from cli.main import app; app()", "worker", "--with-parent")
RESTART_S = 5.0
"""Pause before a worker that ended by itself is started again: the records may be away."""
END_S = 10.0
"""Time for the round under way, before a worker is ended outright."""


class ChildWorker:
    """One worker process, started again whenever it ends before it should."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="worker", daemon=True)

    def start(self) -> None:
        """Start the process and what watches it."""
        self._thread.start()

    def stop(self) -> None:
        """End both."""
        self._stop.set()
        if self._process is not None:
            _end_process(self._process)
        self._thread.join(END_S)

    def _keep_alive(self) -> None:
        while not self._stop.is_set():
            self._process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE)  # noqa: S603
            self._process.wait()
            self._stop.wait(RESTART_S)


@contextmanager
def open_child_worker() -> Iterator[None]:
    """A worker during the body."""
    worker = ChildWorker()
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def watch_parent(stop: threading.Event) -> None:
    """Set ``stop`` when the standard input closes: the parent is gone."""

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        stop.set()

    threading.Thread(target=wait_for_end, name="parent", daemon=True).start()


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
