"""Files written as they are drawn, one line at a time, with what they hold counted."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import orjson

from mappings.state_file import EVERYBODY_READS, name_path_of_error, replace_file


@dataclass(frozen=True, slots=True)
class FileSummary:
    """Manifest entry of one file; ``rows`` leaves the header out."""

    rows: int
    bytes: int
    sha256: str


class LineWriter:
    """One file of lines."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.rows, self.lines = path, 0, 0
        self._handle: IO[bytes] = path.open("wb")
        self._size = 0
        self._digest = hashlib.sha256()

    def __enter__(self) -> "LineWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with name_path_of_error(self.path):
            self._handle.close()

    def raw(self, line: bytes) -> None:
        """Write one line, its end included."""
        try:
            self._handle.write(line)
        except OSError as error:
            error.filename = str(self.path)
            raise
        self._digest.update(line)
        self._size += len(line)
        self.lines += line.count(b"\n")

    def row(self, row: Any, encode: Callable[[Any], bytes]) -> None:
        """Write one row, given as what ``encode`` takes or as bytes."""
        self.raw(row if isinstance(row, bytes) else encode(row))
        self.rows += 1

    def summary(self) -> FileSummary:
        """Rows, size and digest of what was written."""
        return FileSummary(self.rows, self._size, self._digest.hexdigest())


def json_line(value: Any) -> bytes:
    """One JSON object and the end of its line."""
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def pipe_line(fields: Iterable[str]) -> bytes:
    """One line of an RPPS extract: no quoting, a pipe after the last field too."""
    return ("|".join(fields) + "|\n").encode()


def csv_line(fields: Iterable[object]) -> bytes:
    """One line of a comma-separated file, quoted where a comma or a quote requires it."""
    return (",".join(map(_csv_field, fields)) + "\n").encode()


def ameli_line(fields: Iterable[str]) -> bytes:
    """One line of the Ameli file: every field quoted, a semicolon between them."""
    return (";".join('"' + text.replace('"', '""') + '"' for text in fields) + "\n").encode()


def _csv_field(value: object) -> str:
    text = str(value)
    if any(char in text for char in ',"\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def write_whole(path: Path, content: bytes) -> FileSummary:
    """Write a small file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content, mode=EVERYBODY_READS)
    return FileSummary(1, len(content), hashlib.sha256(content).hexdigest())
