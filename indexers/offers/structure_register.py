"""The FINESS structures of one load: which is the site of a place, which is closed that day."""

from dataclasses import dataclass
from datetime import date

from geography.locate import LocateRequest
from indexers.offers.locating import Address, CrowdedPoints, place_request, structure_request
from indexers.offers.places import PracticePlace
from indexers.sources.finess.structure import Structure, is_open
from indexers.sources.staging_store import StagingStore


@dataclass(frozen=True, slots=True)
class StructureRegister:
    """The structures of a staging store on one day; ``crowded`` are default points (trap 54)."""

    store: StagingStore
    today: date
    crowded: CrowdedPoints

    def find_site(self, place: PracticePlace) -> Structure | None:
        """The site of a place: by FINESS, else the only site of the legal entity, else by SIRET."""
        for idnst in sorted(place.idnsts):
            structure = self._find_by_idnst(idnst)
            if structure is not None:
                return structure
        return None

    def _find_by_idnst(self, idnst: str) -> Structure | None:
        kind, number = idnst[0], idnst[1:]
        if kind == "1":
            return self.store.structure(number) or self.store.structure_of_legal_entity(number)
        return self.store.structure_of_siret(number) if kind == "3" else None

    def is_closed(self, structure: Structure) -> bool:
        """True when the register closes the site on or before the day of the load."""
        return not is_open(structure, self.today)

    def place_request(self, address: Address, site: Structure | None) -> LocateRequest:
        """How to locate a professional's place, without the default points."""
        return place_request(address, site, self.crowded)

    def structure_request(self, structure: Structure) -> LocateRequest:
        """How to locate a site, without the default points."""
        return structure_request(structure, self.crowded)
