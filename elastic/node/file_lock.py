"""One start at a time on this machine: a file lock that its holder's death releases."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elastic.node.report import ProgressReporter


@contextmanager
def file_lock(file: Path, report: ProgressReporter) -> Iterator[None]:
    """Hold the lock file during the body; report and wait while another process holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.say("Another start is under way on this machine; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
