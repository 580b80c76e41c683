"""``sas up``, ``sas down``, ``sas doctor``: what people and programs get, and the exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from elastic.node import jdk
from elastic.settings import ElasticSettings


def sas(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def absent_cluster(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> str:
    """The environment names a cluster that is not there."""
    url = f"http://127.0.0.1:{dead_port}"
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", url)
    return url


@pytest.fixture
def cluster(
    bare_settings: ElasticSettings, es_url: str, index_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The environment names the node of the tests."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    return es_url


def test_up_looks_at_your_cluster_and_starts_nothing(cluster: str, tmp_path: Path) -> None:
    answer = sas("up", "--json")
    assert answer.exit_code == 0
    output = json.loads(answer.stdout)
    assert output["url"] == cluster
    assert output["version"].startswith("9.4.")
    assert output["already_running"] is True
    assert output["pid"] is None
    assert not (tmp_path / "state").exists()


def test_up_says_it_in_one_line(cluster: str) -> None:
    answer = sas("up")
    assert answer.exit_code == 0
    assert "is already running on" in answer.stdout
    assert len(answer.stdout.splitlines()) == 1


def test_prepare_only_looks_at_your_cluster(cluster: str, tmp_path: Path) -> None:
    answer = sas("up", "--prepare", "--json")
    assert json.loads(answer.stdout) == {"origin": "SAS_ELASTICSEARCH_URL"}
    assert "ready to start" in sas("up", "--prepare").stdout
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("absent_cluster")
def test_up_on_a_dead_cluster_is_one_sentence_and_fails() -> None:
    answer = sas("up")
    assert answer.exit_code == 1
    assert "names a cluster that cannot be reached: start it" in answer.stderr
    assert "start it with `sas up`" not in answer.stderr
    output = json.loads(sas("up", "--json").stdout)
    assert "cannot be reached" in output["error"]


@pytest.mark.usefixtures("bare_path")
def test_up_without_network_java_and_maven_fails_and_names_the_ways_out(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    monkeypatch.setenv("SAS_STATE_DIR", str(open_folder))
    answer = sas("up")
    assert answer.exit_code == 1
    last = answer.stderr.strip().splitlines()[-1]
    assert last.startswith("No Elasticsearch could be installed")
    assert "docker compose up" in last


def test_up_refuses_a_heap_that_is_no_size(bare_settings: ElasticSettings) -> None:
    answer = sas("up", "--heap", "3x")
    assert answer.exit_code == 1
    assert "such as 512m or 1g" in answer.stderr


def test_down_without_a_node_is_no_failure(bare_settings: ElasticSettings) -> None:
    answer = sas("down")
    assert answer.exit_code == 0
    assert "No embedded Elasticsearch of ours is running." in answer.stdout
    assert json.loads(sas("down", "--json").stdout) == {"stopped": False, "pid": None, "pids": []}


def test_doctor_exits_zero_when_nothing_blocks(
    cluster: str, create_offers: Callable[..., str]
) -> None:
    create_offers()
    answer = sas("doctor", "--json")
    assert answer.exit_code == 0, answer.stdout
    output = json.loads(answer.stdout)
    assert {check["level"] for check in output} <= {"ok", "warn"}


@pytest.mark.usefixtures("absent_cluster")
def test_doctor_exits_one_when_something_blocks() -> None:
    answer = sas("doctor", "--json")
    assert answer.exit_code == 1
    first = json.loads(answer.stdout)[0]
    assert (first["name"], first["level"]) == ("Elasticsearch", "block")
    assert "sas up" in first["remedy"]
    assert sas("doctor").exit_code == 1


@pytest.mark.usefixtures("bare_path")
def test_doctor_without_java_says_which_to_install(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jdk, "JVM_FOLDERS", ())
    answer = sas("doctor", "--json")
    assert answer.exit_code == 1
    java = next(check for check in json.loads(answer.stdout) if check["name"] == "JDK")
    assert java["level"] == "block"
    assert "ES_JAVA_HOME" in java["remedy"]


@pytest.mark.parametrize("command", ["up", "down", "doctor"])
def test_a_wrong_setting_ends_every_command(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("SAS_INDEX_PREFIX", "Not_This")
    answer = sas(command)
    assert answer.exit_code == 1
    assert "SAS_INDEX_PREFIX" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("command", ["up", "down", "doctor"])
def test_help_teaches(command: str) -> None:
    answer = sas(command, "--help")
    assert answer.exit_code == 0
    assert "--json" in answer.stdout
