"""A dry run names exactly what the reindex after it changes."""

from collections import Counter
from pathlib import Path
from typing import Any

from elastic.scan import scan
from indexers.changes.comparison import compare_indices, two_sides
from indexers.changes.differences import Differences
from indexers.reindex.dry_run import dry_run
from simulation.recipe import Options, generate_dataset
from simulation.scales import ScaleName
from tests.indexers.file_set import MSP, NOW, FileSet
from tests.indexers.reindex_harness import (
    AT_ANNE,
    AT_BRUNO,
    BRUNO,
    TEN,
    ReindexHarness,
    two_doctors,
)

ALL = 100_000
CHLOE = "10100000032"


def dry_run_differences(harness: ReindexHarness, files: FileSet, **changes: Any) -> dict[str, Any]:
    """The differences that a dry run tells, each offer named; nothing may be written by it."""
    before = harness.indices
    report = dry_run(harness.es, harness.reindex_request(files, **changes), examples=ALL)
    assert harness.indices == before
    assert report.differences is not None
    return report.differences.as_json()


def live_differences(harness: ReindexHarness) -> dict[str, Any]:
    """The same of the live index against the previous one."""
    found = Differences(max_examples=ALL)
    compare_indices(harness.es, *two_sides(harness.es, harness.prefix, None, None), found)
    return found.as_json()


def ids_by_change(differences: dict[str, Any]) -> dict[str, list[str]]:
    """The ids of each sort of change."""
    sorts = ("added", "changed", "removed")
    return {word: sorted(one["id"] for one in differences[word]["examples"]) for word in sorts}


def assert_same_changes(left: dict[str, Any], right: dict[str, Any]) -> None:
    """Both tell the same changes, whatever the order of their examples."""
    for word in ("added", "changed", "removed"):
        assert left[word].pop("total") == right[word].pop("total")
        examples = [
            sorted(side[word].pop("examples"), key=lambda e: e["id"]) for side in (left, right)
        ]
        assert examples[0] == examples[1]
        assert left[word] == right[word]
    assert left["same"] == right["same"]


def test_without_a_live_index_every_offer_is_added(reindex_harness: ReindexHarness) -> None:
    result = dry_run_differences(reindex_harness, two_doctors(reindex_harness))
    assert ids_by_change(result) == {"added": [AT_ANNE, AT_BRUNO], "changed": [], "removed": []}


def test_the_same_files_change_nothing(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).site(MSP, "603", "MSP DES TANNEURS").sos()
    reindex_harness.reindex(files)
    reindex_harness.give_slots(AT_ANNE, TEN)
    result = dry_run_differences(reindex_harness, files)
    assert ids_by_change(result) == {"added": [], "changed": [], "removed": []}
    assert result["same"] == 4


def test_a_place_that_only_editors_know_is_not_told_as_removed(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    elsewhere = {"line": "9 rue du Pont", "postal_code": "48000", "city": "Mende"}
    files.line(
        "agenda",
        slot="1",
        start="2026-11-23T10:00:00Z",
        end="2026-11-23T10:20:00Z",
        types=["SNP"],
        practitioner={"idnps": f"8{BRUNO}"},
        place=elsewhere,
    )
    report = reindex_harness.reindex(files)
    assert report.slots["places_created"] == 1
    assert ids_by_change(dry_run_differences(reindex_harness, files)) == {
        "added": [],
        "changed": [],
        "removed": [],
    }


class Register:
    """The rows of activity of a generated set, changed by hand."""

    def __init__(self, folder: Path) -> None:
        (self.path,) = folder.glob("PS_LibreAcces_Personne_activite_*")
        head, *self.rows = self.path.read_text("utf-8").splitlines()
        self.columns = head.split("|")

    def people(self, live: dict[str, dict[str, Any]]) -> list[str]:
        """RPPS of those who have one row and one live offer."""
        rows = Counter(self._cells(row)["Identifiant PP"] for row in self.rows)
        offers = Counter(offer.get("rpps") for offer in live.values())
        return sorted(rpps for rpps, count in rows.items() if count == 1 == offers[rpps])

    def change(self, rpps: str, **values: str) -> None:
        """Change cells of the only row of a person."""
        self.rows = [self._change_row(row, rpps, values) for row in self.rows]

    def drop(self, rpps: str) -> None:
        """Take the person off the register."""
        self.rows = [row for row in self.rows if self._cells(row)["Identifiant PP"] != rpps]

    def copy(self, rpps: str, **values: str) -> None:
        """One more person, who is as this one but for these cells."""
        (row,) = (row for row in self.rows if self._cells(row)["Identifiant PP"] == rpps)
        self.rows.append(self._change_row(row, rpps, values))

    def write(self) -> None:
        """Write the file again."""
        lines = ["|".join(self.columns), *self.rows]
        self.path.write_text("\n".join(lines) + "\n", "utf-8")

    def _cells(self, row: str) -> dict[str, str]:
        return dict(zip(self.columns, row.split("|"), strict=True))

    def _change_row(self, row: str, rpps: str, values: dict[str, str]) -> str:
        cells = self._cells(row)
        if cells["Identifiant PP"] != rpps:
            return row
        return "|".join(
            {**cells, **{COLUMNS[key]: value for key, value in values.items()}}.values()
        )


COLUMNS = {
    "person": "Identifiant PP",
    "national": "Identification nationale PP",
    "family": "Nom d'exercice",
    "number": "Numéro Voie (coord. structure)",
}


def without_conventions(folder: Path) -> None:
    """Whose a contract is hangs on who else bears the name in town: a change would reach them."""
    for path in folder.glob("liste-ps*"):
        path.unlink()


def test_known_changes_of_a_whole_department_are_named_and_nothing_else(
    reindex_harness: ReindexHarness, tmp_path: Path
) -> None:
    """One renamed, one moved, one gone, one new; then the reindex does just that."""
    folder = tmp_path / "48"
    generate_dataset(Options(ScaleName.DEPARTMENT, 1, NOW, ("48",), 0.0), folder)
    without_conventions(folder)
    files = FileSet(folder)
    reindex_harness.reindex(files)
    register = Register(folder)
    live = {
        hit["_id"]: hit["_source"]
        for hit in scan(reindex_harness.es, reindex_harness.alias, {"match_all": {}})
    }
    renamed, moved, gone, twin = register.people(live)[10:14]
    at = {offer["rpps"]: key for key, offer in live.items() if "rpps" in offer}
    register.change(renamed, family="ZYWIEC")
    register.change(moved, number="9999")
    register.drop(gone)
    register.copy(twin, person=CHLOE, national=f"8{CHLOE}")
    register.write()
    result = dry_run_differences(reindex_harness, files)
    names = ids_by_change(result)
    assert (names["changed"], names["removed"]) == (sorted([at[renamed], at[moved]]), [at[gone]])
    (new,) = names["added"]
    assert new.startswith(f"rpps:{CHLOE}@")
    fields = {one["id"]: one["fields"] for one in result["changed"]["examples"]}
    assert fields[at[renamed]]["family"]["new"] == "ZYWIEC"
    assert "lines" in fields[at[moved]]
    assert "family" not in fields[at[moved]]
    reindex_harness.reindex(files)
    assert_same_changes(result, live_differences(reindex_harness))
