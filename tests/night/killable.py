"""A process of ours, killed outright and read to its last line."""

import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.suite.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]


class Killable:
    """A process whose lines of standard output are read as they come."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def end(self, number: int = signal.SIGKILL) -> list[str]:
        """Send the signal; every line that was printed."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return self.lines

    def is_running(self) -> bool:
        """True until it ended."""
        return self.process.poll() is None

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            self.lines.extend(iter(stream.readline, ""))
