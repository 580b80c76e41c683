"""The official archive, from a server of the test that can break off, resume and lie."""

import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from elastic.node import archive
from elastic.node.archive import archive_name, fetch_archive, install_from_archive
from elastic.node.configuration import VERSION
from elastic.node.distribution import read_distribution
from elastic.node.errors import InstallFailed
from tests.elastic.conftest import RecordingReport, small_distribution
from tests.suite.serving import serve_beside

BODY = bytes(range(256)) * 4096


class ArchiveServer(ThreadingHTTPServer):
    """Serves ``files`` by name; each of ``breaks`` is the bytes sent before a cut."""

    files: dict[str, bytes]
    breaks: list[int]
    ranges = True
    requests: list[tuple[str, str | None]]


class ArchiveHandler(BaseHTTPRequestHandler):
    server: ArchiveServer

    def do_GET(self) -> None:
        name, wanted = self.path.rpartition("/")[2], self.headers.get("Range")
        self.server.requests.append((name, wanted))
        body = self.server.files.get(name)
        if body is None:
            self.send_error(404)
            return
        start = int(wanted[6:-1]) if wanted and self.server.ranges else 0
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        self._send(body[start:], name)

    def _send(self, body: bytes, name: str) -> None:
        if self.server.breaks and not name.endswith(".sha512"):
            self.wfile.write(body[: self.server.breaks.pop(0)])
            self.wfile.flush()
            self.connection.close()
            return
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "POLICY", replace(archive.POLICY, pause_s=0.0))


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    running = ArchiveServer(("127.0.0.1", 0), ArchiveHandler)
    running.files, running.requests, running.breaks = {}, [], []
    with serve_beside(running):
        yield running


def address(server: ArchiveServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/downloads"


def publish(server: ArchiveServer, name: str, body: bytes) -> None:
    digest = hashlib.sha512(body).hexdigest()
    server.files = {name: body, f"{name}.sha512": f"{digest}  {name}\n".encode()}


def pack_distribution(tmp_path: Path) -> bytes:
    folder = small_distribution(tmp_path / "source" / f"elasticsearch-{VERSION}")
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.add(folder, arcname=folder.name)
    return buffer.getvalue()


def test_the_archive_is_unpacked_in_place(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, archive_name(), pack_distribution(tmp_path))
    home = tmp_path / "kept" / f"elasticsearch-{VERSION}"
    found = install_from_archive(address(server), home, recording_report)
    assert (found.home, found.version) == (home, VERSION)
    assert "official archive" in read_distribution(home).origin
    assert (home / "bin" / "elasticsearch").stat().st_mode & 0o111
    assert [path.name for path in home.parent.iterdir()] == [home.name], "leftovers"


def test_progress_is_told(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report)
    assert recording_report.sizes[-1] == ("Elasticsearch archive", len(BODY), len(BODY))


def test_a_broken_connection_is_resumed_where_it_broke(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    server.breaks = [300_000]
    assert (
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report).read_bytes() == BODY
    )
    wanted = [sent for name, sent in server.requests if name == "a.tar.gz"]
    assert wanted[0] is None
    assert wanted[1] == "bytes=300000-"


def test_the_next_run_goes_on_where_this_one_gave_up(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    server.breaks = [100_000, 200_000, 0, 0, 0]
    with pytest.raises(InstallFailed, match="connection was lost"):
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report)
    assert (tmp_path / "a.tar.gz.part").stat().st_size == 300_000
    assert (
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report).read_bytes() == BODY
    )
    assert server.requests[-1] == ("a.tar.gz", "bytes=300000-")


def test_a_server_without_ranges_starts_again(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    server.breaks, server.ranges = [300_000], False
    assert (
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report).read_bytes() == BODY
    )


def test_a_whole_part_file_is_not_fetched_again(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    (tmp_path / "a.tar.gz.part").write_bytes(BODY)
    assert (
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report).read_bytes() == BODY
    )
    assert recording_report.sizes == []


def test_an_archive_on_disk_is_not_fetched_again(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    (tmp_path / "a.tar.gz").write_bytes(BODY)
    fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report)
    assert [name for name, _ in server.requests] == ["a.tar.gz.sha512"]


def test_a_wrong_checksum_throws_the_file_away(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    server.files["a.tar.gz"] = BODY[:-1] + b"!"
    with pytest.raises(InstallFailed, match="SHA-512"):
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report)
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_checksum_is_no_checksum(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, "a.tar.gz", BODY)
    server.files["a.tar.gz.sha512"] = b"<html>sign in</html>"
    with pytest.raises(InstallFailed, match="cannot be read"):
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report)


def test_a_missing_archive_says_so(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    with pytest.raises(InstallFailed, match="404"):
        fetch_archive(address(server), "a.tar.gz", tmp_path, recording_report)


def test_a_closed_network_says_so(
    tmp_path: Path, recording_report: RecordingReport, dead_port: int
) -> None:
    with pytest.raises(InstallFailed, match="cannot be reached"):
        fetch_archive(f"http://127.0.0.1:{dead_port}", "a.tar.gz", tmp_path, recording_report)


def test_an_archive_of_something_else_leaves_nothing(
    server: ArchiveServer, tmp_path: Path, recording_report: RecordingReport
) -> None:
    publish(server, archive_name(), BODY)
    home = tmp_path / "kept" / f"elasticsearch-{VERSION}"
    with pytest.raises(InstallFailed, match="cannot be unpacked"):
        install_from_archive(address(server), home, recording_report)
    assert not home.exists()
    assert not list(home.parent.glob("*.partial-*"))


@pytest.mark.parametrize(
    ("system", "machine", "suffix"),
    [
        ("linux", "x86_64", "linux-x86_64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("darwin", "arm64", "darwin-aarch64"),
        ("darwin", "x86_64", "darwin-x86_64"),
    ],
)
def test_each_platform_has_its_archive(system: str, machine: str, suffix: str) -> None:
    assert archive_name(system, machine) == f"elasticsearch-{VERSION}-{suffix}.tar.gz"


def test_an_unknown_platform_has_none() -> None:
    with pytest.raises(InstallFailed, match="no archive for win32"):
        archive_name("win32", "AMD64")
