"""The way through Maven, with a Maven of the test that lays out what the real archive holds."""

import xml.etree.ElementTree as ET
from importlib import resources
from pathlib import Path

import pytest

from elastic.node import maven
from elastic.node.configuration import VERSION
from elastic.node.distribution import NATIVE_LAUNCHER
from elastic.node.errors import InstallFailed, NoJdk
from elastic.node.maven import failure_reason, install_from_maven
from tests.elastic.conftest import RecordingReport, script, small_distribution

POM = "{http://maven.apache.org/POM/4.0.0}"
FAILURE = """[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
(default) on project embedded-elasticsearch: Unable to resolve artifact: Unknown host central \
-> [Help 1]
[ERROR]
"""


def no_demand() -> None:
    """Java is there."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Laid out as the real one: start script apart, no run bits, a native launcher with one."""
    root = tmp_path / "archive" / f"sonarqube-{maven.ARTIFACT_VERSION}"
    server = small_distribution(root / "elasticsearch")
    (root / "bin").mkdir()
    (server / "bin" / "elasticsearch").rename(root / "bin" / "elasticsearch")
    (root / "bin" / "elasticsearch").chmod(0o644)
    native = server / NATIVE_LAUNCHER
    native.parent.mkdir(parents=True)
    native.write_bytes(b"\x7fELF")
    native.chmod(0o755)
    return root


def fake_maven(bare_path: Path, archive: Path) -> None:
    script(
        bare_path / "mvn",
        'for word in "$@"; do case "$word" in -Dunpack.directory=*) '
        f'cp -R {archive} "${{word#*=}}/";; esac; done\nprintf "[INFO] BUILD SUCCESS\\n"',
    )


def test_the_server_is_put_together(
    bare_path: Path, archive: Path, tmp_path: Path, recording_report: RecordingReport
) -> None:
    fake_maven(bare_path, archive)
    home = tmp_path / "kept" / "es"
    found = install_from_maven(home, recording_report, no_demand)
    assert (found.home, found.version) == (home, VERSION)
    for name in ("elasticsearch", "elasticsearch-cli", "elasticsearch-env"):
        assert (home / "bin" / name).stat().st_mode & 0o555 == 0o555
    assert (home / NATIVE_LAUNCHER).stat().st_mode & 0o111 == 0
    assert [path.name for path in home.parent.iterdir()] == ["es"], "leftovers"


def test_without_maven_the_way_says_what_to_install(
    bare_path: Path, tmp_path: Path, recording_report: RecordingReport
) -> None:
    with pytest.raises(InstallFailed, match=r"not on PATH.*apt install maven"):
        install_from_maven(tmp_path / "es", recording_report, no_demand)


def test_java_is_asked_for_before_anything_is_downloaded(
    bare_path: Path, tmp_path: Path, recording_report: RecordingReport
) -> None:
    ran = tmp_path / "ran"
    script(bare_path / "mvn", f"printf x > {ran}")

    def demand() -> None:
        raise NoJdk("none")

    with pytest.raises(NoJdk):
        install_from_maven(tmp_path / "es", recording_report, demand)
    assert not ran.exists()


def test_a_failing_maven_is_told_in_one_line(
    bare_path: Path, tmp_path: Path, recording_report: RecordingReport
) -> None:
    (tmp_path / "log").write_text(FAILURE)
    script(bare_path / "mvn", f"cat {tmp_path / 'log'}; exit 1")
    home = tmp_path / "kept" / "es"
    with pytest.raises(InstallFailed) as caught:
        install_from_maven(home, recording_report, no_demand)
    assert str(caught.value) == ("Maven failed: Unable to resolve artifact: Unknown host central")
    assert list(home.parent.iterdir()) == []


def test_an_archive_without_elasticsearch_is_refused(
    bare_path: Path, tmp_path: Path, recording_report: RecordingReport
) -> None:
    script(bare_path / "mvn", 'printf "BUILD SUCCESS\\n"')
    with pytest.raises(InstallFailed, match="holds no Elasticsearch"):
        install_from_maven(tmp_path / "kept" / "es", recording_report, no_demand)


def test_a_log_without_error_line_gives_its_last_word() -> None:
    assert failure_reason("one\ntwo\n") == "two"
    assert failure_reason("") == "no output"


def test_the_project_file_names_what_the_code_names() -> None:
    tree = ET.fromstring(resources.files("elastic.node").joinpath("pom.xml").read_text("utf-8"))
    assert tree.findtext(f".//{POM}sonar.application.version") == maven.ARTIFACT_VERSION
    assert tree.findtext(f".//{POM}includes") == "*/elasticsearch/**,*/bin/elasticsearch*"
    item = tree.find(f".//{POM}artifactItem")
    assert item is not None
    assert item.findtext(f"{POM}artifactId") == maven.ARTIFACT
    assert item.findtext(f"{POM}type") == "zip"
