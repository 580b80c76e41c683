"""What a run leaves behind: when, how long each stage took, what it counted, where it stopped."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from indexers.loads.source_load import LoadRequest, load_source
from indexers.quality.gate import GateClosedError
from indexers.reindex import recipe
from indexers.reindex.dry_run import dry_run
from indexers.runs import folder
from indexers.runs.interruption import InterruptedRunError
from indexers.runs.progress import ProgressListener
from indexers.runs.record import record_run
from indexers.runs.stage_times import StageTimes, peak_memory_bytes
from tests.indexers.file_set import MSP, NOW
from tests.indexers.reindex_harness import ReindexHarness, two_doctors

TO_SWAP = [
    "Taking the lock",
    "Reading the files",
    "Reading, joining and writing offers",
    "Giving slots to their offers",
    "Merging segments",
    "Checking the new index",
    "Swapping the alias",
]


def test_a_reindex_keeps_when_how_long_and_what(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).site(MSP, "603", "MSP DES TANNEURS")
    order = reindex_harness.reindex_request(files)
    recipe.reindex(reindex_harness.es, order)
    kept = folder.read_report(order.run)
    run = kept["run"]
    assert (run["command"], run["outcome"]) == ("reindex", "done")
    assert list(run["stages"]) == TO_SWAP
    assert sum(run["stages"].values()) == pytest.approx(run["seconds"], abs=0.5)
    assert run["started"] <= run["ended"]
    assert run["peak_memory_bytes"] > 10_000_000
    assert "error" not in run
    assert kept["departments"] == {"48": {"live": 0, "new": 3}}
    assert kept["professions"] == {"10": {"live": 0, "new": 2}}
    assert kept["live_total"] is None


def test_counts_stand_beside_those_of_the_live_index(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    order = reindex_harness.reindex_request(
        reindex_harness.files("next").doctor("10100000016"), accept_drift=True
    )
    recipe.reindex(reindex_harness.es, order)
    kept = folder.read_report(order.run)
    assert kept["departments"] == {"48": {"live": 2, "new": 1}}
    assert kept["professions"] == {"10": {"live": 2, "new": 1}}
    assert (kept["live_total"], kept["total"]) == (2, 1)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RuntimeError("boom"), "failed"),
        (InterruptedRunError(15), "stopped"),
        (GateClosedError(["too few"], ""), "refused"),
    ],
)
def test_a_run_that_fails_says_where_it_stopped(
    reindex_harness: ReindexHarness,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    outcome: str,
) -> None:
    def fails(*arguments: Any) -> None:
        raise error

    monkeypatch.setattr(recipe.lifecycle, "force_merge", fails)
    order = reindex_harness.reindex_request(two_doctors(reindex_harness))
    with pytest.raises(type(error)):
        recipe.reindex(reindex_harness.es, order)
    kept = folder.read_report(order.run)
    assert kept["run"]["outcome"] == outcome
    assert kept["run"]["stopped_at"] == "Merging segments"
    assert kept["run"]["error"]["kind"] == type(error).__name__
    assert str(error) in kept["run"]["error"]["sentence"]
    assert kept["total"] == 2


def test_a_dry_run_is_kept_and_says_that_it_would_be_refused(
    reindex_harness: ReindexHarness,
) -> None:
    order = reindex_harness.reindex_request(two_doctors(reindex_harness), floor=3)
    dry_run(reindex_harness.es, order)
    kept = folder.read_report(order.run)
    assert (kept["run"]["command"], kept["run"]["outcome"]) == ("reindex --dry-run", "refused")
    assert kept["refused"] == ["2 offers where at least 3 are needed"]


@pytest.mark.parametrize("lines", ["", '{"rpps": "1", "participation": true}\n'])
def test_a_load_that_is_refused_leaves_a_report(
    reindex_harness: ReindexHarness, tmp_path: Path, lines: str
) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    path, run = tmp_path / "participation.jsonl", tmp_path / "load"
    path.write_text(lines)
    with pytest.raises((GateClosedError, ValueError)):
        load_source(
            reindex_harness.es, LoadRequest("participation", path, NOW, run, reindex_harness.trail)
        )
    kept = folder.read_report(run)
    assert kept["run"]["command"] == "load participation"
    assert kept["run"]["stopped_at"] == "Loading participation"
    assert kept["quarantine"]["participation"]["read"] == (1 if lines else 0)


def test_a_report_that_cannot_be_kept_hides_no_failure(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    clock = lambda: NOW  # noqa: E731
    with (
        pytest.raises(RuntimeError, match="boom") as failed,
        record_run(tmp_path / "run", "reindex", ProgressListener(), clock, dict),
    ):
        raise RuntimeError("boom")
    assert "could not be kept" in failed.value.__notes__[0]
    with (
        pytest.raises(OSError),
        record_run(tmp_path / "run", "reindex", ProgressListener(), clock, dict),
    ):
        pass


def test_seconds_are_counted_by_stage() -> None:
    ticks = itertools.count(0, 10)
    times = StageTimes(lambda: next(ticks))
    assert times.current is None
    assert times.seconds() == {}
    ticks = itertools.count(0, 10)
    for stage in ("read", "write", "read"):
        times.begin(stage)
    times.end()
    assert times.current == "read"
    assert times.seconds() == {"read": 20, "write": 10}


@pytest.mark.usefixtures("large_input")
def test_memory_is_counted_in_bytes() -> None:
    before = peak_memory_bytes()
    held = bytearray(before + 50_000_000)
    held[::4096] = b"x" * len(held[::4096])
    assert peak_memory_bytes() >= before + 40_000_000
