"""Rows set aside: counts, ratio, bounded memory, the file of what was rejected."""

from pathlib import Path

import orjson
import pytest

from indexers.quality.quarantine import MAX_RAW, SAMPLES_PER_REASON, Quarantine
from indexers.quality.reasons import EXPLANATIONS, Reason


def test_every_reason_is_explained_in_one_sentence() -> None:
    assert set(EXPLANATIONS) == set(Reason)
    assert all(text and "\n" not in text for text in EXPLANATIONS.values())


def test_only_rejected_rows_count_towards_the_ratio() -> None:
    quarantine = Quarantine("rpps")
    quarantine.read = 200
    quarantine.reject(7, Reason.COLUMN_COUNT, "a|b")
    quarantine.warn(8, Reason.KEY_CHECK_FAILED, "810100000000")
    quarantine.skip(Reason.STUDENT)
    assert quarantine.ratio == pytest.approx(0.005)
    assert quarantine.rejected == {Reason.COLUMN_COUNT: 1}
    assert quarantine.warned == {Reason.KEY_CHECK_FAILED: 1}
    assert quarantine.skipped == {Reason.STUDENT: 1}


def test_an_empty_source_has_no_ratio_to_exceed() -> None:
    assert Quarantine("rpps").ratio == 0.0


@pytest.mark.usefixtures("large_input")
def test_memory_is_bounded_and_the_file_holds_everything(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "rpps.jsonl"
    with Quarantine("rpps", path) as quarantine:
        for line in range(1, 101):
            quarantine.reject(line, Reason.TRUNCATED_LINE, "x" * (MAX_RAW + 50))
            quarantine.warn(line, Reason.NOT_UTF8, "é")
    assert len(quarantine.samples[Reason.TRUNCATED_LINE]) == SAMPLES_PER_REASON
    assert len(quarantine.samples[Reason.NOT_UTF8]) == SAMPLES_PER_REASON
    rows = [orjson.loads(text) for text in path.read_bytes().splitlines()]
    assert [row["line"] for row in rows] == list(range(1, 101))
    assert rows[0] == {
        "source": "rpps",
        "line": 1,
        "reason": "truncated_line",
        "raw": "x" * MAX_RAW,
    }


def test_a_closed_quarantine_appends_and_a_new_one_starts_over(tmp_path: Path) -> None:
    path = tmp_path / "rpps.jsonl"
    first = Quarantine("rpps", path)
    first.reject(1, Reason.COLUMN_COUNT, "a")
    first.close()
    first.reject(2, Reason.COLUMN_COUNT, "b")
    first.close()
    assert len(path.read_bytes().splitlines()) == 2
    with Quarantine("rpps", path) as second:
        second.reject(3, Reason.COLUMN_COUNT, "c")
    assert orjson.loads(path.read_bytes())["line"] == 3


def test_nothing_is_written_without_a_rejected_row(tmp_path: Path) -> None:
    path = tmp_path / "rpps.jsonl"
    with Quarantine("rpps", path) as quarantine:
        quarantine.warn(1, Reason.NOT_UTF8, "é")
    assert not path.exists()
