"""Files named by a directory or by one of its files: regular, inside, and read within bounds."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, AnyStr, BinaryIO

from mappings.bounds import LARGEST_FILE, LARGEST_PAGE, LONGEST_LINE

_LINE_BREAKS = ("\n", b"\n")


class FileNotUsableError(ValueError):
    """A file that is not regular, not inside its directory, or too large; the message says which
    and what to do."""


def resolve_inside(directory: Path, name: str) -> Path:
    """The path of a name that one of the files of the directory gives.

    Raises ``FileNotUsableError`` when it leads outside (``..``, an absolute path, a link), holds
    a NUL, is longer than the system takes, or is there and no regular file. One that is not there
    is for its reader to miss.
    """
    shown = repr(name[:100])
    try:
        path = (directory / name).resolve()
        is_inside = path.is_relative_to(directory.resolve())
    except (ValueError, OSError, RuntimeError):
        raise FileNotUsableError(f"{shown} is no name of a file") from None
    if not is_inside:
        raise FileNotUsableError(f"{shown} leads outside {directory}: put the file inside")
    check_regular(path)
    return path


def check_regular(path: Path) -> None:
    """Raise ``FileNotUsableError`` when a path is there and is a pipe, a device or a directory."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        raise FileNotUsableError(f"{str(path)[:200]!r} is no name of a file") from None
    if not stat.S_ISREG(mode):
        raise FileNotUsableError(f"{path} is no regular file: put the file itself there")


def open_regular(path: Path, buffering: int = -1) -> BinaryIO:
    """The bytes of a regular file; a pipe is refused at once, never waited for.

    Raises ``FileNotUsableError`` and ``OSError``.
    """
    check_regular(path)
    handle = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering)
    if stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
        return handle
    handle.close()
    raise FileNotUsableError(f"{path} is no regular file: put the file itself there")


def read_whole(path: Path, largest: int = LARGEST_PAGE) -> bytes:
    """The bytes of a small regular file; raises ``FileNotUsableError`` when it is larger."""
    with open_regular(path) as handle:
        content = handle.read(largest + 1)
    if len(content) > largest:
        raise FileNotUsableError(f"{path} is over {largest:,} bytes: divide it")
    return content


def read_bounded_lines(
    handle: IO[AnyStr], longest: int = LONGEST_LINE, largest: int = LARGEST_FILE
) -> Iterator[tuple[int, AnyStr]]:
    """Number and content of each line, line break kept; of one that is longer, only its first
    ``longest`` bytes and one more, so that its reader sees it: the rest is passed over.

    Raises ``FileNotUsableError`` once the file, unpacked, is over ``largest`` bytes.
    """
    number, left = 0, largest
    while line := handle.readline(longest + 1):
        number += 1
        left -= len(line)
        yield number, line
        while len(line) > longest and line[-1:] not in _LINE_BREAKS and left >= 0:
            line = handle.readline(longest + 1)
            left -= len(line)
        if left < 0:
            raise FileNotUsableError(f"a file is over {largest:,} bytes unpacked: divide it")
