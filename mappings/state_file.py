"""A file of state, replaced whole; a lock that one process holds at a time.

A reader sees the former content or the new one, never a part: the content is written beside the
file, brought to the disk, then renamed over it. The owner and the mode of the file stay.
"""

import errno
import fcntl
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK_WAIT_S = 10.0
"""Seconds a change waits for another one, which takes milliseconds."""
LOCK_POLL_S = 0.02
OWNER_ONLY = 0o600
EVERYBODY_READS = 0o644
"""Modes of new files, before the mask of the process."""
NEW = ".new"
"""End of the name of a content that is being written."""


class FileLockedError(OSError):
    """Another process holds the lock of a file."""


def replace_file(file: Path, content: bytes, *, mode: int = OWNER_ONLY) -> None:
    """Replace the whole file, of several writers the last one holds; ``mode`` is of a new file.

    A link stays a link, the file that it names is replaced. What is no regular file (a terminal,
    a pipe) is written straight. The folder must exist: one that is missing is a path mistyped.
    Raises ``OSError`` that names the file, and leaves its content.
    """
    with name_path_of_error(file):
        if file.exists() and not file.is_file():
            file.write_bytes(content)
            return
        if not file.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))
        _replace_content(_resolve_links(file), content, mode)


@contextmanager
def open_file_lock(
    lock: Path,
    *,
    wait_s: float | None = LOCK_WAIT_S,
    mode_of: Path | None = None,
    when_waiting: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Hold a lock file during the body; its holder's death releases it.

    Waits ``wait_s`` seconds, without end for None; ``when_waiting`` is called once when it has to.
    A new lock file gets the owner of ``mode_of``. Raises ``FileLockedError``.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY), "wb") as held:
        if mode_of is not None and mode_of.exists():
            _copy_owner(held.fileno(), mode_of.stat())
        if not _take(held):
            if when_waiting is not None:
                when_waiting()
            _wait_for_lock(held, lock, wait_s)
        yield


@contextmanager
def name_path_of_error(path: Path) -> Iterator[None]:
    """Give an ``OSError`` of the body that names no file, as that of a full disk, this path."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and not isinstance(error.filename, str):
            error.filename = str(path)
        raise


def _resolve_links(file: Path) -> Path:
    """The file that a link names; ``OSError`` for links that lead to each other."""
    try:
        return file.resolve()
    except RuntimeError:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(file)) from None


def _replace_content(file: Path, content: bytes, mode: int) -> None:
    new = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}{NEW}")
    new.unlink(missing_ok=True)  # of a killed process of this number
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as written:
            _copy_rights(written.fileno(), file)
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    _sync_folder(file.parent)


def _copy_rights(written: int, file: Path) -> None:
    """Owner and mode of the file that is replaced; ``PermissionError`` where they cannot be kept.

    A change of the owner takes bits of the mode away, so the mode comes last.
    """
    if file.exists():
        before = file.stat()
        _copy_owner(written, before)
        os.fchmod(written, stat.S_IMODE(before.st_mode))


def _copy_owner(written: int, wanted: os.stat_result) -> None:
    now = os.fstat(written)
    if (now.st_uid, now.st_gid) != (wanted.st_uid, wanted.st_gid):
        os.fchown(written, wanted.st_uid, wanted.st_gid)


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take(held: IO[bytes]) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_lock(held: IO[bytes], lock: Path, wait_s: float | None) -> None:
    if wait_s is None:
        fcntl.flock(held, fcntl.LOCK_EX)
        return
    until = time.monotonic() + wait_s
    while not _take(held):
        if time.monotonic() >= until:
            raise FileLockedError(
                f"another process holds {lock}: wait for its end, or end it, then run this again."
            )
        time.sleep(LOCK_POLL_S)
