"""Lines of a published file, decoded one by one, with their number."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.errors import CutFileError, LayoutError
from mappings.bounds import LONGEST_LINE
from mappings.files import open_regular, read_bounded_lines
from mappings.text.cleaning import decode_line
from mappings.text.sheets import LINE_BREAK, Line

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_BUFFER = 1 << 20
SHOWN = 2_000
"""Bytes kept of a line that is too long."""


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked when it is gzip, whatever its name.

    Raises ``FileNotUsableError`` on a pipe or a device, ``LayoutError`` on a zip: which of its
    members, of which day, is not ours to guess (trap 10).
    """
    with open_regular(path) as probe:
        start = probe.read(4)
    if start == _ZIP:
        raise LayoutError(
            f"{path.name} is a zip archive: unpack it, and put the members of one day here"
        )
    packed = start.startswith(_GZIP)
    return cast("BinaryIO", gzip.open(path)) if packed else open_regular(path, buffering=_BUFFER)


@contextmanager
def translate_unpack_errors(path: Path) -> Iterator[None]:
    """Raise ``CutFileError`` for a packed file that was cut, or damaged on its way."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CutFileError(
            f"{path.name} is packed and cut or damaged; download it again"
        ) from error


def read_raw(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line that holds something, its line break kept, without BOM.

    A line break is LF only: U+0085 and a lone CR are content. Of a line over ``LONGEST_LINE``
    bytes, only its beginning is given. Raises ``CutFileError`` and ``FileNotUsableError``.
    """
    with open_bytes(path) as handle, translate_unpack_errors(path):
        for number, raw in read_bounded_lines(handle):
            content = raw.removeprefix(_BOM) if number == 1 else raw
            if content.strip():
                yield number, content


def read_lines(path: Path, quarantine: Quarantine) -> Iterator[Line]:
    """The lines that hold something, without BOM nor line break, LF and CRLF mixed (trap 8).

    A line that is not UTF-8 is read as Windows-1252 and warned about; the other lines of the
    file are not touched by it (trap 5).
    """
    for number, raw in read_raw(path):
        if len(raw) > LONGEST_LINE:
            reject_long_line(number, raw, quarantine)
            continue
        text, utf8 = decode_line(raw.rstrip(LINE_BREAK))
        if not utf8:
            quarantine.warn(number, Reason.NOT_UTF8, text)
        yield Line(number, text, raw.endswith(b"\n"))


def reject_long_line(number: int, raw: bytes, quarantine: Quarantine) -> None:
    """Set aside a line that is longer than any row, with its beginning only."""
    quarantine.read += 1
    quarantine.reject(number, Reason.LINE_TOO_LONG, decode_line(raw[:SHOWN])[0])
