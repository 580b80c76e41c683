"""Only regular files inside a directory are read, and within bounds."""

import io
import os
from pathlib import Path

import pytest

from mappings.files import (
    FileNotUsableError,
    open_regular,
    read_bounded_lines,
    read_whole,
    resolve_inside,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "page.json").write_bytes(b"{}")
    (tmp_path / "outside.json").write_bytes(b"{}")
    (inside / "link.json").symlink_to(tmp_path / "outside.json")
    (inside / "loop").symlink_to(inside / "loop")
    os.mkfifo(inside / "pipe")
    return inside


def test_a_file_of_the_directory_is_resolved(folder: Path) -> None:
    assert resolve_inside(folder, "page.json").read_bytes() == b"{}"
    assert not resolve_inside(folder, "missing.json").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../outside.json",
        "/dev/zero",
        "/etc/passwd",
        "link.json",
        "pipe",
        "loop",
        "a\0b",
        "x" * 5000,
        ".",
        "\ud800",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(FileNotUsableError):
        resolve_inside(folder, name)


@pytest.mark.parametrize("path", ["pipe", "/dev/zero", "."])
def test_a_pipe_a_device_or_a_directory_is_never_opened(folder: Path, path: str) -> None:
    with pytest.raises(FileNotUsableError):
        open_regular(folder / path)


def test_a_file_read_whole_is_bounded(folder: Path) -> None:
    assert read_whole(folder / "page.json", largest=2) == b"{}"
    with pytest.raises(FileNotUsableError, match="over 1 bytes"):
        read_whole(folder / "page.json", largest=1)


def test_a_long_line_is_seen_and_passed_over() -> None:
    handle = io.BytesIO(b"ab\n" + b"x" * 1000 + b"\ncd\n" + b"y" * 11)
    assert list(read_bounded_lines(handle, longest=10)) == [
        (1, b"ab\n"),
        (2, b"x" * 11),
        (3, b"cd\n"),
        (4, b"y" * 11),
    ]
