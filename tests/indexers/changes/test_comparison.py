"""Two real indices compared."""

import pytest

from elastic import scan
from elastic.names import IndexName, NotAnIndexName
from indexers.changes.comparison import NothingToCompareError, compare_indices, two_sides
from indexers.changes.differences import Differences
from tests.indexers.reindexing import ANNE, AT_ANNE, AT_BRUNO, TEN, Office, many, two_doctors
from tests.indexers.sets import MSP


def differences(office: Office, left: str | None = None, right: str | None = None) -> Differences:
    found = Differences()
    compare_indices(office.es, *two_sides(office.es, office.prefix, left, right), found)
    return found


def ids(found: Differences) -> dict[str, list[str]]:
    sorts = {"added": found.added, "changed": found.changed, "removed": found.removed}
    return {word: [one["id"] for one in tally.examples] for word, tally in sorts.items()}


def test_the_same_files_a_day_later_differ_in_nothing(office: Office) -> None:
    files = two_doctors(office).site(MSP, "603", "MSP DES TANNEURS")
    office.reindex(files)
    for path in files.directory.glob("PS_LibreAcces_*"):
        path.rename(path.with_name(path.name.replace("20261122", "20261123")))
    office.reindex(files)
    found = differences(office)
    assert not found.any
    assert found.same == 3


def test_the_previous_index_against_the_live_one(office: Office) -> None:
    office.reindex(two_doctors(office))
    files = office.files("next").doctor(ANNE, name=("DURAND", "Anne"))
    office.reindex(files.site(MSP, "603", "MSP DES TANNEURS"), accept_drift=True)
    found = differences(office)
    assert ids(found) == {"added": [f"finess:{MSP}"], "changed": [AT_ANNE], "removed": [AT_BRUNO]}
    (changed,) = found.changed.examples
    assert changed["fields"]["family"] == {"old": "MARTIN", "new": "DURAND"}
    assert "sources" not in changed["fields"]


def test_slots_are_counted_apart(office: Office) -> None:
    files = two_doctors(office)
    office.reindex(files)
    office.reindex(files)
    office.give_slots(AT_ANNE, TEN)
    found = differences(office)
    assert not found.any
    assert (found.slots, found.same) == (1, 2)


def test_any_two_names_in_any_order(office: Office) -> None:
    first = office.reindex(two_doctors(office)).index
    office.reindex(office.files("next").doctor(ANNE), accept_drift=True)
    assert ids(differences(office, office.alias, first))["added"] == [AT_BRUNO]
    assert not differences(office, first, first).any


def test_more_offers_than_a_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "PAGE", 7)
    office.reindex(many(office, "many", 40))
    office.reindex(many(office, "more", 44))
    found = differences(office)
    assert (found.added.total, found.same, found.removed.total) == (4, 40, 0)


def test_what_cannot_be_compared_says_why(office: Office) -> None:
    with pytest.raises(NothingToCompareError, match="No previous index"):
        two_sides(office.es, office.prefix, None, None)
    office.reindex(two_doctors(office))
    with pytest.raises(NothingToCompareError, match="No index is called absent-"):
        two_sides(office.es, office.prefix, f"absent-{office.prefix}", None)
    office.reindex(two_doctors(office))
    with pytest.raises(NothingToCompareError, match="stands for 2 indices"):
        two_sides(office.es, office.prefix, f"{office.alias}-v*", None)
    with pytest.raises(NotAnIndexName):
        two_sides(office.es, office.prefix, f"{office.prefix}-sas-audit", None)
    live = IndexName.parse(office.live)
    assert two_sides(office.es, office.prefix, office.alias, office.live) == (live, live)
