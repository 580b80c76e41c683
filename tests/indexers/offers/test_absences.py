"""Absences: whole days of the place become instants, for three ranges at most."""

from pathlib import Path
from typing import Any

import pytest

from indexers.offers.absences import absence_fields, day_range
from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from mappings.formats import Absence, DayRange
from tests.indexers.file_set import CAYENNE, FLORAC, MSP, FileSet, rang

ANNE, BRUNO = "10100000016", "10100000024"
DAY = {"start": "2026-11-24", "end": "2026-11-24"}


def days(start: str, end: str) -> DayRange:
    return DayRange.model_validate({"start": start, "end": end})


@pytest.mark.parametrize(
    ("zone", "start", "end", "gte", "lt"),
    [
        ("Europe/Paris", "2026-11-24", "2026-11-24", "2026-11-23T23", "2026-11-24T23"),
        ("Europe/Paris", "2026-07-01", "2026-07-03", "2026-06-30T22", "2026-07-03T22"),
        ("Indian/Reunion", "2026-11-24", "2026-11-24", "2026-11-23T20", "2026-11-24T20"),
        ("America/Cayenne", "2026-11-24", "2026-11-24", "2026-11-24T03", "2026-11-25T03"),
        # 29 March 2026 has 23 hours in Paris, 25 October 25.
        ("Europe/Paris", "2026-03-29", "2026-03-29", "2026-03-28T23", "2026-03-29T22"),
        ("Europe/Paris", "2026-10-25", "2026-10-25", "2026-10-24T22", "2026-10-25T23"),
    ],
)
def test_days_of_the_place_as_instants(zone: str, start: str, end: str, gte: str, lt: str) -> None:
    assert day_range(days(start, end), zone) == {"gte": f"{gte}:00:00Z", "lt": f"{lt}:00:00Z"}


def test_ranges_of_several_lines_are_sorted_and_told_once() -> None:
    first, second = days("2026-12-24", "2026-12-26"), days("2026-11-24", "2026-11-24")
    everywhere = Absence(rpps=ANNE, ranges=[first])
    here = Absence(rpps=ANNE, idnst=f"4{rang(ANNE)}", ranges=[second, first])
    found = absence_fields([everywhere, here], "Europe/Paris")
    assert [one["gte"] for one in found["absences"]] == [
        "2026-11-23T23:00:00Z",
        "2026-12-23T23:00:00Z",
    ]
    assert "always_absent" not in found


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path).doctor(ANNE).doctor(ANNE, FLORAC, practice=rang(ANNE, 2))


def test_an_absence_at_one_place_leaves_the_others(files: FileSet) -> None:
    files.line("absences", rpps=ANNE, idnst=f"4{rang(ANNE)}", ranges=[DAY])
    offers = files.offers()
    assert "absences" in offers[f"rpps:{ANNE}@4{rang(ANNE)}"]
    assert "absences" not in offers[f"rpps:{ANNE}@4{rang(ANNE, 2)}"]


def test_an_absence_without_place_holds_everywhere(files: FileSet) -> None:
    files.line("absences", rpps=ANNE, ranges=[DAY])
    assert all("absences" in offer for offer in files.offers().values())


def test_until_further_notice(files: FileSet) -> None:
    offers = files.line("absences", rpps=ANNE, always=True).offers()
    assert all(offer["always_absent"] is True for offer in offers.values())


def test_the_zone_is_that_of_the_place(tmp_path: Path) -> None:
    files = FileSet(tmp_path).doctor(ANNE, CAYENNE).line("absences", rpps=ANNE, ranges=[DAY])
    assert files.only()["absences"] == [
        {"gte": "2026-11-24T03:00:00Z", "lt": "2026-11-25T03:00:00Z"}
    ]


def test_a_structure_is_absent_by_its_finess(files: FileSet) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS").line("absences", finess=MSP, ranges=[DAY])
    offers = files.offers()
    assert "absences" in offers[f"finess:{MSP}"]
    assert "absences" not in offers[f"rpps:{ANNE}@4{rang(ANNE)}"]


@pytest.mark.proves("F037")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ranges": [DAY] * 4}, "ranges"),
        ({"ranges": [{"start": "2026-11-25", "end": "2026-11-24"}]}, "ranges.0"),
    ],
)
def test_a_fourth_range_and_an_end_before_its_start_are_refused(
    files: FileSet, wrong: dict[str, Any], field: str
) -> None:
    quarantines = Quarantines()
    offers = files.line("absences", rpps=ANNE, **wrong).offers(quarantines)
    assert all("absences" not in offer for offer in offers.values())
    (row,) = quarantines.get_quarantine("absences").samples[Reason.INVALID_RECORD]
    assert row.line == 1
    assert row.detail.startswith(f"{field}: ")


@pytest.mark.proves("F037")
def test_three_ranges_are_accepted(files: FileSet) -> None:
    ranges = [{"start": f"2026-12-{day}", "end": f"2026-12-{day}"} for day in ("01", "08", "15")]
    offers = files.line("absences", rpps=ANNE, ranges=ranges).offers()
    assert all(len(offer["absences"]) == 3 for offer in offers.values())
