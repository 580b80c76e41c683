"""Our own formats read from JSON Lines, or from CSV where they are flat.

Described for people in docs/reference/sources/own-formats.md.
A bad line is set aside with the field that is wrong; the file goes on.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson
from pydantic import ValidationError

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.corrections import with_corrections
from mappings.formats import FORMATS, MAX_ABSENCES, Format

FLAT = frozenset({"participation", "structures", "absences", "lrm"})
"""Formats that may also come as CSV."""

RANGE_COLUMNS = tuple(f"range{number}" for number in range(1, MAX_ABSENCES + 1))
"""Columns of the absences of a CSV: ``2026-11-23/2026-11-25``, or one day alone."""

FormatT = TypeVar("FormatT", bound=Format)


class OwnFormatError(ValueError):
    """A whole file cannot be read: unknown format, two files for one source, wrong header."""


class RawEntry(NamedTuple):
    """One line before validation: its number, its value, and its raw text."""

    line: int
    value: Any
    raw: str


def find_format(name: str) -> type[Format]:
    """The model of a format; raises ``OwnFormatError`` naming those that exist."""
    if name not in FORMATS:
        raise OwnFormatError(f"no format is called {name!r}: choose one of {', '.join(FORMATS)}")
    return FORMATS[name]


def descriptions() -> dict[str, str]:
    """The content of one line of each format, by name."""
    return {name: (model.__doc__ or "").partition("\n")[0] for name, model in FORMATS.items()}


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
    found = [path for s in suffixes if (path := directory / f"{name}{s}").is_file()]
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
    quarantine.layout = _layout(path)
    entries = _csv_entries(path, model) if path.suffix == ".csv" else _json_entries(path)
    for entry in entries:
        quarantine.read += 1
        value = _validate_entry(entry, model, quarantine)
        if value is not None:
            yield entry, value


def _layout(path: Path) -> Layout:
    """JSON Lines have no header; that of a CSV is kept as it is."""
    if path.suffix != ".csv":
        return Layout(".jsonl")
    with path.open(encoding="utf-8-sig", errors="replace") as handle:
        return Layout(".csv", f"{handle.readline().rstrip()}\n")


def read_keyed(
    path: Path,
    model: type[FormatT],
    quarantine: Quarantine,
    key: Callable[[FormatT], str],
) -> dict[str, FormatT]:
    """The valid lines by key; of two lines with one key the later wins, the other is set aside."""
    kept: dict[str, tuple[int, FormatT, str]] = {}
    for entry, value in _valid_entries(path, model, quarantine):
        name = key(value)
        if name in kept:
            earlier, _, raw = kept[name]
            quarantine.reject(earlier, Reason.RECORD_SUPERSEDED, raw, f"key: {name}")
        kept[name] = (entry.line, value, entry.raw)
    return {name: value for name, (_, value, _) in kept.items()}


def _validate_entry(
    entry: RawEntry, model: type[FormatT], quarantine: Quarantine
) -> FormatT | None:
    if isinstance(entry.value, ValueError):
        quarantine.reject(entry.line, Reason.INVALID_RECORD, entry.raw, str(entry.value))
        return None
    try:
        return model.model_validate(entry.value)
    except ValidationError as error:
        quarantine.reject(
            entry.line, Reason.INVALID_RECORD, entry.raw, describe_validation_error(error)
        )
        return None


def describe_validation_error(error: ValidationError) -> str:
    """The errors, field by field, without the values: ``finess: String should match ...``."""
    return "; ".join(
        f"{'.'.join(str(part) for part in e['loc']) or 'line'}: {e['msg']}"
        for e in error.errors(include_input=False, include_url=False)
    )


def _json_entries(path: Path) -> Iterator[RawEntry]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            raw = line.removeprefix(b"\xef\xbb\xbf").strip()
            if raw:
                yield RawEntry(number, _json_value(raw), raw.decode("utf-8", "replace"))


def _json_value(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return ValueError(f"line: not JSON ({error.msg})")


def _csv_entries(path: Path, model: type[Format]) -> Iterator[RawEntry]:
    with path.open(encoding="utf-8-sig", errors="replace") as handle:
        header = handle.readline().rstrip("\n")
        delimiter = _delimiter(header)
        columns = [name.strip() for name in header.split(delimiter)]
        _check_columns(path, columns, model)
        for number, line in enumerate(handle, start=2):
            if text := line.rstrip("\n"):
                yield _csv_entry(number, text, columns, delimiter)


def _csv_entry(number: int, text: str, columns: list[str], delimiter: str) -> RawEntry:
    try:
        row = _csv_row(text, delimiter)
    except csv.Error as error:
        return RawEntry(number, ValueError(f"line: not CSV, is a quote left open? ({error})"), text)
    return RawEntry(number, _csv_value(columns, row), _csv_raw(row, delimiter))


def _csv_row(text: str, delimiter: str) -> list[str]:
    """The cells of one line; raises ``csv.Error``.

    A row is a line: no cell of ours holds a line break, and a reader that looked for the end
    of a quote left open would swallow the healthy rows that follow.
    """
    (row,) = csv.reader([text], delimiter=delimiter, strict=True)
    return row


def csv_rows(text: str) -> list[str]:
    """The rows of a CSV of ours after its header, each as a quarantine keeps it.

    Quoted otherwise by another program, a row is the same; one that cannot be read stays as it is.
    """
    header, *lines = (line.rstrip("\n") for line in io.StringIO(text, newline=None))
    delimiter = _delimiter(header)
    return [_csv_entry(0, line, [], delimiter).raw for line in lines if line]


def _delimiter(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _csv_raw(row: list[str], delimiter: str) -> str:
    """The row as text, quoted where it must be."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(row)
    return text.getvalue()


def _check_columns(path: Path, columns: list[str], model: type[Format]) -> None:
    known = {*model.model_fields} - {"ranges"}
    if "ranges" in model.model_fields:
        known |= {*RANGE_COLUMNS}
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise OwnFormatError(
            f"{path.name}: unknown columns {', '.join(unknown)}; "
            f"the columns are {', '.join(sorted(known))}"
        )


def _csv_value(columns: list[str], row: list[str]) -> Any:
    if len(row) != len(columns):
        return ValueError(f"line: {len(row)} fields where the header has {len(columns)}")
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=True) if cell.strip()}
    try:
        value = {name: _cell(name, cell) for name, cell in cells.items()}
    except ValueError as error:
        return error
    ranges = [value.pop(name) for name in RANGE_COLUMNS if name in value]
    return {**value, "ranges": ranges} if ranges else value


def _cell(name: str, cell: str) -> Any:
    return _CELLS.get(name, str)(cell)


def _days(cell: str) -> dict[str, str]:
    start, _, end = cell.partition("/")
    return {"start": start.strip(), "end": (end or start).strip()}


def _via(cell: str) -> int | str:
    return int(cell) if cell.isdigit() else cell


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


_CELLS: Mapping[str, Callable[[str], Any]] = {
    "via": _via,
    "hours": _hours,
    "locations": str.split,
    **dict.fromkeys(RANGE_COLUMNS, _days),
}
"""How a cell becomes a value; other cells stay text and pydantic reads them."""
