"""Lines of a published file, decoded one by one, with their number."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.errors import CutFileError, LayoutError
from indexers.sources.reading.text import decode_line

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_BUFFER = 1 << 20
LINE_BREAK = b"\r\n"


class Line(NamedTuple):
    """``ended`` is False for a last line without its line break: it may be cut (trap 8)."""

    number: int
    text: str
    has_line_break: bool


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked when it is gzip, whatever its name.

    Raises ``LayoutError`` on a zip: which of its members, of which day, is not ours to guess
    (trap 10).
    """
    with path.open("rb") as probe:
        start = probe.read(4)
    if start == _ZIP:
        raise LayoutError(
            f"{path.name} is a zip archive: unpack it, and put the members of one day here"
        )
    packed = start.startswith(_GZIP)
    return cast("BinaryIO", gzip.open(path)) if packed else path.open("rb", buffering=_BUFFER)


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

    A line break is LF only: U+0085 and a lone CR are content. Raises ``CutFileError``.
    """
    with open_bytes(path) as handle, translate_unpack_errors(path):
        for number, raw in enumerate(handle, 1):
            content = raw.removeprefix(_BOM) if number == 1 else raw
            if content.strip():
                yield number, content


def read_lines(path: Path, quarantine: Quarantine) -> Iterator[Line]:
    """The lines that hold something, without BOM nor line break, LF and CRLF mixed (trap 8).

    A line that is not UTF-8 is read as Windows-1252 and warned about; the other lines of the
    file are not touched by it (trap 5).
    """
    for number, raw in read_raw(path):
        text, utf8 = decode_line(raw.rstrip(LINE_BREAK))
        if not utf8:
            quarantine.warn(number, Reason.NOT_UTF8, text)
        yield Line(number, text, raw.endswith(b"\n"))
