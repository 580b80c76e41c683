"""Each way to a server is tried in its order and named in a line."""

import threading
from pathlib import Path

import pytest

from elastic.errors import DiskFull
from elastic.node import provision
from elastic.node.configuration import VERSION
from elastic.node.disk import require_disk
from elastic.node.distribution import distribution_home, read_distribution
from elastic.node.errors import NoDistribution, NotADistribution
from elastic.node.provision import obtain_distribution
from elastic.settings import ElasticSettings
from tests.elastic.conftest import RecordingReport, script, small_distribution
from tests.suite.waiting import PATIENCE_S, wait_for


def test_the_distribution_named_is_taken(
    bare_settings: ElasticSettings, tmp_path: Path, recording_report: RecordingReport
) -> None:
    home = small_distribution(tmp_path / "mine")
    named = bare_settings.model_copy(update={"elasticsearch_home": home})
    assert obtain_distribution(named, recording_report).home == home
    assert recording_report.lines == []


def test_a_wrong_folder_named_is_told(
    bare_settings: ElasticSettings, tmp_path: Path, recording_report: RecordingReport
) -> None:
    named = bare_settings.model_copy(update={"elasticsearch_home": tmp_path})
    with pytest.raises(NotADistribution, match="SAS_ELASTICSEARCH_HOME"):
        obtain_distribution(named, recording_report)


def test_another_version_named_is_told(
    bare_settings: ElasticSettings, tmp_path: Path, recording_report: RecordingReport
) -> None:
    home = small_distribution(tmp_path / "mine", version="8.19.0")
    named = bare_settings.model_copy(update={"elasticsearch_home": home})
    with pytest.raises(NotADistribution, match=r"holds Elasticsearch 8\.19\.0, but 9\.4"):
        obtain_distribution(named, recording_report)


def test_the_one_installed_is_taken(
    bare_settings: ElasticSettings, recording_report: RecordingReport
) -> None:
    home = small_distribution(distribution_home(bare_settings.state_dir))
    assert obtain_distribution(bare_settings, recording_report).home == home
    assert recording_report.lines == []


@pytest.mark.usefixtures("bare_path")
def test_no_network_and_no_maven_names_every_way_out(
    bare_settings: ElasticSettings, recording_report: RecordingReport
) -> None:
    with pytest.raises(NoDistribution) as caught:
        obtain_distribution(bare_settings, recording_report)
    message = str(caught.value)
    assert "\n" not in message
    for way in ("_URL", "_HOME", "_DOWNLOAD_URL", "Maven", "docker compose up"):
        assert way in message
    assert "Elastic License 2.0" in recording_report.lines[0]
    assert recording_report.lines[1].startswith("Official archive from http://127.0.0.1:")
    assert "cannot be reached" in recording_report.lines[1]
    assert recording_report.lines[2].startswith("Maven Central")
    assert "not on PATH" in recording_report.lines[2]
    assert not distribution_home(bare_settings.state_dir).exists()


def test_a_half_unpacked_folder_is_never_used(
    bare_settings: ElasticSettings, bare_path: Path, recording_report: RecordingReport
) -> None:
    """A Maven killed half-way leaves files beside the place, never in it."""
    home = distribution_home(bare_settings.state_dir)
    (home.parent / f"{home.name}.partial-x" / "lib").mkdir(parents=True)
    script(bare_path / "mvn", "exit 137")
    with pytest.raises(NoDistribution):
        obtain_distribution(bare_settings, recording_report)
    assert not home.exists()


def test_two_parallel_starts_install_once(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = []

    def install(base: str, home: Path, report: RecordingReport) -> object:
        installed.append(threading.get_ident())
        entered.wait(PATIENCE_S)
        return read_distribution(small_distribution(home))

    entered = threading.Event()
    monkeypatch.setattr(provision, "install_from_archive", install)
    first, second = RecordingReport(), RecordingReport()
    threads = [
        threading.Thread(target=obtain_distribution, args=(bare_settings, report))
        for report in (first, second)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: any("waiting" in line for line in first.lines + second.lines))
    entered.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(installed) == 1
    assert distribution_home(bare_settings.state_dir).name == f"elasticsearch-{VERSION}"


def test_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"GB are needed: free some space") as caught:
        require_disk(tmp_path / "not" / "there", floor=10**18)
    assert "\n" not in str(caught.value)
    require_disk(tmp_path, floor=1)
