"""Files that are damaged without a row being wrong: the gate sees them, whoever accepts goes on."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.quality import gate
from indexers.quality.gate import GateClosedError
from indexers.quality.index_stats import (
    MAX_TRACKED_VALUES,
    IndexStats,
    MostFrequentCounter,
    fetch_index_stats,
)
from indexers.reindex.dry_run import dry_run
from tests.indexers.file_set import FileSet
from tests.indexers.reindex_harness import ReindexHarness

DOCTORS = 130
FEW = 10
"""Cardiologists among them, the others are general practitioners."""
HEADER = "line,postal_code,city,lat,lon,precision,score"


def practice(
    harness: ReindexHarness,
    folder: str,
    *,
    point: tuple[str, str] = ("44.5190", "3.4990"),
    skills: tuple[str, str] = ("SM54", "SM04"),
    name: Callable[[int], tuple[str, str]] = lambda n: (f"NOM{n}", f"Prenom{n}"),
) -> FileSet:
    """Doctors of Mende whose address was geocoded, as a monthly file would hold them."""
    files = harness.files(folder)
    for number in range(DOCTORS):
        skill = skills[number < FEW]
        files.doctor(f"101{number:08d}", name=name(number), skill=skill)
    row = f"12 Rue DES TANNEURS,48000,Mende,{point[0]},{point[1]},housenumber,0.95"
    (files.directory / "geocoded.csv").write_text(f"{HEADER}\n{row}\n")
    return files


SWAPPED = {
    "point": ("3.4990", "44.5190"),
    "skills": ("SM04", "SM54"),
    "name": lambda _: ("NOM", "Prenom"),
}
PROBLEMS = {
    "point": "kind professional went from 0 of 130 to 130 of 130 offers placed by their commune",
    "skills": "speciality SM54 went from 120 to 10 offers",
    "name": "at least 130 of 130 offers bear one same family name, more than 10%",
}


@pytest.mark.parametrize("damage", SWAPPED)
def test_a_damage_that_no_row_shows_stops_before_the_swap(
    reindex_harness: ReindexHarness, damage: str
) -> None:
    live = reindex_harness.reindex(practice(reindex_harness, "healthy")).index
    assert {offer["precision"] for offer in reindex_harness.offers().values()} == {"housenumber"}
    damaged = practice(reindex_harness, "damaged", **{damage: SWAPPED[damage]})  # type: ignore[arg-type]
    with pytest.raises(GateClosedError, match=PROBLEMS[damage]) as shut:
        reindex_harness.reindex(damaged)
    assert reindex_harness.indices == [live]
    assert (
        dry_run(reindex_harness.es, reindex_harness.reindex_request(damaged)).refused
        == shut.value.problems
    )
    assert reindex_harness.reindex(damaged, accept_drift=True).accepted == shut.value.problems


def test_an_index_is_counted_as_its_offers_were(reindex_harness: ReindexHarness) -> None:
    report = reindex_harness.reindex(practice(reindex_harness, "healthy").sos())
    assert fetch_index_stats(reindex_harness.es, reindex_harness.alias) == report.offers


def test_better_points_are_no_drift(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(practice(reindex_harness, "rough", point=("3.4990", "44.5190")))
    assert reindex_harness.reindex(practice(reindex_harness, "precise")).accepted == []


@pytest.mark.parametrize(
    ("new", "live", "expected"),
    [
        ((50, 130), (0, 130), False),
        ((51, 130), (0, 130), True),
        ((100, 130), (100, 130), False),
        ((1_050, 10_000), (500, 10_000), True),
        ((1_000, 10_000), (500, 10_000), False),
        ((1_000, 20_000), (500, 10_000), False),
    ],
)
def test_rougher_is_more_than_five_percent_and_more_than_fifty(
    new: tuple[int, int], live: tuple[int, int], expected: bool
) -> None:
    assert gate.is_rougher(new, live) is expected


@given(st.lists(st.integers(0, 3 * MAX_TRACKED_VALUES), max_size=3_000), st.integers(0, 300))
def test_the_commonest_is_never_overcounted_nor_missed(others: list[int], times: int) -> None:
    values: Iterable[str] = [*map(str, others), *["x"] * times]
    found = MostFrequentCounter()
    for value in values:
        found.add(value)
    true = max((len([v for v in values if v == one]) for one in {*values}), default=0)
    assert true - found.total / MAX_TRACKED_VALUES <= found.count <= true


def test_offers_without_a_fact_are_counted_without_it() -> None:
    counts = IndexStats()
    counts.add({"kind": "cpts", "department": "48"})
    assert (counts.total, counts.professions, counts.specialties) == (1, {}, {})
