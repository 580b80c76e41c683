"""Rows of a CSV that people write: any spreadsheet's, one line a row.

Read as any spreadsheet writes it: comma, semicolon or tabulation, cells quoted or not, a first
line ``sep=;``, empty columns and rows at the end, a byte order mark. A quote left open costs its
own row alone.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mappings.bounds import LONGEST_LINE
from mappings.text.cleaning import clean_value, decode_line

csv.field_size_limit(LONGEST_LINE)
"""A cell is as long as its line; the bounds of rows say which it is."""

_BOM = "\ufeff"
_DELIMITERS = ";,\t"
LINE_BREAK = b"\r\n"


class Line(NamedTuple):
    """``has_line_break`` is False for a last line without it: it may be cut (trap 8)."""

    number: int
    text: str
    has_line_break: bool


class SheetRow(NamedTuple):
    """One row: its line, its cells or why there are none, and the row as text."""

    line: int
    cells: list[str]
    fault: str
    raw: str


class Sheet(NamedTuple):
    """The names of the columns, as many as are named, and the rows that hold something."""

    columns: list[str]
    delimiter: str
    rows: Iterator[SheetRow]

    @property
    def header(self) -> str:
        """The header as text."""
        return format_row(self.columns, self.delimiter)


def read_sheet(lines: Iterable[Line]) -> Sheet:
    """A sheet of lines; raises ``csv.Error`` when the header cannot be read."""
    waiting = (line for line in lines if line.text.lstrip(_BOM).strip())
    first = next(waiting, Line(0, "", False)).text.removeprefix(_BOM)
    named = ""
    if is_separator_line(first):
        named = first.strip().strip('"')[len("sep=") :][:1] or "\t"
        first = next(waiting, Line(0, "", False)).text
    if "\0" in first:
        raise csv.Error("it is UTF-16: save it again as CSV UTF-8")
    delimiter = named if named in (*_DELIMITERS,) else _guess_delimiter(first)
    columns = [clean_value(name) for name in _split(first, delimiter)]
    while columns and not columns[-1]:
        columns.pop()
    return Sheet(columns, delimiter, _rows(waiting, len(columns), delimiter))


def format_row(cells: Iterable[str], delimiter: str) -> str:
    """Cells as text, quoted where they must be."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(cells)
    return text.getvalue()


def parse_lines(content: bytes) -> Iterator[Line]:
    """The lines of a whole sheet, UTF-8 or Windows-1252, whatever ends them."""
    raw_lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for number, raw in enumerate(raw_lines, 1):
        yield Line(number, decode_line(raw)[0], number < len(raw_lines))


def is_separator_line(text: str) -> bool:
    """True for the line that tells a spreadsheet its separator: ``sep=;``."""
    return text.strip().strip('"').rstrip(";, ").lower() == "sep="


def _rows(lines: Iterator[Line], width: int, delimiter: str) -> Iterator[SheetRow]:
    for line in lines:
        row = _row(line, width, delimiter)
        if row.fault or any(map(str.strip, row.cells)):
            yield row


def _row(line: Line, width: int, delimiter: str) -> SheetRow:
    try:
        cells = _split(line.text, delimiter)
    except csv.Error as error:
        fault = f"line: not CSV, is a quote left open? ({error})"
        return SheetRow(line.number, [], fault, line.text)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    many = len(cells) != width
    fault = f"line: {len(cells)} fields where the header has {width}" if many else ""
    return SheetRow(line.number, cells, fault, format_row(cells, delimiter))


def _split(text: str, delimiter: str) -> list[str]:
    """The cells of one line; raises ``csv.Error``.

    A row is a line: no cell of ours holds a line break, and a reader that looked for the end
    of a quote left open would swallow the healthy rows that follow.
    """
    if '"' not in text:
        return text.split(delimiter) if text else []
    (row,) = csv.reader([text.replace("\r", " ")], delimiter=delimiter, strict=True)
    return row


def _guess_delimiter(header: str) -> str:
    """The most frequent one; a comma when there is none."""
    return max(",;\t", key=header.count)
