"""Every trap through the pipeline that a load uses: what comes out, and with which reason."""

from pathlib import Path

import pytest

from geography.locate import Location, locate
from geography.reasons import Refusal
from indexers.offers.locating import structure_request
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import EXPLANATIONS, Reason
from indexers.runs.folder import Quarantines
from indexers.sources.finess import read_structures
from slots.matching.matching import build_offer_index
from tests.indexers.file_set import CPTS, NOW, FileSet
from tests.slots.loading.test_directory import slots_from_directory
from tests.traps.cases import CASES
from tests.traps.rows import FINESS_FILE, TrapCase, TrapOutcome, slot

TRAPS = range(1, 61)


def cases(*outcomes: TrapOutcome) -> list[object]:
    """The cases with these outcomes, named for the report."""
    chosen = [case for case in CASES if case.outcome in outcomes]
    return [pytest.param(case, id=f"{case.number}-{case.name}") for case in chosen]


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path / "in")


def test_every_trap_has_a_case() -> None:
    assert {case.number for case in CASES} == set(TRAPS)


def test_every_reason_of_a_case_is_explained() -> None:
    result = {
        case.reason for case in CASES if case.outcome.value in {"warned", "rejected", "skipped"}
    }
    assert result - {""} <= {reason.value for reason in EXPLANATIONS}


@pytest.mark.parametrize("case", cases(TrapOutcome.KEPT))
def test_kept_or_repaired(case: TrapCase, files: FileSet) -> None:
    found, quarantines = _offers(case, files)
    assert all(not quarantine.rejected for quarantine in quarantines)
    _as_expected(case, found)


@pytest.mark.parametrize(
    "case", cases(TrapOutcome.WARNED, TrapOutcome.SKIPPED, TrapOutcome.REJECTED)
)
def test_told_with_its_reason(case: TrapCase, files: FileSet) -> None:
    found, quarantines = _offers(case, files)
    aside = quarantines.get_quarantine(case.source)
    counts = getattr(aside, case.outcome.value)
    assert counts[Reason(case.reason)] == 1, counts
    _as_expected(case, found)


@pytest.mark.parametrize("case", cases(TrapOutcome.REFUSED))
def test_the_whole_file_is_refused(case: TrapCase, files: FileSet) -> None:
    assert case.error is not None
    case.make(files)
    with pytest.raises(case.error) as refused:
        files.offers()
    assert len(str(refused.value)) > 30


@pytest.mark.parametrize("case", cases(TrapOutcome.POINT))
def test_points(case: TrapCase, files: FileSet) -> None:
    case.make(files)
    (site,) = read_structures(files.directory / FINESS_FILE, Quarantine("finess"))
    request = structure_request(site, frozenset())
    found = locate(request.address, request.points, request.ban_key)
    assert isinstance(found, Location)
    assert case.reason in (*found.reasons, "")
    refused = case.reason in {refusal.value for refusal in Refusal}
    assert (found.source == "gazetteer") is refused


@pytest.mark.parametrize("case", cases(TrapOutcome.SLOT))
def test_slots(case: TrapCase, files: FileSet) -> None:
    case.make(files)
    found = slots_from_directory(files.directory, build_offer_index(files.offers().values()), NOW)
    result = {**found.rejected, **found.unmatched}
    assert result == ({case.reason: 1} if case.reason else {})
    assert sum(map(len, found.slots.values())) == (0 if case.reason else 1)


def _offers(case: TrapCase, files: FileSet) -> tuple[list[dict[str, object]], Quarantines]:
    case.make(files)
    quarantines = Quarantines()
    return [dict(offer) for offer in files.offers(quarantines).values()], quarantines


def _as_expected(case: TrapCase, found: list[dict[str, object]]) -> None:
    assert len(found) == case.count
    for offer in found[:1]:
        assert {name: offer.get(name) for name in case.fields} == dict(case.fields)


def test_the_cpts_of_a_slot_is_read_without_its_prefix(files: FileSet) -> None:
    """Trap 60: the FINESS of a CPTS is the same with its 1 and without."""
    for number, finess in enumerate((CPTS, f"1{CPTS}")):
        start = f"2026-11-23T1{number}:00:00Z"
        end = f"2026-11-23T1{number}:20:00Z"
        slot(slot=f"s{number}", start=start, end=end, cpts=[{"finess": finess}])(files)
    found = slots_from_directory(files.directory, build_offer_index(files.offers().values()), NOW)
    (stored,) = found.slots.values()
    assert [one["cpts"] for one in stored] == [[CPTS], [CPTS]]
