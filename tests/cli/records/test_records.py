"""Settings from the command line to the next search, through the records and the outbox."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import offers_alias
from tests.cli.commands import ANNE, BRUNO, Run, assert_refused, read_json_output
from tests.indexers.file_set import CENTRE, MSP, FileSet
from tests.suite.waiting import wait_for


def find_offer(es: Elasticsearch, prefix: str, **term: str) -> dict[str, Any]:
    alias = offers_alias(prefix)
    lifecycle.refresh_index(es, alias)
    (hit,) = es.search(index=alias, query={"term": term})["hits"]["hits"]
    offer: dict[str, Any] = hit["_source"]
    return offer


@pytest.mark.proves("F111")
def test_a_setting_is_on_the_next_search_and_outlives_a_reindex(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    files.line("participation", rpps=ANNE, participation=True, via=1)
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    read_json_output(run("worker", "--once", "--json"))
    assert find_offer(es, index_prefix, rpps=ANNE)["participant"] is True
    assert read_json_output(run("records", "status", "--json"))["held"]["participation"] == 1

    changed = read_json_output(run("settings", "change", ANNE, "--no-participation", "--json"))
    assert (changed["participation"], changed["version"]) == (False, 2)
    assert read_json_output(run("outbox", "--json"))["waiting"] == 1
    assert read_json_output(run("worker", "--once", "--json"))["done"] == 1
    assert find_offer(es, index_prefix, rpps=ANNE)["participant"] is False
    assert read_json_output(run("outbox", "--json"))["waiting"] == 0

    read_json_output(run("reindex", "--from", files.directory, "--json"))
    assert find_offer(es, index_prefix, rpps=ANNE)["participant"] is False


def test_an_earlier_index_gets_what_changed_since_it_was_built(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    files.line("participation", rpps=ANNE, participation=True, via=1)
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    run("settings", "change", ANNE, "--no-participation")
    read_json_output(run("worker", "--once", "--json"))
    read_json_output(run("rollback", "--json"))
    assert find_offer(es, index_prefix, rpps=ANNE)["participant"] is True
    read_json_output(run("worker", "--once", "--json"))
    assert find_offer(es, index_prefix, rpps=ANNE)["participant"] is False


@pytest.mark.proves("F044")
def test_an_msp_follows_its_professional(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS")
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    word = ("settings", "change", BRUNO, "--json")
    answers = ("--participation", "--software", "--via")
    read_json_output(run(*word, *answers, "3", "--finess", MSP))
    read_json_output(run("worker", "--once", "--json"))
    assert find_offer(es, index_prefix, finess=MSP)["participant"] is True
    read_json_output(run(*word, *answers, "1"))
    read_json_output(run("worker", "--once", "--json"))
    assert find_offer(es, index_prefix, finess=MSP)["participant"] is False


@pytest.mark.proves("F036", "F111", "F112")
def test_absences_and_structures_are_on_the_next_search_and_outlive_a_reindex(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    files.site(CENTRE, "124", "CENTRE DE SANTE").site(MSP, "603", "MSP DES TANNEURS")
    files.line("absences", rpps=BRUNO, always=True)
    files.line("structures", finess=CENTRE, participation=False, additional_info="Sonner")
    reindex = ("reindex", "--from", files.directory, "--json")
    read_json_output(run(*reindex))
    assert find_offer(es, index_prefix, rpps=BRUNO)["always_absent"] is True
    assert find_offer(es, index_prefix, finess=CENTRE)["additional_info"] == "Sonner"

    assert run("absences", "set", BRUNO, "--json").exit_code == 0
    away = ("--days", "2099-12-24..2099-12-26", "--days", "2099-12-31")
    assert read_json_output(run("absences", "set", ANNE, *away, "--json"))["version"] == 1
    taken = ("--participation", "--hours", "--practitioners", "4")
    assert read_json_output(run("structures", "change", CENTRE, *taken, "--json"))["version"] == 2
    read_json_output(run("worker", "--once", "--json"))
    for again in (False, True):
        if again:
            read_json_output(run(*reindex))
        assert "always_absent" not in find_offer(es, index_prefix, rpps=BRUNO)
        ranges = find_offer(es, index_prefix, rpps=ANNE)["absences"]
        assert ranges == [
            {"gte": "2099-12-23T23:00:00Z", "lt": "2099-12-26T23:00:00Z"},
            {"gte": "2099-12-30T23:00:00Z", "lt": "2099-12-31T23:00:00Z"},
        ]
        centre = find_offer(es, index_prefix, finess=CENTRE)
        assert (centre["participant"], centre["additional_info"]) == (True, "Sonner")
    assert "du 24/12/2099 au 26/12/2099" in run("absences", "show", ANNE).output
    assert "Praticiens : 4" in run("structures", "show", CENTRE).output


def test_absences_and_structures_are_refused_in_french(run: Run) -> None:
    assert_refused(run("absences", "show", ANNE), 1, "Aucune absence")
    assert_refused(run("structures", "show", CENTRE), 1, "Aucun réglage")
    refused = run("structures", "change", CENTRE, "--participation")
    assert_refused(refused, 1, "practitioner_count : Indiquez combien de praticiens")
    for wrong, sentence in (
        ("2026-02-31", "Cette date n'existe pas"),
        ("demain", "Cette date n'existe pas"),
        ("2099-12-26..2099-12-24", "Le dernier jour est avant le premier"),
    ):
        told = run("absences", "set", ANNE, "--days", wrong)
        assert_refused(told, 1, f"ranges : {sentence}")
    days = [word for day in range(1, 5) for word in ("--days", f"2099-12-0{day}")]
    assert_refused(run("absences", "set", ANNE, *days), 1, "ranges : Il y en a trop : 3 au plus")
    assert_refused(run("absences", "set", ANNE, "--days", "2020-01-01"), 1, "Ces jours sont passés")


def test_another_file_waits_for_an_order(run: Run, files: FileSet) -> None:
    files.line("participation", rpps=ANNE, participation=True, via=1)
    reindex = ("reindex", "--from", files.directory)
    assert run(*reindex).exit_code == 0
    files.line("participation", rpps=BRUNO, participation=True, via=1)
    assert_refused(run(*reindex), 1, "run this one with --import")
    assert_refused(run("load", "participation", files.directory / "participation.jsonl"), 1, "sas")
    assert run(*reindex, "--import", "--dry-run").exit_code == 0
    assert read_json_output(run("records", "status", "--json"))["held"]["participation"] == 1
    assert run(*reindex, "--import").exit_code == 0
    assert read_json_output(run("records", "status", "--json"))["held"]["participation"] == 2


def test_settings_are_shown_and_refused_in_french(run: Run) -> None:
    assert_refused(run("settings", "show", ANNE), 1, "Aucun réglage")
    refused = run("settings", "change", ANNE, "--participation", "--via", "2")
    assert_refused(refused, 1, "finess : Indiquez le numéro FINESS de votre CPTS")
    assert "has_software : Dites si vous utilisez un logiciel" in refused.output
    malformed = run("settings", "change", "12", "--participation")
    assert_refused(malformed, 1, "rpps : ")
    assert "String should" not in malformed.output
    word = ("settings", "change", ANNE, "--participation", "--via", "1", "--software")
    assert run(*word).exit_code == 0
    assert "à titre individuel" in run("settings", "show", ANNE).output


def test_records_come_in_and_go_out(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    line = {"rpps": ANNE, "participation": True, "via": 1, "updated": "2026-11-01T08:00:00Z"}
    file.write_bytes(orjson.dumps(line))
    word = ("records", "import", "participation", file, "--json")
    assert read_json_output(run(*word, "--dry-run"))["written"] == 1
    assert read_json_output(run(*word))["written"] == 1
    assert read_json_output(run(*word))["written"] == 0
    assert run("records", "export", "participation", out).exit_code == 0
    assert orjson.loads(out.read_bytes())["via"] == 1
    file.write_text('{"rpps": "1"}\n')
    assert_refused(run(*word), 1, "Nothing was imported")
    assert run("records", "import", "unknown", file).exit_code == 2


def test_trouble_of_the_database_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> None:
    monkeypatch.setenv("SAS_DATABASE_URL", f"postgresql://sas:secret@127.0.0.1:{dead_port}/none")
    told = run("records", "status")
    assert_refused(told, 3, "La base des registres ne répond pas")
    assert "secret" not in told.output
    monkeypatch.setenv("SAS_DATABASE_URL", "nonsense")
    assert_refused(run("records", "up"), 1, "SAS_DATABASE_URL is not a database URL")


@pytest.mark.usefixtures("own_process")
def test_the_worker_of_serve_brings_a_change_and_ends_with_it(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    command = [
        sys.executable,
        "-c",
        "from cli.main import app; app()",
        "serve",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as served:
        wait_for(lambda: find_workers(served.pid))
        (worker,) = find_workers(served.pid)
        run("settings", "change", ANNE, "--participation", "--via", "1", "--software")
        wait_for(lambda: find_offer(es, index_prefix, rpps=ANNE).get("participant") is True)
        served.kill()
        served.wait()
    wait_for(lambda: not Path(f"/proc/{worker}").exists())


def find_workers(pid: int) -> list[int]:
    """Processes of a process that run a worker."""
    found = list(Path(f"/proc/{pid}/task").glob("*/children"))
    children = [int(word) for path in found for word in path.read_text().split()]
    return [one for one in children if b"worker" in Path(f"/proc/{one}/cmdline").read_bytes()]
