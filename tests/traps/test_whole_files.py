"""Files as a whole, against the last load: cut, frozen, re-encoded, without a department, gone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from elastic.service.last_loads import SourceLoad, last_loads
from indexers.quality import gate
from indexers.quality.gate import Census
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.quality.whole_files import FileFault, FileRefusedError, Findings, check_files
from indexers.reindex.dry_run import dry_run
from tests.indexers.reindexing import ANNE, AT_ANNE, AT_BRUNO, Office, many, two_doctors
from tests.indexers.sets import NOW

TODAY = NOW.date()
LAST = SourceLoad("rpps", "PS_202611220830.txt", TODAY, 10_000, 5_000_000, "aa", NOW)
NEXT = replace(LAST, file="PS_202611230830.txt", sha256="bb")


def found(
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
    assert faults(found(replace(NEXT, **changes))) == expected  # type: ignore[arg-type]


def test_the_first_load_has_nothing_to_compare_with_but_is_not_empty() -> None:
    assert faults(found(replace(NEXT, rows=10), None)) == set()
    assert faults(found(replace(NEXT, rows=0), None)) == {FileFault.EMPTY}


def test_a_format_of_ours_may_stay_empty_and_not_become_it() -> None:
    """A department without SOS Médecins gives an empty file every day."""
    full = replace(NEXT, source="sos", file="sos.jsonl")
    none = replace(full, rows=0)
    assert faults(found(none, None)) == set()
    assert faults(found(none, none)) == set()
    assert faults(found(none, full)) == {FileFault.EMPTY}


def test_a_few_rows_fewer_are_no_cut() -> None:
    small = replace(LAST, source="participation", rows=40, bytes=900)
    assert faults(found(replace(small, rows=3, bytes=90), small)) == set()


def test_the_same_bytes_under_a_newer_day_are_told() -> None:
    """Trap 11: a warning, also for the RPPS; the same file indexed again says nothing."""
    (warning,) = found(replace(NEXT, sha256="aa")).warnings
    assert "frozen" in warning
    assert found(LAST).warnings == []


@pytest.mark.parametrize(("source", "days"), [("rpps", 8), ("finess", 36)])
def test_an_old_edition_is_told(source: str, days: int) -> None:
    old = replace(NEXT, source=source, edition=TODAY - timedelta(days=days))
    (warning,) = found(old, None).warnings
    assert f"{days} days old" in warning
    assert found(replace(old, edition=TODAY - timedelta(days=days - 1)), None).warnings == []
    assert found(replace(old, edition=None), None).warnings == []


def test_a_file_saved_again_in_another_encoding_is_refused() -> None:
    """Trap 5: one line is repaired, more than 1 % is another file."""
    aside = Quarantine("rpps")
    aside.read = 1_000
    aside.warned[Reason.NOT_UTF8] = 10
    assert faults(found(NEXT, LAST, [aside])) == set()
    aside.warned[Reason.NOT_UTF8] = 11
    assert faults(found(NEXT, LAST, [aside])) == {FileFault.MIXED_ENCODING}


def test_a_department_that_vanished_is_a_problem_whatever_the_allowance() -> None:
    live, new = Census(), Census()
    for number in range(40):
        live.add({"kind": "professional", "department": "48" if number < 12 else "30"})
        new.add({"kind": "professional", "department": "30"})
    assert gate.missing_departments(new, live) == [
        "department 48 had 12 offers and has none: a file lacks it, download it again"
    ]


def test_a_cut_file_leaves_the_live_index_and_the_last_loads(office: Office) -> None:
    """Trap 9 through the whole recipe."""
    office.reindex(many(office, "whole", 120))
    live, loads = office.live, last_loads(office.es, office.prefix)
    cut = many(office, "cut", 60)
    with pytest.raises(FileRefusedError, match="60 rows, fewer than 95% of the 120") as refused:
        office.reindex(cut)
    assert refused.value.faults == [FileFault.TRUNCATED]
    assert "download it again" in str(refused.value)
    assert any("60 rows" in why for why in dry_run(office.es, office.order(cut)).refused)
    assert (office.live, last_loads(office.es, office.prefix)) == (live, loads)
    report = office.reindex(cut, accept_drift=True)
    assert any("60 rows" in warning for warning in report.as_json()["warnings"])


def test_somebody_gone_is_gone(office: Office) -> None:
    """Trap 19."""
    office.reindex(two_doctors(office))
    assert {AT_ANNE, AT_BRUNO} == set(office.offers())
    office.reindex(office.files("next").doctor(ANNE), accept_drift=True)
    assert {AT_ANNE} == set(office.offers())
