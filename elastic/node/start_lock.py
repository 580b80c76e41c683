"""One start at a time on this machine."""

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from elastic.node.report import ProgressReporter
from mappings.state_file import open_file_lock


def open_start_lock(file: Path, report: ProgressReporter) -> AbstractContextManager[None]:
    """Hold the lock file during the body; report and wait while another process holds it."""
    waiting = partial(report.say, "Another start is under way on this machine; waiting for it.")
    return open_file_lock(file, wait_s=None, when_waiting=waiting)
