"""Rows of the pipe files of the Annuaire Santé: unquoted, each line ended by a pipe.

Cut by hand: quotes are content, and a CSV reader would swallow lines at the first of them
(trap 1). Two million rows are read in half a minute.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from indexers.quarantine import Quarantine
from indexers.reading.errors import LayoutError
from indexers.reading.lines import Line, read_lines
from indexers.reading.text import LOST, cleaned, needs_cleaning
from indexers.reasons import Reason

Row = tuple[int, list[str]]
"""The number of the line, and its fields, one empty field after the last."""


class PipeFile(NamedTuple):
    """The columns of a file and its healthy rows; ``rows`` is read once."""

    header: list[str]
    rows: Iterator[Row]


def open_pipes(path: Path, quarantine: Quarantine) -> PipeFile:
    """The header and the rows of a pipe file, streamed.

    Rows cut at the end of the file, or with another number of fields than the header, go to
    quarantine (traps 2 and 8). Raises ``LayoutError`` when the file is empty.
    """
    lines = read_lines(path, quarantine)
    first = next(lines, None)
    if first is None:
        raise LayoutError(f"{path.name} is empty; download it again")
    closed = first.text.endswith("|")
    header = [cleaned(name) for name in first.text.removesuffix("|").split("|")]
    return PipeFile(header, _rows(lines, len(header), closed, quarantine))


def _rows(lines: Iterator[Line], width: int, closed: bool, quarantine: Quarantine) -> Iterator[Row]:
    """``closed`` tells that complete lines end with a pipe, as those of the register do."""
    for number, text, ended in lines:
        quarantine.read += 1
        fields = text.split("|")
        if not ended and len(fields) < width + closed:
            quarantine.reject(number, Reason.TRUNCATED_LINE, text)
            continue
        if len(fields) == width:
            fields.append("")
        if len(fields) != width + 1 or fields[width]:
            quarantine.reject(number, Reason.COLUMN_COUNT, text)
            continue
        if needs_cleaning(f"|{text}|"):
            if LOST in text:
                quarantine.warn(number, Reason.LOST_CHARACTER, text)
            fields = [cleaned(field) for field in fields]
        yield number, fields
