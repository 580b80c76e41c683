"""Temporary folders of a load, named after its process: a killed one leaves them to be found."""

import shutil
import sqlite3
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from elastic.process import is_dead, process_mark

PREFIX = "sas-scratch-"

MAPPED = 1 << 28
"""Bytes of a file that SQLite reads as memory, 256 MiB: a call to the system for each page is a
seventh of a national join. They count as ours while they are there (docs/performance.md)."""


def scratch_folder(folder: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A new temporary folder of this process, in ``folder`` or the system's; clean it up."""
    return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{process_mark()}-", dir=folder)


def sweep_scratch(folder: Path | None = None) -> list[Path]:
    """Delete the folders of processes that were killed; what could not be deleted stays."""
    left = [one for one in _all(folder) if is_dead(_mark(one))]
    for one in left:
        shutil.rmtree(one, ignore_errors=True)
    return left


def _all(folder: Path | None) -> list[Path]:
    return list((folder or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"))


def _mark(folder: Path) -> str:
    return folder.name.removeprefix(PREFIX).rpartition("-")[0]


class ScratchStore:
    """Rows kept on disk while a load joins them: one temporary SQLite file, deleted at the end.

    Use it as a context manager.
    """

    def __init__(self, schema: str, cache_kib: int, folder: Path | None = None) -> None:
        """``cache_kib`` is the memory SQLite may use; ``folder`` holds the temporary file, by
        default the system's temporary folder."""
        self._folder = scratch_folder(folder)
        self._db = sqlite3.connect(Path(self._folder.name) / "rows.sqlite", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{cache_kib}")
        self._db.execute(f"PRAGMA mmap_size = {MAPPED}")
        self._db.executescript(schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows and delete the file."""
        self._db.close()
        self._folder.cleanup()
