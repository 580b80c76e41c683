"""Progress of the work on the node."""

from typing import Protocol


class ProgressReporter(Protocol):
    """Destination of lines and progress: a console, a log, none."""

    def say(self, line: str) -> None:
        """One line for people."""

    def advance(self, what: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` bytes; ``total`` is None while unknown."""


class SilentReporter:
    """Discards lines and progress."""

    def say(self, line: str) -> None:
        """Nothing."""

    def advance(self, what: str, done: int, total: int | None) -> None:
        """Nothing."""
