"""An unpacked Elasticsearch, and how one is put in place."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from elastic.node.configuration import VERSION, VERSION_LINE
from elastic.node.errors import NotADistribution

ORIGIN_FILE = "sas-origin.txt"
NATIVE_LAUNCHER = Path("lib", "tools", "server-launcher", "server-launcher")
BUNDLED_JDKS = (Path("jdk"), Path("jdk.app", "Contents", "Home"))
SCRIPTS = ("elasticsearch", "elasticsearch-cli", "elasticsearch-env")


@dataclass(frozen=True)
class Distribution:
    """A folder Elasticsearch can start from; ``origin`` is its source in words."""

    home: Path
    version: str
    origin: str

    @property
    def jdk_home(self) -> Path | None:
        """The Java the distribution brings, if it brings one."""
        homes = (self.home / jdk for jdk in BUNDLED_JDKS)
        return next((home for home in homes if (home / "bin" / "java").is_file()), None)


def distribution_home(state_dir: Path) -> Path:
    """Folder of the distribution of this version, once per machine."""
    return state_dir / "distributions" / f"elasticsearch-{VERSION}"


def read_distribution(home: Path, origin: str | None = None) -> Distribution:
    """Read a folder; raises ``NotADistribution`` unless it holds an Elasticsearch of our line."""
    jars = [re.fullmatch(r"elasticsearch-(\d+\.\d+\.\d+)\.jar", path.name) for path in _jars(home)]
    version = next((match[1] for match in jars if match), None)
    if version is None or not (home / "bin" / "elasticsearch").is_file():
        raise NotADistribution(
            f"{home} is no unpacked Elasticsearch (bin/elasticsearch and "
            f"lib/elasticsearch-{VERSION}.jar expected): point SAS_ELASTICSEARCH_HOME at one."
        )
    if not version.startswith(f"{VERSION_LINE}."):
        raise NotADistribution(
            f"{home} holds Elasticsearch {version}, but {VERSION_LINE} is needed: point "
            f"SAS_ELASTICSEARCH_HOME at a {VERSION}, or unset it."
        )
    return Distribution(home, version, origin or _read_origin(home))


@contextmanager
def open_staging_folder(home: Path) -> Iterator[Path]:
    """A temporary folder beside ``home``, removed afterwards whatever happened."""
    home.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{home.name}.partial-", dir=home.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def install_distribution(unpacked: Path, home: Path, origin: str) -> Distribution:
    """Put a wholly unpacked distribution in place by one rename, readable by every account."""
    (unpacked / ORIGIN_FILE).write_text(origin, encoding="utf-8")
    _make_world_readable(unpacked)
    read_distribution(unpacked, origin)
    unpacked.rename(home)
    return read_distribution(home)


def fix_script_modes(unpacked: Path) -> None:
    """Run bits for the start scripts, none for the native launcher.

    Seen by booting the archive from Maven Central: its native launcher is built for another
    processor, and the start script takes the Java launcher when the native one cannot be run.
    """
    for script in SCRIPTS:
        (unpacked / "bin" / script).chmod(0o755)
    native = unpacked / NATIVE_LAUNCHER
    if native.exists():
        native.chmod(0o644)


def _jars(home: Path) -> Iterator[Path]:
    return (home / "lib").glob("elasticsearch-*.jar")


def _read_origin(home: Path) -> str:
    try:
        return (home / ORIGIN_FILE).read_text(encoding="utf-8")
    except OSError:
        return f"the distribution in {home}"


def _make_world_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        executable = path.is_dir() or mode & 0o100
        path.chmod(mode | (0o555 if executable else 0o444))
