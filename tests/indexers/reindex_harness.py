"""Reindexing in a test: an order for a directory, what is live, what is left behind."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import offers_alias
from elastic.service import lock
from indexers.reindex import recipe
from indexers.reindex.recipe import ReindexRequest
from indexers.reindex.report import ReindexReport
from mappings.instants import utc_text
from records.trail.trail import Trail
from slots.stored import overlap_instants
from tests.indexers.file_set import FLORAC, NOW, FileSet, rang
from tests.records.fresh import open_fresh_records


class ReindexHarness:
    """One private corner of a node, and what a data team does there."""

    def __init__(self, es: Elasticsearch, prefix: str, folder: Path) -> None:
        self.es = es
        self.prefix = prefix
        self.alias = offers_alias(prefix)
        self.trail = Trail(open_fresh_records(folder / "state"), prefix)
        self._folder = folder
        self._runs = 0

    def files(self, name: str = "in") -> FileSet:
        """A new empty directory of files."""
        return FileSet(self._folder / name)

    def reindex_request(self, files: FileSet, **changes: Any) -> ReindexRequest:
        """The order to index a directory."""
        self._runs += 1
        run = self._folder / f"run-{self._runs}"
        run.mkdir()
        settings = {"now": NOW, "run": run, "started": datetime.now(UTC), "trail": self.trail}
        return ReindexRequest(files.directory, **{**settings, **changes})

    def reindex(self, files: FileSet, **changes: Any) -> ReindexReport:
        """Reindex a directory."""
        return recipe.reindex(self.es, self.reindex_request(files, **changes))

    @property
    def live(self) -> str:
        """Name of the live index."""
        return str(lifecycle.live_index(self.es, self.alias))

    @property
    def indices(self) -> list[str]:
        """Every index of offers, live or not."""
        return sorted(str(name) for name in lifecycle.all_indices(self.es, self.alias))

    def offers(self) -> dict[str, dict[str, Any]]:
        """The live offers by id."""
        self.es.indices.refresh(index=self.alias)
        hits = self.es.search(index=self.alias, size=1_000)["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in hits}

    def give_slots(self, offer_id: str, *slots: Any) -> None:
        """Write slots straight to the live index, as an import does."""
        self.es.update(index=self.alias, id=offer_id, doc={"slots": list(slots)}, refresh=True)


def slot(key: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    """A stored PUBLIC slot of an editor."""
    return {
        "id": key,
        "start": start,
        "end": end,
        "overlap_instants": overlap_instants(start, end),
        "types": ["PUBLIC"],
        "declared_types": ["PUBLIC"],
        "source": "acme",
        "received_at": utc_text(NOW),
        **fields,
    }


TEN = slot("acme:1", "2026-11-23T10:00:00Z", "2026-11-23T10:20:00Z")
OVER = slot("acme:0", "2026-11-23T07:00:00Z", "2026-11-23T07:20:00Z")
"""One slot to come and one that ended before ``NOW``."""


ANNE, BRUNO = "10100000016", "10100000024"
AT_ANNE, AT_BRUNO = f"rpps:{ANNE}@4{rang(ANNE)}", f"rpps:{BRUNO}@4{rang(BRUNO)}"
"""Two doctors, and their offers."""


def two_doctors(harness: ReindexHarness) -> FileSet:
    """One of Mende, one of Florac."""
    return harness.files().doctor(ANNE).doctor(BRUNO, FLORAC)


def many_solutions(harness: ReindexHarness, name: str, count: int) -> FileSet:
    """So many solutions of one department."""
    files = harness.files(name)
    for number in range(count):
        files.line(
            "solutions",
            key=f"k{number}",
            editor="acme",
            name=f"Acme {number}",
            link="https://acme.example",
            departments=["48"],
        )
    return files


def assert_untouched(harness: ReindexHarness, live: str, offers: dict[str, Any]) -> None:
    """The live index is the only one and as it was; no lock is left."""
    assert harness.indices == [live]
    assert harness.live == live
    assert harness.offers() == offers
    with lock.open_lock(harness.es, recipe.LOCK, prefix=harness.prefix):
        pass


class RunKilled(BaseException):
    """Nothing more of the run happens."""


def kill_run(*arguments: Any) -> None:
    """In place of a stage: the run ends there, as a killed one does."""
    raise RunKilled
