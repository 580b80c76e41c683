"""Two real indices compared."""

import pytest

from elastic import scan
from elastic.names import IndexName, NotAnIndexName
from indexers.changes.comparison import NothingToCompareError, compare_indices, two_sides
from indexers.changes.differences import Differences
from tests.indexers.file_set import MSP
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    TEN,
    ReindexHarness,
    many_solutions,
    two_doctors,
)


def differences(
    harness: ReindexHarness, left: str | None = None, right: str | None = None
) -> Differences:
    found = Differences()
    compare_indices(harness.es, *two_sides(harness.es, harness.prefix, left, right), found)
    return found


def ids(found: Differences) -> dict[str, list[str]]:
    sorts = {"added": found.added, "changed": found.changed, "removed": found.removed}
    return {word: [one["id"] for one in tally.examples] for word, tally in sorts.items()}


def test_the_same_files_a_day_later_differ_in_nothing(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).site(MSP, "603", "MSP DES TANNEURS")
    reindex_harness.reindex(files)
    for path in files.directory.glob("PS_LibreAcces_*"):
        path.rename(path.with_name(path.name.replace("20261122", "20261123")))
    reindex_harness.reindex(files)
    found = differences(reindex_harness)
    assert not found.has_differences
    assert found.same == 3


def test_the_previous_index_against_the_live_one(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    files = reindex_harness.files("next").doctor(ANNE, name=("DURAND", "Anne"))
    reindex_harness.reindex(files.site(MSP, "603", "MSP DES TANNEURS"), accept_drift=True)
    found = differences(reindex_harness)
    assert ids(found) == {"added": [f"finess:{MSP}"], "changed": [AT_ANNE], "removed": [AT_BRUNO]}
    (changed,) = found.changed.examples
    assert changed["fields"]["family"] == {"old": "MARTIN", "new": "DURAND"}
    assert "sources" not in changed["fields"]


def test_slots_are_counted_apart(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    reindex_harness.reindex(files)
    reindex_harness.give_slots(AT_ANNE, TEN)
    found = differences(reindex_harness)
    assert not found.has_differences
    assert (found.slots, found.same) == (1, 2)


def test_any_two_names_in_any_order(reindex_harness: ReindexHarness) -> None:
    first = reindex_harness.reindex(two_doctors(reindex_harness)).index
    reindex_harness.reindex(reindex_harness.files("next").doctor(ANNE), accept_drift=True)
    assert ids(differences(reindex_harness, reindex_harness.alias, first))["added"] == [AT_BRUNO]
    assert not differences(reindex_harness, first, first).has_differences


def test_more_offers_than_a_page(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PAGE", 7)
    reindex_harness.reindex(many_solutions(reindex_harness, "many", 40))
    reindex_harness.reindex(many_solutions(reindex_harness, "more", 44))
    found = differences(reindex_harness)
    assert (found.added.total, found.same, found.removed.total) == (4, 40, 0)


def test_what_cannot_be_compared_says_why(reindex_harness: ReindexHarness) -> None:
    with pytest.raises(NothingToCompareError, match="No previous index"):
        two_sides(reindex_harness.es, reindex_harness.prefix, None, None)
    reindex_harness.reindex(two_doctors(reindex_harness))
    with pytest.raises(NothingToCompareError, match="No index is called absent-"):
        two_sides(
            reindex_harness.es, reindex_harness.prefix, f"absent-{reindex_harness.prefix}", None
        )
    reindex_harness.reindex(two_doctors(reindex_harness))
    with pytest.raises(NothingToCompareError, match="stands for 2 indices"):
        two_sides(reindex_harness.es, reindex_harness.prefix, f"{reindex_harness.alias}-v*", None)
    with pytest.raises(NotAnIndexName):
        two_sides(
            reindex_harness.es, reindex_harness.prefix, f"{reindex_harness.prefix}-sas-locks", None
        )
    live = IndexName.parse(reindex_harness.live)
    assert two_sides(
        reindex_harness.es, reindex_harness.prefix, reindex_harness.alias, reindex_harness.live
    ) == (live, live)
