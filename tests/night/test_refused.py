"""Nights that go wrong: the exit code and the sentence, the live index as it was, a next run."""

import os
import signal
from collections.abc import Callable

from tests.indexers.file_set import ACTIVITIES, FileSet
from tests.indexers.reindex_harness import assert_untouched
from tests.night.conftest import (
    CommandRunner,
    CrashHarness,
    fill_register,
    reindex_command,
)
from tests.night.tcp_proxy import TcpProxy
from tests.suite.waiting import wait_for

DOCTORS, MANY = 60, 120
"""Of a file; of one whose cut is more than the fifty rows that are never one."""


def test_of_two_loads_at_once_one_works_and_one_is_told_who_does(
    crash_harness: CrashHarness,
) -> None:
    files = fill_register(crash_harness, "in", DOCTORS)
    crash_harness.reindex(files)
    first, second = crash_harness.start_runner(), crash_harness.start_runner()
    pid = first.start(*reindex_command(files))
    wait_for(crash_harness.is_locked)
    os.kill(pid, signal.SIGSTOP)
    code, output = second.run(*reindex_command(files))
    os.kill(pid, signal.SIGCONT)
    assert code == 3, output
    assert "Lock 'offers' is held by" in output
    assert f":{pid} since" in output
    assert first.end()[0] == 0
    assert second.run(*reindex_command(files))[0] == 0


def test_elasticsearch_gone_in_the_middle_is_code_3_and_the_next_run_cleans_up(
    crash_harness: CrashHarness,
) -> None:
    files = fill_register(crash_harness, "in", DOCTORS)
    crash_harness.reindex(files)
    live, offers = crash_harness.live, crash_harness.offers()
    with TcpProxy(crash_harness.environment["SAS_ELASTICSEARCH_URL"]) as way:
        way.cut_at(b"/_bulk")
        code, output = crash_harness.start_runner(SAS_ELASTICSEARCH_URL=way.url).run(
            *reindex_command(files)
        )
    assert way.is_cut
    assert code == 3, output
    assert "Elasticsearch cannot be reached" in output
    assert "Traceback" not in output
    assert (crash_harness.live, crash_harness.offers()) == (live, offers)
    assert len(crash_harness.indices) == 2
    assert crash_harness.leftover_files() == []
    code, output = crash_harness.start_runner().run(*reindex_command(files))
    assert code == 0, output
    assert crash_harness.indices == sorted([live, crash_harness.live])
    assert not crash_harness.is_locked()


def lines(files: FileSet, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """The register with its lines changed, the header being the first."""
    path = files.directory / ACTIVITIES
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def unknown_keys(files: FileSet) -> None:
    """A FINESS+ document of another shape."""
    (files.directory / "finess-structures.json").write_bytes(b'{"etablissements": []}')


DAMAGES: dict[str, tuple[Callable[[FileSet], object], str]] = {
    "without rows": (lambda files: lines(files, lambda rows: rows[:1]), "holds no row of rpps"),
    "of no byte": (lambda files: lines(files, lambda rows: []), ACTIVITIES),
    "cut": (lambda files: lines(files, lambda rows: rows[:20]), "fewer than 95%"),
    "of other columns": (
        lambda files: lines(files, lambda rows: [rows[0].replace(b"Nom d'", b"Le "), *rows[1:]]),
        "is missing",
    ),
    "in two encodings": (
        lambda files: lines(
            files, lambda rows: [*rows[:9], *(row.replace(b"NOM", b"N\xe9M") for row in rows[9:])]
        ),
        "UTF-8",
    ),
    "without a department": (
        lambda files: lines(files, lambda rows: [r.replace(b"|48", b"|30") for r in rows]),
        "department 48 had",
    ),
    "of unknown keys": (unknown_keys, "finess-structures.json"),
}


def run_refused(harness: CrashHarness, runner: CommandRunner, *words: object) -> str:
    """What a refused reindex prints; the live index and its offers are as they were."""
    live, offers = harness.live, harness.offers()
    code, output = runner.run(*words)
    assert code == 1, output
    assert "Traceback" not in output
    assert_untouched(harness, live, offers)
    return output.replace("\n", " ")


def test_a_damaged_file_is_code_1_and_the_live_index_is_as_it_was(
    crash_harness: CrashHarness,
) -> None:
    crash_harness.reindex(fill_register(crash_harness, "in", MANY))
    runner = crash_harness.start_runner()
    mute = {}
    for damage, (make, sentence) in DAMAGES.items():
        files = fill_register(crash_harness, damage.replace(" ", "-"), MANY)
        make(files)
        output = run_refused(crash_harness, runner, *reindex_command(files))
        if sentence not in output:
            mute[damage] = output
    assert mute == {}


def test_fewer_documents_than_the_floor_or_the_live_ones_are_never_swapped_in(
    crash_harness: CrashHarness,
) -> None:
    """The fewer ones within the fifty rows that a file may lose, and yet under 95 % of them."""
    files = fill_register(crash_harness, "in", DOCTORS)
    crash_harness.reindex(files)
    runner = crash_harness.start_runner()
    floor = run_refused(crash_harness, runner, *reindex_command(files, "--floor", DOCTORS + 1))
    assert f"{DOCTORS} offers where at least {DOCTORS + 1} are needed" in floor
    fewer = fill_register(crash_harness, "fewer", DOCTORS - 4)
    drift = run_refused(crash_harness, runner, *reindex_command(fewer))
    assert f"{DOCTORS - 4} offers, fewer than 95% of the live {DOCTORS}" in drift
