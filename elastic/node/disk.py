"""Free disk space, checked before it is needed."""

import shutil
from pathlib import Path

from elastic.errors import DiskFull

GB = 1_000_000_000
RUN_FLOOR = 2 * GB
"""Bytes free to start a node: the low watermark of its own settings."""
INSTALL_FLOOR = 4 * GB
"""Bytes free to install one: archive, unpacked copy, and data."""


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk of a folder that may not exist yet."""
    existing = next(step for step in (folder, *folder.parents) if step.exists())
    return shutil.disk_usage(existing).free


def require_disk(folder: Path, floor: int) -> None:
    """Raise ``DiskFull`` when fewer than ``floor`` bytes are free."""
    free = free_bytes(folder)
    if free < floor:
        raise DiskFull(
            f"Only {free / GB:.1f} GB are free on the disk of {folder}, {floor / GB:.1f} GB are "
            "needed: free some space, or set SAS_STATE_DIR to a folder on another disk."
        )
