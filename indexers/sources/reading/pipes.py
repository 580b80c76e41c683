"""Rows of the pipe files of the Annuaire Santé: unquoted, each line ended by a pipe.

Cut by hand: quotes are content, and a CSV reader would swallow lines at the first of them
(trap 1). Two million rows are read in half a minute.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.errors import LayoutError
from indexers.sources.reading.lines import LINE_BREAK, read_raw
from indexers.sources.reading.text import (
    REPLACEMENT_CHARACTER,
    clean_value,
    decode_line,
    needs_cleaning,
)

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
    lines = read_raw(path)
    _, first = next(lines, (0, b""))
    if not first:
        raise LayoutError(f"{path.name} is empty; download it again")
    text, _ = decode_line(first.rstrip(LINE_BREAK))
    header = [clean_value(name) for name in text.removesuffix("|").split("|")]
    quarantine.layout = Layout(".txt", f"{text}\n")
    return PipeFile(header, _rows(lines, _Width(len(header), text.endswith("|")), quarantine))


class _Width(NamedTuple):
    """Fields of a complete row; ``closed`` when a pipe ends it, as in the register."""

    fields: int
    closed: bool


def _rows(
    lines: Iterator[tuple[int, bytes]], width: _Width, quarantine: Quarantine
) -> Iterator[Row]:
    count = width.fields
    for number, raw in lines:
        quarantine.read += 1
        content = raw.rstrip(LINE_BREAK)
        text, utf8 = decode_line(content)
        fields = text.split("|")
        if len(fields) != count + 1 or fields[count] or raw == content:
            reason = _damage(fields, width, has_line_break=raw != content)
            if reason is not None:
                quarantine.reject(number, reason, text)
                continue
            fields = [*fields[:count], ""]
        if not utf8 or needs_cleaning(content, text, fields):
            fields = _clean_fields(number, text, fields, utf8, quarantine)
        yield number, fields


def _damage(fields: list[str], width: _Width, has_line_break: bool) -> Reason | None:
    """The fault of the number of fields; None for a row without its last pipe.

    A row of a closed file that ends with its pipe and has the header's width lacks a field.
    """
    if not has_line_break and len(fields) < width.fields + width.closed:
        return Reason.TRUNCATED_LINE
    if len(fields) == width.fields:
        return Reason.COLUMN_COUNT if width.closed and not fields[-1] else None
    whole = len(fields) == width.fields + 1 and not fields[-1]
    return None if whole else Reason.COLUMN_COUNT


def _clean_fields(
    number: int, text: str, fields: list[str], utf8: bool, quarantine: Quarantine
) -> list[str]:
    if not utf8:
        quarantine.warn(number, Reason.NOT_UTF8, text)
    if REPLACEMENT_CHARACTER in text:
        quarantine.warn(number, Reason.LOST_CHARACTER, text)
    return [clean_value(field) for field in fields]
