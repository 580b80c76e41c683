"""Our own formats read from JSON Lines, or from CSV where they are flat.

Described for people in docs/reference/sources/own-formats.md.
A bad line is set aside with the field that is wrong; the file goes on.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson
from pydantic import ValidationError

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.corrections import with_corrections
from indexers.sources.reading.lines import reject_long_line
from indexers.sources.reading.sheets import open_sheet
from mappings.agenda.lines import AgendaLine
from mappings.bounds import LARGEST_OWN, LONGEST_LINE, OWN_ROWS
from mappings.files import open_regular, read_bounded_lines, resolve_inside
from mappings.formats import FORMATS, MAX_ABSENCES, Format, rank_record
from mappings.text.sheets import Line, SheetRow, read_sheet

LINES: Mapping[str, type[Format]] = {**FORMATS, "agendas": AgendaLine}
"""What a line of each of our files is: of a source of offers, or of the records alone."""

FLAT = frozenset({"participation", "structures", "absences", "lrm"})
"""Formats that may also come as CSV."""

RANGE_COLUMNS = tuple(f"range{number}" for number in range(1, MAX_ABSENCES + 1))
"""Columns of the absences of a CSV: ``2026-11-23/2026-11-25``, or one day alone."""

_FRENCH_DAY = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")

_SHOWN, _SHOWN_ERRORS = 200, 10
"""Characters of a name or of a message, and errors of a row, that are shown."""

FormatT = TypeVar("FormatT", bound=Format)


class OwnFormatError(ValueError):
    """A whole file cannot be read: unknown format, two files for one source, wrong header."""


class RawEntry(NamedTuple):
    """One line before validation: its number, its value or why it has none, and its raw text."""

    line: int
    value: Any
    raw: str
    fault: str = ""


def find_format(name: str) -> type[Format]:
    """The model of a format; raises ``OwnFormatError`` naming those that exist."""
    if name not in LINES:
        raise OwnFormatError(f"no format is called {name!r}: choose one of {', '.join(LINES)}")
    return LINES[name]


def descriptions() -> dict[str, str]:
    """The content of one line of each format, by name."""
    return {name: (model.__doc__ or "").partition("\n")[0] for name, model in LINES.items()}


def build_json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one line of a format."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sas:format:{name}",
        **find_format(name).model_json_schema(),
    }


def find_own_file(directory: Path, name: str) -> Path | None:
    """The file of an own source in a directory, None when it has none.

    Raises ``OwnFormatError`` when both forms are there: one of them is stale.
    """
    suffixes = (".jsonl", ".csv") if name in FLAT else (".jsonl",)
    found = [path for s in suffixes if (path := directory / f"{name}{s}").exists()]
    for path in found:
        resolve_inside(directory, path.name)
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise OwnFormatError(f"{directory} holds {names}: keep one of them")
    return found[0] if found else None


def read_entries(
    path: Path, model: type[FormatT], quarantine: Quarantine
) -> Iterator[tuple[int, FormatT]]:
    """The valid lines of a file with their line number; the others go to the quarantine.

    Raises ``OwnFormatError`` for a CSV whose header has a column the format does not know.
    """
    for entry, value in _valid_entries(path, model, quarantine):
        yield entry.line, value


def _valid_entries(
    path: Path, model: type[FormatT], quarantine: Quarantine
) -> Iterator[tuple[RawEntry, FormatT]]:
    yield from with_corrections(partial(_read_once, model=model), path, quarantine)


def _read_once(
    path: Path, quarantine: Quarantine, model: type[FormatT]
) -> Iterator[tuple[RawEntry, FormatT]]:
    read = _csv_entries if path.suffix == ".csv" else _json_entries
    room = LARGEST_OWN
    for count, entry in enumerate(read(path, model, quarantine)):
        quarantine.read += 1
        room -= len(entry.raw)
        if count >= OWN_ROWS or room < 0:
            quarantine.reject(entry.line, Reason.TOO_MANY_ROWS, entry.raw)
            continue
        value = _validate_entry(entry, model, quarantine)
        if value is not None:
            yield entry, value


def read_keyed(
    path: Path,
    model: type[FormatT],
    quarantine: Quarantine,
    key: Callable[[FormatT], str],
) -> dict[str, FormatT]:
    """The valid lines by key; of two lines with one key the one with the higher ``precedence``
    counts, in whatever order they come, and the other is set aside.
    """
    kept: dict[str, tuple[RawEntry, FormatT]] = {}
    for entry, value in _valid_entries(path, model, quarantine):
        name = key(value)
        other = kept.setdefault(name, (entry, value))
        if other[0] is entry:
            continue
        wins = rank_record(value) >= rank_record(other[1])
        loser = other[0] if wins else entry
        if wins:
            kept[name] = entry, value
        quarantine.reject(loser.line, Reason.RECORD_SUPERSEDED, loser.raw, f"key: {name}")
    return {name: value for name, (_, value) in kept.items()}


def _validate_entry(
    entry: RawEntry, model: type[FormatT], quarantine: Quarantine
) -> FormatT | None:
    detail = entry.fault
    if not detail:
        try:
            return model.model_validate(entry.value)
        except ValidationError as error:
            detail = describe_validation_error(error)
    quarantine.reject(entry.line, Reason.INVALID_RECORD, entry.raw, detail)
    return None


def describe_validation_error(error: ValidationError) -> str:
    """The first errors, field by field, without the values: ``finess: String should match ...``."""
    every = error.errors(include_input=False, include_url=False)
    shown = [
        f"{'.'.join(str(part) for part in e['loc'])[:_SHOWN] or 'line'}: {e['msg'][:_SHOWN]}"
        for e in every[:_SHOWN_ERRORS]
    ]
    more = [f"{len(every) - len(shown)} more"] if len(every) > len(shown) else []
    return "; ".join([*shown, *more])


def _json_entries(path: Path, _: type[Format], quarantine: Quarantine) -> Iterator[RawEntry]:
    quarantine.layout = Layout(".jsonl")
    with open_regular(path) as lines:
        for number, line in read_bounded_lines(lines):
            if len(line) > LONGEST_LINE:
                reject_long_line(number, line, quarantine)
                continue
            raw = line.removeprefix(b"\xef\xbb\xbf").strip()
            if raw:
                yield _json_entry(number, raw)


def _json_entry(number: int, raw: bytes) -> RawEntry:
    text = raw.decode("utf-8", "replace")
    try:
        return RawEntry(number, orjson.loads(raw), text)
    except orjson.JSONDecodeError as error:
        return RawEntry(number, None, text, f"line: not JSON ({error.msg})")


def _csv_entries(path: Path, model: type[Format], quarantine: Quarantine) -> Iterator[RawEntry]:
    try:
        sheet = open_sheet(path, quarantine)
    except csv.Error as error:
        raise OwnFormatError(f"{path.name}: its header is no CSV ({error})") from error
    _check_columns(path, sheet.columns, model)
    quarantine.layout = Layout(".csv", f"{sheet.header}\n")
    for row in sheet.rows:
        yield _csv_entry(sheet.columns, row)


def _csv_entry(columns: list[str], row: SheetRow) -> RawEntry:
    if row.fault:
        return RawEntry(row.line, None, row.raw, row.fault)
    try:
        return RawEntry(row.line, _csv_value(columns, row.cells), row.raw)
    except ValueError as error:
        return RawEntry(row.line, None, row.raw, str(error)[:_SHOWN])


def csv_rows(text: str) -> list[str]:
    """The rows of a CSV of ours after its header, each as a quarantine keeps it.

    Quoted otherwise by another program, a row is the same; one that cannot be read stays as it
    is. Raises ``csv.Error``.
    """
    numbered = enumerate(io.StringIO(text, newline=None), 1)
    lines = (Line(number, line.rstrip("\n"), True) for number, line in numbered)
    return [row.raw for row in read_sheet(lines).rows]


def _check_columns(path: Path, columns: list[str], model: type[Format]) -> None:
    known = {*model.model_fields} - {"ranges"}
    if "ranges" in model.model_fields:
        known |= {*RANGE_COLUMNS}
    unknown = [name[:_SHOWN] for name in columns if name not in known][:_SHOWN]
    if len(columns) > len(set(columns)) or not columns:
        raise OwnFormatError(
            f"{path.name}: a column is there twice, or there is none; "
            f"the columns are {', '.join(sorted(known))}"
        )
    if unknown:
        raise OwnFormatError(
            f"{path.name}: unknown columns {', '.join(unknown)}; "
            f"the columns are {', '.join(sorted(known))}"
        )


def _csv_value(columns: list[str], row: list[str]) -> dict[str, Any]:
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=True) if cell.strip()}
    value = {name: _cell(name, cell) for name, cell in cells.items()}
    ranges = [value.pop(name) for name in RANGE_COLUMNS if name in value]
    return {**value, "ranges": ranges} if ranges else value


def _cell(name: str, cell: str) -> Any:
    return _CELLS.get(name, str)(cell)


def _days(cell: str) -> dict[str, str]:
    """Both days; one day alone may be ``25/11/2026``, as a French spreadsheet writes it again."""
    if _FRENCH_DAY.fullmatch(cell):
        cell = "-".join(reversed(cell.split("/")))
    start, _, end = cell.partition("/")
    return {"start": start.strip(), "end": (end or start).strip()}


def _boolean(cell: str) -> str:
    """A French spreadsheet writes ``true`` again as ``VRAI``."""
    return {"vrai": "true", "faux": "false"}.get(cell.lower(), cell)


def _via(cell: str) -> int | str:
    return int(cell) if len(cell) == 1 and cell in "1234" else cell


def _hours(cell: str) -> dict[str, list[list[str]]]:
    """``mon 08:00-12:00 14:00-19:00 | tue 20:00-02:00`` as the ``hours`` of the JSON form.

    A day written twice has the intervals of both.
    """
    hours: dict[str, list[list[str]]] = {}
    for day in cell.split("|"):
        name, *spans = day.split() or [""]
        if not name or not all(span.count("-") == 1 for span in spans):
            raise ValueError("hours: write each day as `mon 08:00-12:00 14:00-19:00`")
        hours.setdefault(name, []).extend(span.split("-") for span in spans)
    return hours


_BOOLEANS = {
    name
    for format_name in FLAT
    for name, field in FORMATS[format_name].model_fields.items()
    if field.annotation is bool
}

_CELLS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(_BOOLEANS, _boolean),
    "via": _via,
    "hours": _hours,
    "locations": str.split,
    **dict.fromkeys(RANGE_COLUMNS, _days),
}
"""How a cell becomes a value; other cells stay text and pydantic reads them."""
