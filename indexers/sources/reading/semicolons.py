"""Fields of semicolon files: quotes protect a field, and are doubled inside it.

One line is one record: a quote left open cannot swallow the lines after it.
"""

import csv
from collections.abc import Iterator

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.lines import Line
from indexers.sources.reading.text import REPLACEMENT_CHARACTER, clean_value


def split_fields(text: str, width: int) -> list[str] | None:
    """The fields of a line, cleaned; None when there are not ``width`` of them.

    A line whose quotes do not pair is read with its quotes as content when that gives the right
    number of fields. A phantom empty field at the end is dropped.
    """
    fields = _fields(text)
    if len(fields) != width and '"' in text:
        fields = text.split(";")
    if len(fields) == width + 1 and not fields[-1]:
        fields.pop()
    return [clean_value(field) for field in fields] if len(fields) == width else None


def read_semicolon_rows(
    lines: Iterator[Line], width: int, quarantine: Quarantine
) -> Iterator[tuple[Line, list[str]]]:
    """The healthy records of the lines; others go to quarantine, the cut last one as such."""
    for line in lines:
        quarantine.read += 1
        fields = split_fields(line.text, width)
        if fields is None:
            quarantine.reject(line.number, width_reason(line, width), line.text)
            continue
        if REPLACEMENT_CHARACTER in line.text:
            quarantine.warn(line.number, Reason.LOST_CHARACTER, line.text)
        yield line, fields


def width_reason(line: Line, width: int) -> Reason:
    """Why a line has not ``width`` fields: the end of the file cut it, or it is damaged."""
    cut = not line.has_line_break and line.text.count(";") < width - 1
    return Reason.TRUNCATED_LINE if cut else Reason.COLUMN_COUNT


def _fields(text: str) -> list[str]:
    if '"' not in text:
        return text.split(";")
    return next(csv.reader([text], delimiter=";"))
