"""What the tests of the embedded node share: folders, fake tools, and a report that remembers."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from elastic import client
from elastic.node.configuration import VERSION
from elastic.settings import ElasticSettings

MODULES = "java.base@{version}\\njdk.jlink@{version}\\n"


class RecordingReport:
    """A report that remembers what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.sizes: list[tuple[str, int, int | None]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def advance(self, what: str, done: int, total: int | None) -> None:
        self.sizes.append((what, done, total))


@pytest.fixture
def recording_report() -> RecordingReport:
    return RecordingReport()


@pytest.fixture
def bare_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> ElasticSettings:
    """Settings of a machine with nothing installed, nothing running and the network closed."""
    for name in [name for name in os.environ if name.startswith("SAS_ELASTICSEARCH")]:
        monkeypatch.delenv(name)
    url = f"http://127.0.0.1:{dead_port}"
    monkeypatch.setenv("SAS_ELASTICSEARCH_DOWNLOAD_URL", url)
    monkeypatch.setattr(client, "DEFAULT_URL", url)
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "state"))
    return ElasticSettings()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every account may enter, unlike those pytest makes."""
    folder = Path(tempfile.mkdtemp(prefix="sas-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def make_java(tmp_path: Path) -> Callable[..., Path]:
    """``make_java(name, modules)``: a folder whose bin/java lists those modules."""

    def make(name: str, modules: str) -> Path:
        home = tmp_path / "jvm" / name
        script(home / "bin" / "java", f"printf '{modules}'")
        return home

    return make


def script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def small_distribution(home: Path, version: str = VERSION) -> Path:
    """The few files that make a folder a distribution; it starts nothing."""
    script(home / "bin" / "elasticsearch", "exit 3")
    for name in ("elasticsearch-cli", "elasticsearch-env"):
        (home / "bin" / name).write_text("#!/bin/sh\n")
    (home / "config").mkdir()
    (home / "config" / "jvm.options").write_text("-XX:+UseG1GC\n")
    (home / "lib").mkdir()
    (home / "lib" / f"elasticsearch-{version}.jar").write_bytes(b"")
    (home / "lib" / "elasticsearch-core-9.9.9.jar").write_bytes(b"")
    return home


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with a shell and its basics, without Java and without Maven."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "cat", "cp", "mkdir", "printf", "ps"):
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    for name in ("ES_JAVA_HOME", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder
