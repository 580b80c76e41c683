"""Commands on files with a value out of bounds, or that are no files: one sentence."""

import os

import pytest

from cli.exit_codes import REFUSED
from tests.cli.commands import ANNE, Run, assert_refused, read_json_output
from tests.indexers.file_set import FileSet


@pytest.mark.parametrize(
    "ranges",
    [
        [{"start": "2026-12-01", "end": "9999-12-31"}],
        [{"start": "0900-01-01", "end": "2026-12-01"}],
        [{"start": "2026-12-01", "end": "2101-01-01"}],
    ],
)
def test_a_load_of_an_absence_without_an_end_says_so(
    run: Run, files: FileSet, ranges: list[dict[str, str]]
) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    path = files.line("absences", rpps=ANNE, ranges=ranges).directory / "absences.jsonl"
    assert_refused(run("load", "absences", path), REFUSED, "was set aside")
    done = read_json_output(run("load", "absences", path, "--accept-drift", "--json"))
    assert done["quarantine"]["absences"]["rejected"] == {"invalid_record": 1}


@pytest.mark.parametrize("name", ["absences.jsonl", "geocoded.csv", "finess-structures.json"])
def test_a_pipe_among_the_files_is_refused_in_a_sentence(
    run: Run, files: FileSet, name: str
) -> None:
    os.mkfifo(files.directory / name)
    assert_refused(run("reindex", "--from", files.directory), REFUSED, name)


def test_a_link_to_a_device_is_refused_in_a_sentence(run: Run, files: FileSet) -> None:
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    (files.directory / "cpts.jsonl").symlink_to("/dev/zero")
    assert_refused(run("reindex", "--from", files.directory), REFUSED, "outside")
    path = files.directory / "pipe.jsonl"
    os.mkfifo(path)
    assert_refused(run("load", "cpts", path), REFUSED, "no regular file")
