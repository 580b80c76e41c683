"""Files of state: replaced whole, of the same owner and mode; a lock that one process holds."""

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mappings.state_file import FileLockedError, open_file_lock, replace_file
from tests.small_disk import open_small_disk

HOLD_THE_LOCK = """
import sys, time
from collections.abc import Callable
from pathlib import Path
from mappings.state_file import open_file_lock
with open_file_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def start(code: str, *words: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stdout=subprocess.PIPE, text=True
    )


def test_the_lock_of_a_killed_process_is_free_again(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    holder = start(HOLD_THE_LOCK, lock)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(FileLockedError, match=str(lock)), open_file_lock(lock, wait_s=0.1):
        pass
    holder.kill()
    holder.wait()
    with open_file_lock(lock, wait_s=5):
        pass


def test_who_waits_for_a_lock_is_told_once(tmp_path: Path) -> None:
    holder = start(HOLD_THE_LOCK, tmp_path / "lock")
    assert holder.stdout is not None
    holder.stdout.readline()
    said: list[float] = []
    waiting = open_file_lock(
        tmp_path / "lock",
        wait_s=None,
        when_waiting=lambda: (said.append(time.monotonic()), holder.kill()),  # type: ignore[arg-type, return-value]
    )
    with waiting:
        assert len(said) == 1
    holder.wait()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664])
def test_the_mode_of_a_file_stays(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "state"
    file.write_bytes(b"before")
    file.chmod(mode)
    replace_file(file, b"one")
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert file.read_bytes() == b"one"


@pytest.mark.skipif(os.getuid() != 0, reason="only the administrator gives a file away")
def test_the_owner_of_a_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "state"
    file.write_bytes(b"before")
    os.chown(file, 1234, 4321)
    replace_file(file, b"after")
    assert {(one.stat().st_uid, one.stat().st_gid) for one in tmp_path.iterdir()} == {(1234, 4321)}


@pytest.mark.skipif(os.getuid() != 0, reason="only the administrator becomes somebody else")
def test_an_owner_that_cannot_be_kept_leaves_the_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    file = tmp_path / "state"
    file.write_bytes(b"before")
    file.chmod(0o666)
    code = (
        "import os, sys; from pathlib import Path;"
        "from mappings.state_file import replace_file; os.setuid(1234)\n"
        "try: replace_file(Path(sys.argv[1]), b'after')\n"
        "except PermissionError as error: print(error.filename)"
    )
    for folder in file.parents[:-1]:
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    done = start(code, file)
    assert done.communicate()[0].strip() == str(file)
    assert [one.name for one in tmp_path.iterdir()] == ["state"]
    assert file.read_bytes() == b"before"


def test_a_new_file_is_its_owners_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "mistyped" / "real", b"one")
    replace_file(real, b"one")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    link.symlink_to(real)
    replace_file(link, b"two")
    assert link.is_symlink()
    assert real.read_bytes() == b"two"


def test_what_is_no_regular_file_is_written_straight(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    replace_file(pipe, b"content")
    assert reader.communicate()[0] == b"content"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_full_disk_leaves_the_former_content_and_names_the_file() -> None:
    with open_small_disk() as disk:
        file = disk / "state"
        replace_file(file, b"before")
        with pytest.raises(OSError, match=str(file)) as full:
            replace_file(file, bytes(5_000_000))
        assert (full.value.errno, full.value.filename) == (errno.ENOSPC, str(file))
        assert file.read_bytes() == b"before"
        assert [one.name for one in disk.iterdir()] == ["state"]


def test_links_that_lead_to_each_other_are_an_error_with_their_name(tmp_path: Path) -> None:
    file = tmp_path / "loop"
    file.symlink_to(file)
    with pytest.raises(OSError, match="symbolic links") as refused:
        replace_file(file, b"new")
    assert refused.value.filename == str(file)
