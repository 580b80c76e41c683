"""Marks of provenance: the source of each fact of an offer, with its day when it is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from geography.locate import OWN
from indexers.sources.finess.structure import Structure
from mappings.records import SourceMark


@dataclass(frozen=True, slots=True)
class Provenance:
    """Marks of one load. ``dates`` holds the ISO day of each published source that names it."""

    dates: Mapping[str, str]

    def mark(self, source: str) -> SourceMark:
        """The mark of a source with its day, when known."""
        return _source_mark(source, self.dates.get(source))

    def point_mark(self, source: str) -> SourceMark:
        """The mark of a point by the locator's source of it; a point of its own is of FINESS."""
        return self.mark("finess") if source == OWN else {"source": source}

    def structure_mark(self, structure: Structure) -> SourceMark:
        """The mark of a structure's own record: its last update, else the day of the file."""
        day = structure.get("updated") or self.dates.get("finess")
        return _source_mark(structure["source"], day)


def _source_mark(source: str, day: str | None) -> SourceMark:
    return {"source": source, "date": day} if day else {"source": source}
