"""Bounds of a download: timeouts, attempts, pauses, size and digest."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DownloadPolicy:
    """Bounds of one download; durations in seconds, sizes in bytes."""

    timeout_s: float = 30.0
    """Silence before a connection is closed."""
    connect_s: float = 10.0
    attempts: int = 5
    """Attempts in a row without a new byte; an attempt with new bytes resets the count."""
    pause_s: float = 1.0
    """Pause before the second attempt, doubled at each."""
    largest: int | None = None
    sha512: str | None = None
    """Expected digest of the whole file, in lowercase hexadecimal."""

    def has_digest(self, path: Path) -> bool:
        """Whether the file exists and has the expected digest; False without one."""
        if self.sha512 is None or not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha512").hexdigest() == self.sha512
