"""Fields of semicolon files: quotes protect a field, and are doubled inside it.

One line is one record: a quote left open cannot swallow the lines after it.
"""

import csv
from collections.abc import Iterator

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.row_bounds import RowBounds
from mappings.text.cleaning import REPLACEMENT_CHARACTER, clean_value
from mappings.text.sheets import Line, is_separator_line


def read_header(lines: Iterator[Line]) -> list[str]:
    """The names of the columns, quoted or not; ``[]`` for an empty file.

    A first line ``sep=;`` is for the spreadsheet that wrote it, as are empty names at the end.
    """
    first = next(lines, None)
    if first is not None and is_separator_line(first.text):
        first = next(lines, None)
    names = [] if first is None else [clean_value(name) for name in _fields(first.text)]
    while names and not names[-1]:
        names.pop()
    return names


def split_fields(text: str, width: int) -> list[str] | None:
    """The fields of a line, cleaned; None when there are not ``width`` of them.

    A line whose quotes do not pair is read with its quotes as content when that gives the right
    number of fields. Empty fields that a spreadsheet adds at the end are dropped.
    """
    fields = _trim(_fields(text), width)
    if len(fields) != width and '"' in text:
        fields = _trim(text.split(";"), width)
    return [clean_value(field) for field in fields] if len(fields) == width else None


def _trim(fields: list[str], width: int) -> list[str]:
    while len(fields) > width and not fields[-1]:
        fields.pop()
    return fields


def read_semicolon_rows(
    lines: Iterator[Line], bounds: RowBounds, quarantine: Quarantine
) -> Iterator[tuple[Line, list[str]]]:
    """The healthy records of the lines; others go to quarantine."""
    for line in lines:
        quarantine.read += 1
        fields = read_semicolon_row(line, bounds, quarantine)
        if fields is not None:
            yield line, fields


def read_semicolon_row(line: Line, bounds: RowBounds, quarantine: Quarantine) -> list[str] | None:
    """The fields of a record, None after its rejection; the cut last one is rejected as such."""
    fields = split_fields(line.text, bounds.width)
    if fields is None:
        quarantine.reject(line.number, width_reason(line, bounds.width), line.text)
    elif excess := bounds.find_excess(fields):
        quarantine.reject(line.number, Reason.OUT_OF_BOUNDS, line.text, excess)
        return None
    elif REPLACEMENT_CHARACTER in line.text:
        quarantine.warn(line.number, Reason.LOST_CHARACTER, line.text)
    return fields


def width_reason(line: Line, width: int) -> Reason:
    """Why a line has not ``width`` fields: the end of the file cut it, or it is damaged."""
    cut = not line.has_line_break and line.text.count(";") < width - 1
    return Reason.TRUNCATED_LINE if cut else Reason.COLUMN_COUNT


def _fields(text: str) -> list[str]:
    """A lone carriage return is content, and no end of a row to ``csv``."""
    if '"' not in text:
        return text.split(";")
    return next(csv.reader([text.replace("\r", " ")], delimiter=";"))
