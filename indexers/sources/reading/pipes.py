"""Rows of the pipe files of the Annuaire Santé: unquoted, each line ended by a pipe.

Cut by hand: quotes are content, and a CSV reader would swallow lines at the first of them
(trap 1). Two million rows are read in half a minute.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.columns import Columns
from indexers.sources.reading.errors import LayoutError
from indexers.sources.reading.headers import locate_columns, unknown_columns
from indexers.sources.reading.lines import read_raw, reject_long_line
from indexers.sources.reading.row_bounds import RowBounds
from mappings.bounds import LONGEST_LINE
from mappings.text.cleaning import (
    REPLACEMENT_CHARACTER,
    clean_value,
    decode_line,
    needs_cleaning,
)
from mappings.text.sheets import LINE_BREAK

Row = tuple[int, list[str]]
"""The number of the line, and its fields, one empty field after the last."""


class PipeFormat(NamedTuple):
    """A published pipe file: what it is called, its columns, those that it must have."""

    title: str
    pattern: str
    columns: Columns
    required: tuple[str, ...]


class PipeFile(NamedTuple):
    """The columns that this very file has, and its healthy rows; ``rows`` is read once.

    ``places`` is where to read each column of the format: one that this file lacks is read from
    the field after the last, which is always empty.
    """

    located: Mapping[str, int]
    places: Mapping[str, int]
    rows: Iterator[Row]


def open_pipes(path: Path, form: PipeFormat, quarantine: Quarantine) -> PipeFile:
    """The columns and the rows of a pipe file, streamed.

    Rows cut at the end of the file, with another number of fields than the header, or with a
    field beyond its bound go to quarantine (traps 2 and 8). Raises ``LayoutError`` when the file
    is empty or of another format.
    """
    lines = read_raw(path)
    _, first = next(lines, (0, b""))
    if not first:
        raise LayoutError(f"{path.name} is empty; download it again")
    text, _ = decode_line(first.rstrip(LINE_BREAK))
    header = [clean_value(name) for name in text.removesuffix("|").split("|")]
    located = _locate(path, header, form, quarantine)
    quarantine.layout = Layout(".txt", f"{text}\n")
    width = _Width(len(header), text.endswith("|"), RowBounds(header, form.columns, located))
    places = dict.fromkeys(form.columns, len(header)) | located
    return PipeFile(located, places, _rows(lines, width, quarantine))


def _locate(
    path: Path, header: list[str], form: PipeFormat, quarantine: Quarantine
) -> dict[str, int]:
    located = locate_columns(header, form.columns)
    unknown = unknown_columns(header, located)
    missing = [name for name in form.required if name not in located]
    if missing:
        renamed = " or ".join(map(repr, unknown))
        raise LayoutError(
            f"{path.name} is not an {form.title} file: column {missing[0]!r} is missing"
            f"{f', unless it is now called {renamed}' if unknown else ''}; "
            f"give a file {form.pattern}"
        )
    quarantine.count_unknown(unknown)
    return located


class _Width(NamedTuple):
    """Fields of a complete row; ``closed`` when a pipe ends it, as in the register."""

    fields: int
    closed: bool
    bounds: RowBounds


def _rows(
    lines: Iterator[tuple[int, bytes]], width: _Width, quarantine: Quarantine
) -> Iterator[Row]:
    count = width.fields
    for number, raw in lines:
        if len(raw) > LONGEST_LINE:
            reject_long_line(number, raw, quarantine)
            continue
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
        if excess := width.bounds.find_excess(fields):
            quarantine.reject(number, Reason.OUT_OF_BOUNDS, text, excess)
            continue
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
