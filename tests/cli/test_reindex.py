"""The commands of the index: what they print, and that each failure ends with its own code."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch
from rich.console import Console, RenderableType

from cli.output import print_json
from cli.views import index
from elastic import lifecycle
from elastic.names import offers_alias
from elastic.service import lock
from indexers.reindex import recipe
from indexers.runs.interruption import InterruptedRunError
from indexers.sources.own_formats import LINES
from mappings.offers import SCHEMA_VERSION
from slots.coherence import HiddenReason
from tests.cli.commands import ANNE, Run, assert_refused, read_json_output
from tests.indexers.file_set import MSP, FileSet


def plain(text: RenderableType) -> str:
    """A text as a wide terminal shows it, without colours."""
    console = Console(width=200)
    with console.capture() as printed:
        console.print(text)
    return printed.get()


def test_reindex_status_rollback(run: Run, files: FileSet) -> None:
    first = read_json_output(run("reindex", "--from", files.directory, "--json"))
    assert first["kinds"] == {"professional": {"live": 0, "new": 2}}
    second = run("reindex", "--from", files.directory)
    assert second.exit_code == 0
    assert f"Kept for `sas rollback`: {first['index']}" in second.output
    status = read_json_output(run("index", "status", "--json"))
    assert (status["total"], status["schema"], status["kept"]) == (
        *(2, SCHEMA_VERSION, [first["index"]]),
    )
    assert status["trail"][0]["event"] == "reindex_completed"
    assert "is live behind" in run("index", "status").output
    assert read_json_output(run("rollback", "--json"))["live"] == first["index"]
    assert_refused(run("rollback"), 1, "No previous index is kept")


def test_a_dry_run_says_what_would_change(run: Run, files: FileSet) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS")
    result = run("reindex", "--from", files.directory, "--dry-run")
    assert result.exit_code == 0
    assert "Dry run: nothing was written" in result.output
    assert "structure" in result.output
    assert_refused(run("index", "status"), 1, "No index is live")


def test_a_dry_run_whose_gate_would_stay_closed_fails(run: Run, files: FileSet) -> None:
    files.line("participation", rpps="1")
    result = run("reindex", "--from", files.directory, "--dry-run")
    assert_refused(result, 1, "The gate would stay closed: 100.0% of participation was set aside")
    assert run("reindex", "--from", files.directory, "--dry-run", "--accept-drift").exit_code == 0


def test_a_load_and_what_it_set_aside(run: Run, files: FileSet, tmp_path: Path) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    path = tmp_path / "participation.jsonl"
    path.write_text(f'{{"rpps": "{ANNE}", "participation": true, "via": 1}}\n')
    assert read_json_output(run("load", "participation", path, "--json"))["writes"] == 1
    assert "0 offers written" in run("load", "participation", path).output
    path.write_text('{"rpps": "1", "participation": true}\n')
    assert_refused(run("load", "participation", path), 1, "Nothing was changed")
    found = read_json_output(run("quarantine", "--rows", "--json"))
    (row,) = found["rows"]
    assert (row["source"], row["line"], row["reason"]) == ("participation", 1, "invalid_record")
    assert "invalid_record" in run("quarantine", "--source", "participation").output
    assert "set no row aside" in run("quarantine", "--source", "rpps").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("reindex", "--from", "{}/absent"), "is not a directory"),
        (("reindex", "--from", "{}"), "holds no source of offers"),
        (("load", "rpps", "{}/x.txt"), "cannot be loaded by itself"),
        (("rollback",), "No previous index is kept"),
        (("quarantine",), "No run is kept yet"),
        (("schema", "agenda"), "no format is called 'agenda'"),
        (("index", "status"), "No index is live"),
    ],
)
def test_each_mistake_is_one_sentence_and_code_1(
    run: Run, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    assert_refused(run(*(word.format(tmp_path) for word in words)), 1, sentence)


def test_a_file_that_is_not_there_is_one_sentence(run: Run, files: FileSet) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    assert_refused(run("load", "participation", "/absent.jsonl"), 1, "absent.jsonl")


def test_a_file_of_another_kind_is_one_sentence(run: Run, files: FileSet) -> None:
    (files.directory / "finess.csv").write_text("a,b\n1,2\n")
    assert_refused(run("reindex", "--from", files.directory), 1, "no FINESS file")


def test_a_wrong_instant_is_a_wrong_usage(run: Run, files: FileSet) -> None:
    result = run("reindex", "--from", files.directory, "--now", "2026-11-23T08:00:00")
    assert_refused(result, 2, "with its offset")


def test_no_elasticsearch_is_code_3(
    run: Run, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", "http://127.0.0.1:9")
    assert_refused(run("reindex", "--from", files.directory), 3, "Elasticsearch cannot be reached")
    assert_refused(run("index", "status"), 3, "Elasticsearch cannot be reached")


def test_a_run_under_way_is_code_3(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    with lock.open_lock(es, recipe.LOCK, prefix=index_prefix):
        assert_refused(run("reindex", "--from", files.directory), 3, "Lock 'offers' is held by")


def test_a_signal_is_code_130_and_leaves_nothing(
    run: Run,
    files: FileSet,
    es: Elasticsearch,
    index_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def raise_interruption(*arguments: Any) -> None:
        raise InterruptedRunError(15)

    monkeypatch.setattr(recipe, "refresh_and_merge", raise_interruption)
    assert_refused(run("reindex", "--from", files.directory), 130, "stopped by SIGTERM")
    assert lifecycle.all_indices(es, offers_alias(index_prefix)) == []


def test_an_error_is_json_when_json_was_asked(run: Run, tmp_path: Path) -> None:
    result = run("reindex", "--from", tmp_path, "--json")
    assert result.exit_code == 1
    assert orjson.loads(result.stdout)["kind"] == "NothingToIndexError"


def test_a_reason_as_a_key_is_its_code_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of a directory with slots counts the hidden ones by reason."""
    print_json({"slots": {"hidden": dict.fromkeys(HiddenReason, 3)}})
    result = orjson.loads(capsys.readouterr().out)["slots"]["hidden"]
    assert result == dict.fromkeys(map(str, HiddenReason), 3)


@pytest.mark.parametrize("name", LINES)
def test_the_schema_of_each_format_is_json(run: Run, name: str) -> None:
    assert read_json_output(run("schema", name))["properties"]


def test_the_formats_are_listed_with_what_a_line_is(run: Run) -> None:
    assert set(read_json_output(run("schema", "--json"))) == set(LINES)
    assert "marketplace offer" in run("schema").output


def test_a_system_error_says_the_path_and_the_way_out(run: Run, files: FileSet) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    absent = run("load", "participation", "/absent.jsonl")
    assert_refused(absent, 1, "/absent.jsonl cannot be read or written, no such file or directory:")
    assert "Errno" not in absent.output


def test_a_folder_of_runs_that_cannot_be_written_leaves_the_index(
    run: Run, files: FileSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = read_json_output(run("reindex", "--from", files.directory, "--json"))["index"]
    (tmp_path / "plain_file").touch()
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "plain_file"))
    assert_refused(
        run("reindex", "--from", files.directory), 1, "SAS_STATE_DIR names the folder of runs"
    )
    found = read_json_output(run("index", "status", "--json"))
    assert (found["live"], found["trail"]) == (live, [])
    assert "plain_file" in found["records"]


def test_an_address_of_the_cluster_without_port_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", "localhost")
    assert_refused(run("index", "status"), 1, "each node needs scheme, host and port")


def test_a_register_without_names_is_refused(run: Run, files: FileSet) -> None:
    path = next(files.directory.glob("PS_LibreAcces_Personne_activite_*"))
    path.write_text(path.read_text("utf-8").replace("Nom d'exercice", "Nom de rue"), "utf-8")
    assert_refused(
        run("reindex", "--from", files.directory), 1, 'column "Nom d\'exercice" is missing'
    )


def test_slots_are_told_in_words() -> None:
    slots = {"bearers": 2, "slots": 2156, "hidden": {"absent": 3, "sos": 1}, "rejected": {}}
    report = recipe.ReindexReport(index="new", live_before=None, slots=slots)
    result = plain(index.report(report, dry_run=False))
    assert "Slots: offers with slots 2, stored 2,156." in result
    assert "Slots stored but hidden: absent 3, sos 1." in result
    assert "{" not in result
    assert "refused" not in result


def test_unknown_columns_are_told() -> None:
    counts = {"rejected": {}, "read": 1, "unknown": {"Couleur": 1}}
    report = {"source": "participation", "writes": 1, "index": "live"}
    result = plain(index.load_report({**report, "quarantine": {"participation": counts}}))
    assert "participation: columns not known and not read: Couleur." in result
    assert "participation: 1 offer written" in result


def test_the_report_of_a_run_in_its_three_forms(run: Run, files: FileSet, tmp_path: Path) -> None:
    assert_refused(run("report"), 1, "No run is kept yet")
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    found = read_json_output(run("report", "--json"))
    assert (found["run"]["outcome"], found["total"]) == ("done", 2)
    assert "Merging segments" in run("report").output
    page = tmp_path / "page.html"
    assert run("report", found["name"], "--html", page).exit_code == 0
    assert found["index"] in page.read_text("utf-8")
    assert_refused(run("report", "1999"), 1, "No run kept is called '1999'")


def test_the_report_of_a_run_that_failed(run: Run, files: FileSet) -> None:
    files.line("participation", rpps="1")
    assert_refused(run("reindex", "--from", files.directory), 1, "was set aside")
    result = run("report").output
    assert "Refused: the gate stayed closed" in result
    assert "While: Checking the new index" in result


def test_the_status_names_the_sources_and_the_stale_ones(run: Run, files: FileSet) -> None:
    read_json_output(
        run("reindex", "--from", files.directory, "--now", "2026-11-23T08:00:00Z", "--json")
    )
    (rpps,) = (one for one in read_json_output(run("index", "status", "--json"))["sources"])
    assert (rpps["source"], rpps["rows"]) == ("rpps", 2)
    result = run("index", "status").output
    assert ("stale" in result) is rpps["stale"]
