"""What was downloaded, looked at before it replaces anything: members, head, end, size."""

import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, cast

from indexers.fetch.catalogue import Published, Wanted
from indexers.fetch.errors import SourceRefusedError

BLOCK = 1 << 20
HEAD = 1 << 12
DRIFT = 0.05
"""Part of the file of before that the new one may lack."""
_GZIP = b"\x1f\x8b"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
_STAMP = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})")
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile),
    RuntimeError,
)
"""What the readers raise; zipfile the last one for a way of packing that it does not know, and for
a password."""


def unpacked(source: Published, part: Path, today: date) -> list[tuple[Wanted, str, Path]]:
    """The wanted members of an archive, each with its name and where it was unpacked.

    Raises ``SourceRefusedError`` for a member that is missing, twice, unexpected, of another day
    than the others or of a day to come, and for more bytes than the source may hold.
    """
    try:
        with zipfile.ZipFile(part) as archive:
            members = _members(source, archive, today)
            return [(one, m.filename, _extracted(archive, m, part, source)) for one, m in members]
    except _DAMAGED as error:
        raise SourceRefusedError("the archive is damaged; fetch it again") from error


def _members(
    source: Published, archive: zipfile.ZipFile, today: date
) -> list[tuple[Wanted, zipfile.ZipInfo]]:
    known = (*(one.pattern for one in source.files), *source.ignored)
    for member in archive.infolist():
        if not any(is_file_of(pattern, member.filename) for pattern in known):
            raise SourceRefusedError(f"the archive holds {member.filename[:80]!r}, not expected")
    _check_days([member.filename for member in archive.infolist()], today)
    return [(one, _only(one, archive)) for one in source.files]


def _only(wanted: Wanted, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    found = [m for m in archive.infolist() if is_file_of(wanted.pattern, m.filename)]
    if len(found) != 1:
        raise SourceRefusedError(f"the archive holds {len(found)} files {wanted.pattern}, not one")
    return found[0]


def is_file_of(pattern: str, name: str) -> bool:
    """Whether a source may give its file that name: a plain one, that leads to no other folder."""
    return fnmatchcase(name, pattern) and _PLAIN_NAME.fullmatch(name) is not None


def _check_days(names: list[str], today: date) -> None:
    days = {day_of(name) for name in names}
    if len(days) > 1 or None in days:
        raise SourceRefusedError("the files of the archive are not all of one day")
    check_not_ahead(days.pop(), today)


def check_not_ahead(day: date | None, today: date) -> None:
    """Raise ``SourceRefusedError`` for a file of a day that has not come (a clock may differ)."""
    if day is not None and day > today + timedelta(days=1):
        raise SourceRefusedError(f"the file says it is of {day.isoformat()}, which has not come")


def day_of(name: str) -> date | None:
    """The day in the name of a file, None without a day of the calendar."""
    found = _STAMP.search(name)
    try:
        return None if found is None else date(*map(int, found.groups()))
    except ValueError:
        return None


def _extracted(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: Path, source: Published
) -> Path:
    """Unpack one member beside the archive, counting bytes: what a header says is not believed."""
    target = part.with_name(f".{member.filename}.new")
    with archive.open(member) as packed, target.open("wb") as file:
        try:
            for block in _bounded(packed, source.largest):
                file.write(block)
        except BaseException:
            target.unlink()
            raise
    return target


def check_content(source: Published, wanted: Wanted, path: Path) -> None:
    """Raise ``SourceRefusedError`` unless the file is whole, big enough, begins well."""
    size = path.stat().st_size
    if size < wanted.minimum:
        raise SourceRefusedError(
            f"{size:,} bytes are too few: {wanted.pattern} has {wanted.minimum:,} at least"
        )
    try:
        with _opened(path) as file:
            if wanted.marker not in file.read(HEAD):
                raise SourceRefusedError(
                    f"the file does not begin as {wanted.pattern} does: it may be a page"
                )
            if isinstance(file, gzip.GzipFile):
                for _ in _bounded(file, source.largest):
                    pass
    except _DAMAGED as error:
        raise SourceRefusedError("the packed file is damaged; fetch it again") from error


def check_drift(path: Path, before: Path | None) -> None:
    """Raise ``SourceRefusedError`` when the file is over 5 % smaller than the one of before."""
    if before is None or _packed(path) != _packed(before):
        return
    new, old = path.stat().st_size, before.stat().st_size
    if new < (1 - DRIFT) * old:
        raise SourceRefusedError(
            f"{new:,} bytes where {before.name} has {old:,}: more than 5 % are gone; "
            "--accept-drift takes it knowingly"
        )


def _packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if _packed(path) else path.open("rb")


def _bounded(packed: IO[bytes], largest: int) -> Iterator[bytes]:
    """The bytes of a packed file; raises ``SourceRefusedError`` once there are too many."""
    total = 0
    while block := packed.read(BLOCK):
        total += len(block)
        if total > largest:
            raise SourceRefusedError(f"it unpacks to more than {largest:,} bytes: not this source")
        yield block
