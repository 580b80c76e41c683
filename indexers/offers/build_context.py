"""What every builder of offers is given: the other sources, the day, the locator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from geography.locate import OWN, Locator
from indexers.offers.locating import CrowdedPoints
from indexers.offers.participation import msp_with_members
from indexers.offers.places import PracticePlace
from indexers.offers.settings import OwnSources
from indexers.quality.quarantine import Quarantine
from indexers.runs.folder import Quarantines
from indexers.sources.ameli.conventions import Conventions
from indexers.sources.finess.structure import Structure, is_open
from indexers.sources.staging_store import StagingStore
from mappings.records import SourceMark


@dataclass(frozen=True)
class BuildContext:
    """The context of one load. ``dates`` has the day of each published source, if it tells it."""

    own: OwnSources
    staging_store: StagingStore
    locator: Locator
    today: date
    quarantines: Quarantines
    dates: Mapping[str, str]
    crowded: CrowdedPoints = frozenset()
    conventions: Conventions | None = None

    @cached_property
    def msp(self) -> frozenset[str]:
        """FINESS of the MSP that at least one professional takes part through."""
        return msp_with_members(self.own.participation.values())

    def quarantine(self, source: str) -> Quarantine:
        """The quarantine of a source."""
        return self.quarantines.get_quarantine(source)

    def mark(self, source: str) -> SourceMark:
        """The mark of a source with its day, when known; one object for all offers, to be read."""
        found = self._marks.get(source)
        if found is None:
            day = self.dates.get(source)
            found = {"source": source, "date": day} if day else {"source": source}
            self._marks[source] = found
        return found

    @cached_property
    def _marks(self) -> dict[str, SourceMark]:
        return {}

    def point_mark(self, source: str) -> SourceMark:
        """The mark of a point by the locator's word for it; a source's own point is of FINESS."""
        return self.mark("finess") if source == OWN else {"source": source}

    def structure_mark(self, structure: Structure) -> SourceMark:
        """The mark of a structure's own record: its last update, else the day of the file."""
        day = structure.get("updated") or self.dates.get("finess")
        form = structure["source"]
        return {"source": form, "date": day} if day else {"source": form}

    def find_structure(self, place: PracticePlace) -> Structure | None:
        """The site of a place: by FINESS, else the only site of the legal entity, else by SIRET."""
        for idnst in sorted(place.idnsts):
            found = self._find_structure_by_idnst(idnst)
            if found is not None:
                return found
        return None

    def _find_structure_by_idnst(self, idnst: str) -> Structure | None:
        kind, number = idnst[0], idnst[1:]
        if kind == "1":
            return self.staging_store.structure(
                number
            ) or self.staging_store.structure_of_legal_entity(number)
        return self.staging_store.structure_of_siret(number) if kind == "3" else None

    def is_closed(self, structure: Structure) -> bool:
        """True when the register says that the site is closed today."""
        return not is_open(structure, self.today)
