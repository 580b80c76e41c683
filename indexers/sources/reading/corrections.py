"""A source and then its corrected rows, read by the same reader.

A correction replaces a damaged row, not a line of a file: it holds as long as the source
publishes that very damage, and lapses by itself when the source changes the row.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from indexers.quality.quarantine import Layout, Quarantine
from indexers.runs.scratch import scratch_folder
from mappings.state_file import name_path_of_error

RowT = TypeVar("RowT")
RowReader = Callable[[Path, Quarantine], Iterator[RowT]]


def with_corrections(read: RowReader[RowT], path: Path, quarantine: Quarantine) -> Iterator[RowT]:
    """The rows of a file, then the corrected rows of the damage met in it.

    A corrected row that is still bad is set aside like any other.
    """
    yield from read(path, quarantine)
    rows = quarantine.take_pending_corrections()
    if rows and quarantine.layout is not None:
        yield from read_rows(read, rows, quarantine.layout, quarantine)


def read_rows(
    read: RowReader[RowT], rows: Sequence[str], layout: Layout, quarantine: Quarantine
) -> Iterator[RowT]:
    """These rows as ``read`` gives them, through a temporary file of the source's own form."""
    with scratch_folder() as folder:
        path = Path(folder) / f"corrected{layout.suffix}"
        with name_path_of_error(path):
            path.write_text(document(rows, layout), encoding="utf-8", newline="")
        yield from read(path, quarantine)


def document(rows: Sequence[str], layout: Layout) -> str:
    """Rows as a file of their source."""
    return f"{layout.opening}{layout.joint.join(rows)}{layout.closing}"
