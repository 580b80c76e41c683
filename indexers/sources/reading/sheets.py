"""Sheets of files, streamed: every line end, and the lines that cannot be read set aside."""

import io
from collections.abc import Iterator
from pathlib import Path

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.lines import reject_long_line
from mappings.bounds import LONGEST_LINE
from mappings.files import open_regular, read_bounded_lines
from mappings.text.cleaning import decode_line
from mappings.text.sheets import LINE_BREAK, Line, Sheet, read_sheet


def open_sheet(path: Path, quarantine: Quarantine) -> Sheet:
    """A file of rows, streamed; a line that is too long goes to ``quarantine``.

    Raises ``csv.Error`` when the header cannot be read, ``FileNotUsableError`` on a pipe.
    """
    return read_sheet(_read_lines(path, quarantine))


def _read_lines(path: Path, quarantine: Quarantine) -> Iterator[Line]:
    """The lines of a file without their ends; a carriage return alone is one, as in old Macs'."""
    with io.TextIOWrapper(open_regular(path), encoding="latin-1", newline=None) as sheet:
        for number, text in read_bounded_lines(sheet):
            raw = text.encode("latin-1")
            if len(raw) > LONGEST_LINE:
                reject_long_line(number, raw, quarantine)
                continue
            line, utf8 = decode_line(raw.rstrip(LINE_BREAK))
            if not utf8:
                quarantine.warn(number, Reason.NOT_UTF8, line)
            yield Line(number, line, raw.endswith(b"\n"))
