"""Temporary folders of a load, named after its process: a killed one leaves them to be found."""

import shutil
import tempfile
from pathlib import Path

from elastic.process import is_dead, process_mark

PREFIX = "sas-scratch-"


def scratch_folder(folder: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A new temporary folder of this process, in ``folder`` or the system's; clean it up."""
    return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{process_mark()}-", dir=folder)


def sweep_scratch(folder: Path | None = None) -> list[Path]:
    """Delete the folders of processes that were killed; a folder that cannot be deleted stays."""
    left = [one for one in _all(folder) if is_dead(_mark(one))]
    for one in left:
        shutil.rmtree(one, ignore_errors=True)
    return left


def _all(folder: Path | None) -> list[Path]:
    return list((folder or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"))


def _mark(folder: Path) -> str:
    return folder.name.removeprefix(PREFIX).rpartition("-")[0]
