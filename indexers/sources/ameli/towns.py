"""Towns as two files may write them: by code, by postcode, by sorting office, by district."""

from functools import lru_cache
from typing import NamedTuple

from geography.address import normalise_city
from geography.commune_lookup import PostalAddress, read_commune_code
from geography.gazetteer import Commune, load_gazetteer

_TOWN_CACHE_SIZE = 1 << 17
"""More than the pairs of postcode and label of a national file."""


class Town(NamedTuple):
    """A commune of today, and its municipal district where it is known."""

    city: str
    district: str = ""

    def can_match(self, other: "Town") -> bool:
        """Same town; an unknown district may be any."""
        apart = self.district and other.district and self.district != other.district
        return self.city == other.city and not apart


@lru_cache(maxsize=_TOWN_CACHE_SIZE)
def town(postal_code: str, city: str, insee: str = "") -> Town:
    """The town of an address; when no commune is recognised, its postcode and label replace it.

    75056 with 75015, 75115, and PARIS CEDEX 15 are the fifteenth district.
    """
    named = read_commune_code(load_gazetteer(), PostalAddress("", postal_code, city, insee))
    commune = named.commune if named else None if insee else _find_commune(postal_code, city)
    if commune is None:
        return Town(f"{postal_code} {normalise_city(city)}")
    if commune.parent:
        return Town(commune.parent, commune.insee)
    return Town(commune.insee, _district(postal_code, city, commune.insee))


def _find_commune(postal_code: str, city: str) -> Commune | None:
    """The only commune of the label at the postcode; of the department for a CEDEX."""
    gazetteer = load_gazetteer()
    if gazetteer.by_postcode(postal_code):
        return next(iter(gazetteer.by_name(city, postcode=postal_code)), None)
    named = [c for c in gazetteer.by_name(city) if _serves(postal_code, c) and c.part is None]
    return named[0] if len(named) == 1 else None


def _serves(postal_code: str, commune: Commune) -> bool:
    code = commune.department
    return postal_code.startswith("20" if code in ("2A", "2B") else code)


def _district(postal_code: str, city: str, whole: str) -> str:
    gazetteer = load_gazetteer()
    served = [c for c in gazetteer.by_postcode(postal_code) if c.parent == whole]
    named = served or [c for c in gazetteer.by_name(city) if c.parent == whole]
    return named[0].insee if len(named) == 1 else ""
