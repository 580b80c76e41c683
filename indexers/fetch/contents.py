"""Checks of a downloaded file before it replaces another: members, head, end, size."""

import errno
import gzip
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, cast

from indexers.fetch.catalogue import ExpectedFile, PublishedSource
from indexers.fetch.errors import SourceRefusedError
from mappings.state_file import name_path_of_error

BLOCK = 1 << 20
HEAD = 1 << 12
DAMAGED = "the archive is damaged; fetch it again"
DRIFT = 0.05
"""Part of the file of before that the new one may lack."""
_GZIP = b"\x1f\x8b"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
_STAMP = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})")
_ARCHIVE_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile),
    *(RuntimeError, ValueError, struct.error),
)
"""Errors of the readers; of zipfile ``RuntimeError`` for a way of packing that it does not know and
for a password, ``ValueError`` for a name that is no UTF-8 although it says so."""


def unpack_members(
    source: PublishedSource, part: Path, today: date
) -> list[tuple[ExpectedFile, str, Path]]:
    """The wanted members of an archive, each with its name and where it was unpacked.

    Raises ``SourceRefusedError`` for a member that is missing, twice, unexpected, of another day
    than the others or of a day to come, and for more bytes than the source may hold.
    """
    try:
        with zipfile.ZipFile(part) as archive:
            members = _members(source, archive, today)
            return [
                (one, m.filename, _extract_member(archive, m, part, source)) for one, m in members
            ]
    except _ARCHIVE_ERRORS as error:
        raise SourceRefusedError(DAMAGED) from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # the archive sends its reader before the first byte
            raise SourceRefusedError(DAMAGED) from error
        raise


def _members(
    source: PublishedSource, archive: zipfile.ZipFile, today: date
) -> list[tuple[ExpectedFile, zipfile.ZipInfo]]:
    known = (*(one.pattern for one in source.files), *source.ignored)
    for member in archive.infolist():
        if not any(is_source_file_name(pattern, member.filename) for pattern in known):
            raise SourceRefusedError(f"the archive holds {member.filename[:80]!r}, not expected")
    _check_days([member.filename for member in archive.infolist()], today)
    return [(one, _find_member(one, archive)) for one in source.files]


def _find_member(wanted: ExpectedFile, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    found = [m for m in archive.infolist() if is_source_file_name(wanted.pattern, m.filename)]
    if len(found) != 1:
        raise SourceRefusedError(f"the archive holds {len(found)} files {wanted.pattern}, not one")
    return found[0]


def is_source_file_name(pattern: str, name: str) -> bool:
    """Whether a source may give its file that name: a plain one, that leads to no other folder."""
    return fnmatchcase(name, pattern) and _PLAIN_NAME.fullmatch(name) is not None


def _check_days(names: list[str], today: date) -> None:
    days = {parse_file_day(name) for name in names}
    if len(days) > 1 or None in days:
        raise SourceRefusedError("the files of the archive are not all of one day")
    check_not_ahead(days.pop(), today)


def check_not_ahead(day: date | None, today: date) -> None:
    """Raise ``SourceRefusedError`` for a file of a day that has not come (a clock may differ)."""
    if day is not None and day > today + timedelta(days=1):
        raise SourceRefusedError(f"the file says it is of {day.isoformat()}, which has not come")


def parse_file_day(name: str) -> date | None:
    """The day in the name of a file, None without a day of the calendar."""
    found = _STAMP.search(name)
    try:
        return None if found is None else date(*map(int, found.groups()))
    except ValueError:
        return None


def _extract_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: Path, source: PublishedSource
) -> Path:
    """Unpack one member beside the archive; bytes are counted, the header is not trusted."""
    target = part.with_name(f".{member.filename}.new")
    with (
        archive.open(member) as packed,
        name_path_of_error(target),
        target.open("wb") as file,
    ):
        try:
            for block in _read_bounded(packed, source.largest):
                file.write(block)
        except BaseException:
            target.unlink()
            raise
    return target


def check_content(source: PublishedSource, wanted: ExpectedFile, path: Path) -> None:
    """Raise ``SourceRefusedError`` unless the file is whole, big enough, begins well."""
    size = path.stat().st_size
    if size < wanted.minimum:
        raise SourceRefusedError(
            f"{size:,} bytes are too few: {wanted.pattern} has {wanted.minimum:,} at least"
        )
    try:
        with _open_file(path) as file:
            if wanted.marker not in file.read(HEAD):
                raise SourceRefusedError(
                    f"the file does not begin as {wanted.pattern} does: it may be a page"
                )
            if isinstance(file, gzip.GzipFile):
                for _ in _read_bounded(file, source.largest):
                    pass
    except _ARCHIVE_ERRORS as error:
        raise SourceRefusedError("the packed file is damaged; fetch it again") from error


def check_drift(path: Path, before: Path | None) -> None:
    """Raise ``SourceRefusedError`` when the file is over 5 % smaller than the one of before."""
    if before is None or _is_gzipped(path) != _is_gzipped(before):
        return
    new, old = path.stat().st_size, before.stat().st_size
    if new < (1 - DRIFT) * old:
        raise SourceRefusedError(
            f"{new:,} bytes where {before.name} has {old:,}: more than 5 % are gone; "
            "--accept-drift takes it knowingly"
        )


def _is_gzipped(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP


def _open_file(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if _is_gzipped(path) else path.open("rb")


def _read_bounded(packed: IO[bytes], largest: int) -> Iterator[bytes]:
    """The bytes of a packed file; raises ``SourceRefusedError`` once there are too many."""
    total = 0
    while block := packed.read(BLOCK):
        total += len(block)
        if total > largest:
            raise SourceRefusedError(f"it unpacks to more than {largest:,} bytes: not this source")
        yield block
