"""A disk that is full: one sentence with the path and the way out, and the next command goes on."""

import tempfile
from pathlib import Path

import pytest

from tests.cli.commands import ANNE, BRUNO, Run, assert_refused, read_json_output
from tests.indexers.file_set import FileSet
from tests.small_disk import fill_disk, open_small_disk


@pytest.fixture
def big_quarantine(files: FileSet) -> FileSet:
    """Files with more damaged rows than a megabyte holds."""
    own = files.directory / "participation.jsonl"
    row = f'{{"rpps": "{ANNE}", "participation": "{"x" * 20_000}"}}\n'
    own.write_text(row * 100)
    return files


def test_a_state_folder_that_is_full(
    run: Run, big_quarantine: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_small_disk() as disk:
        monkeypatch.setenv("SAS_STATE_DIR", str(disk))
        first = run("reindex", "--from", big_quarantine.directory, "--accept-drift")
        assert_refused(first, 1, "its disk is full")
        assert str(disk / "runs") in first.output
        assert "SAS_STATE_DIR" in first.output
        assert_next_commands_go_on(run)
        fill_disk(disk)
        assert_refused(run("reindex", "--from", big_quarantine.directory), 1, "disk is full")
        assert_next_commands_go_on(run)


def assert_next_commands_go_on(run: Run) -> None:
    for words in (["report"], ["report", "--json"], ["quarantine"], ["quarantine", "--rows"]):
        done = run(*words)
        assert done.exit_code == 0, done.output
        assert "Traceback" not in done.output


def test_a_temporary_folder_that_is_full(
    run: Run, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_small_disk() as disk:
        fill_disk(disk)
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        done = run("reindex", "--from", files.directory)
        assert_refused(done, 1, "its disk is full")
        assert str(disk) in done.output
        assert "TMPDIR" in done.output
        report = run("report")
        assert (report.exit_code, str(disk) in report.output.replace("\n", "")) == (0, True)
        assert [one.name for one in disk.iterdir()] == ["filling"]


@pytest.mark.parametrize("name", ["report.json", "origin.json"])
def test_a_file_of_a_run_that_is_cut_breaks_no_command(
    run: Run, files: FileSet, tmp_path: Path, name: str
) -> None:
    files.line("participation", rpps=ANNE, participation=True)
    files.line("participation", rpps=BRUNO, participation=True)
    read_json_output(run("reindex", "--from", files.directory, "--accept-drift", "--json"))
    (kept,) = (tmp_path / "state" / "runs").glob("*/" + name)
    rows = kept.parent / "quarantine" / "participation.jsonl"
    for path in (kept, rows):
        path.write_bytes(path.read_bytes()[:-40])
    assert_next_commands_go_on(run)
    assert read_json_output(run("quarantine", "--rows", "--json"))["rows"][0]["source"]
    export = tmp_path / "rows.jsonl"
    assert run("quarantine", "--source", "participation", "--export", export).exit_code == 0
    beside = export.with_name(export.name + ".origin.json")
    beside.write_bytes(beside.read_bytes()[:-1])
    assert_refused(run("quarantine", "replay", export, "--later"), 1, "is not whole")


@pytest.mark.parametrize("file", ["/dev/full", "{disk}/page.html"])
def test_a_page_that_cannot_be_written_is_named(run: Run, files: FileSet, file: str) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    with open_small_disk() as disk:
        fill_disk(disk)
        path = file.format(disk=disk)
        assert_refused(run("report", "--html", path), 1, f"{path} cannot be written")
        generated = run("generate", "--scale", "department", "--out", disk / "set")
        assert_refused(generated, 1, f"{disk}/set/")
