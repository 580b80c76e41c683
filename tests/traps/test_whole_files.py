"""Files as a whole, against the last load: cut, frozen, re-encoded, without a department, gone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from indexers.quality import gate
from indexers.quality.gate import IndexStats
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.quality.whole_files import FileFault, FileRefusedError, Findings, check_files
from indexers.reindex.dry_run import dry_run
from records.trail.last_loads import SourceLoad, last_loads
from tests.indexers.file_set import NOW
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    ReindexHarness,
    many_solutions,
    two_doctors,
)

TODAY = NOW.date()
LAST = SourceLoad("rpps", "PS_202611220830.txt", TODAY, 10_000, 5_000_000, "aa", NOW)
NEXT = replace(LAST, file="PS_202611230830.txt", sha256="bb")


def check_load(
    load: SourceLoad, last: SourceLoad | None = LAST, aside: Iterable[Quarantine] = ()
) -> Findings:
    return check_files([load], {} if last is None else {last.source: last}, aside, TODAY)


def faults(findings: Findings) -> set[FileFault]:
    return {fault for _, fault in findings.faults}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"rows": 9_501, "bytes": 4_750_001}, set()),
        ({"rows": 9_499}, {FileFault.TRUNCATED}),
        ({"bytes": 4_749_999}, {FileFault.TRUNCATED}),
        ({"rows": 0}, {FileFault.EMPTY}),
        ({"file": "other_form.csv", "rows": 5, "bytes": 9}, set()),
    ],
)
def test_a_file_much_smaller_than_the_last_is_refused(
    changes: dict[str, int], expected: set[FileFault]
) -> None:
    """Trap 9; another form of a source has another size."""
    assert faults(check_load(replace(NEXT, **changes))) == expected  # type: ignore[arg-type]


def test_the_first_load_has_nothing_to_compare_with_but_is_not_empty() -> None:
    assert faults(check_load(replace(NEXT, rows=10), None)) == set()
    assert faults(check_load(replace(NEXT, rows=0), None)) == {FileFault.EMPTY}


def test_a_format_of_ours_may_stay_empty_and_not_become_it() -> None:
    """A department without SOS Médecins gives an empty file every day."""
    full = replace(NEXT, source="sos", file="sos.jsonl")
    none = replace(full, rows=0)
    assert faults(check_load(none, None)) == set()
    assert faults(check_load(none, none)) == set()
    assert faults(check_load(none, full)) == {FileFault.EMPTY}


def test_a_few_rows_fewer_are_no_cut() -> None:
    small = replace(LAST, source="participation", rows=40, bytes=900)
    assert faults(check_load(replace(small, rows=3, bytes=90), small)) == set()


def test_the_same_bytes_under_a_newer_day_are_told() -> None:
    """Trap 11: a warning, also for the RPPS; the same file indexed again says nothing."""
    (warning,) = check_load(replace(NEXT, sha256="aa")).warnings
    assert "frozen" in warning
    assert check_load(LAST).warnings == []


@pytest.mark.parametrize(("source", "days"), [("rpps", 8), ("finess", 36)])
def test_an_old_edition_is_told(source: str, days: int) -> None:
    old = replace(NEXT, source=source, edition=TODAY - timedelta(days=days))
    (warning,) = check_load(old, None).warnings
    assert f"{days} days old" in warning
    assert check_load(replace(old, edition=TODAY - timedelta(days=days - 1)), None).warnings == []
    assert check_load(replace(old, edition=None), None).warnings == []


def test_a_file_saved_again_in_another_encoding_is_refused() -> None:
    """Trap 5: one line is repaired, more than 1 % is another file."""
    aside = Quarantine("rpps")
    aside.read = 1_000
    aside.warned[Reason.NOT_UTF8] = 10
    assert faults(check_load(NEXT, LAST, [aside])) == set()
    aside.warned[Reason.NOT_UTF8] = 11
    assert faults(check_load(NEXT, LAST, [aside])) == {FileFault.MIXED_ENCODING}


def test_a_department_that_vanished_is_a_problem_whatever_the_allowance() -> None:
    live, new = IndexStats(), IndexStats()
    for number in range(40):
        live.add({"kind": "professional", "department": "48" if number < 12 else "30"})
        new.add({"kind": "professional", "department": "30"})
    assert gate.missing_departments(new, live) == [
        "department 48 had 12 offers and has none: a file lacks it, download it again"
    ]


def test_a_cut_file_leaves_the_live_index_and_the_last_loads(
    reindex_harness: ReindexHarness,
) -> None:
    """Trap 9 through the whole recipe."""
    reindex_harness.reindex(many_solutions(reindex_harness, "whole", 120))
    live, loads = reindex_harness.live, last_loads(reindex_harness.trail)
    cut = many_solutions(reindex_harness, "cut", 60)
    with pytest.raises(FileRefusedError, match="60 rows, fewer than 95% of the 120") as refused:
        reindex_harness.reindex(cut)
    assert refused.value.faults == [FileFault.TRUNCATED]
    assert "download it again" in str(refused.value)
    assert any(
        "60 rows" in why
        for why in dry_run(reindex_harness.es, reindex_harness.reindex_request(cut)).refused
    )
    assert (reindex_harness.live, last_loads(reindex_harness.trail)) == (
        live,
        loads,
    )
    report = reindex_harness.reindex(cut, accept_drift=True)
    assert any("60 rows" in warning for warning in report.as_json()["warnings"])


def test_somebody_gone_is_gone(reindex_harness: ReindexHarness) -> None:
    """Trap 19."""
    reindex_harness.reindex(two_doctors(reindex_harness))
    assert {AT_ANNE, AT_BRUNO} == set(reindex_harness.offers())
    reindex_harness.reindex(reindex_harness.files("next").doctor(ANNE), accept_drift=True)
    assert {AT_ANNE} == set(reindex_harness.offers())
