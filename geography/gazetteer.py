"""The communes of France, offline: codes, names, postcodes, points.

Loaded once from ``tables/communes.csv.gz``; every search is a dictionary lookup. Source:
docs/reference/sources/gazetteer.md.
"""

import csv
import gzip
import io
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, cached_property
from math import cos, floor, radians, sin
from pathlib import Path
from typing import NamedTuple

from geography.distance import KM_PER_DEGREE, distance_km
from geography.place_names import list_name_keys, name_key, split_place, without_article

COMMUNES = Path(__file__).parent / "tables" / "communes.csv.gz"
COLUMNS = (
    "kind",
    "insee",
    "name",
    "postcodes",
    "department",
    "population",
    "lat",
    "lon",
    "reach_km",
    "area_km2",
    "point_source",
    "parent",
    "epci",
    "former",
)
NEIGHBOURS_REACH_KM = 10.0
"""Reach in km of a commune without published contour; the median is 3 km."""

RETIRED_INSEE_CODES = {"97123": "97701", "97127": "97801", "97150": "97801"}
"""Saint-Barthélemy and Saint-Martin under Guadeloupe; 97150 is a postcode used as a code.

97133 is not one of them: the postcode of Saint-Barthélemy is also the code of Vieux-Fort.
"""

GRID_DEGREES = 0.05
"""About 4 km: nine cells hold a dozen communes, enough for most nearest ones."""

GRID_RINGS = 40
"""About 200 km: farther from any commune than that, all of them are compared."""


class CommuneKind(StrEnum):
    """Kind of a line of the table: a commune, a municipal district, a part of a merged one."""

    COMMUNE = "C"
    ARRONDISSEMENT = "A"
    PART = "D"


class PointSource(StrEnum):
    """Origin of the point of a commune."""

    HALL = "hall"
    CONTOUR = "contour"
    NEIGHBOURS = "neighbours"
    HAND = "hand"


class Commune(NamedTuple):
    """A commune or a municipal district; a named tuple because 35,000 load in a blink.

    ``lat``, ``lon``: WGS84 degrees of its town hall or of a point inside its contour.
    ``reach_km``: no corner of the commune is farther from that point. ``area_km2``: its ground,
    None where no contour is published. ``parent``: the whole
    city of a district. ``part``: the former commune of the query, when it was merged
    into this one; the point is then the part's own.
    """

    insee: str
    name: str
    postcodes: tuple[str, ...]
    department: str
    population: int
    lat: float
    lon: float
    epci: str | None
    parent: str | None
    point_source: str
    reach_km: float
    area_km2: float | None
    part: str | None = None

    @property
    def label(self) -> str:
        """Name and department, a part before its commune: ``Arbignieu, Arboys en Bugey (01)``."""
        part = f"{self.part}, " if self.part not in (None, self.name) else ""
        return f"{part}{self.name} ({self.department})"


class Gazetteer:
    """The communes, their districts, and the merged communes under their old codes and names."""

    def __init__(self, path: Path = COMMUNES) -> None:
        self._by_insee: dict[str, Commune] = {}
        self._former: dict[str, str] = dict(RETIRED_INSEE_CODES)
        self._part_rows: list[list[str]] = []
        with gzip.open(path) as packed:
            lines = csv.reader(io.StringIO(packed.read().decode()))
        if tuple(next(lines)) != COLUMNS:
            raise ValueError(
                f"{path} has other columns: rebuild it, docs/reference/sources/gazetteer.md"
            )
        for row in lines:
            if row[0] == CommuneKind.PART:
                self._part_rows.append(row)
            else:
                self._by_insee[row[1]] = _commune(row)
                if row[-1]:
                    self._former.update(dict.fromkeys(row[-1].split(), row[1]))

    @cached_property
    def _districts(self) -> dict[str, tuple[str, ...]]:
        families: dict[str, list[str]] = defaultdict(list)
        for commune in self._by_insee.values():
            if commune.parent:
                families[commune.parent].append(commune.insee)
        return {city: tuple(codes) for city, codes in families.items()}

    @cached_property
    def _parts(self) -> dict[str, Commune]:
        return {row[1]: self._part(row) for row in self._part_rows}

    def _part(self, row: list[str]) -> Commune:
        whole = self._by_insee[row[11]]
        if not row[6]:
            return whole._replace(part=row[2])
        return whole._replace(
            lat=float(row[6]), lon=float(row[7]), reach_km=float(row[8]), part=row[2]
        )

    @cached_property
    def _by_postcode(self) -> dict[str, list[Commune]]:
        index: dict[str, list[Commune]] = defaultdict(list)
        for commune in self._by_insee.values():
            if commune.insee not in self._districts:
                for code in commune.postcodes:
                    index[code].append(commune)
        for code in (code for city in self._districts for code in self._by_insee[city].postcodes):
            if code not in index:
                index[code].append(next(c for c in self.cities() if code in c.postcodes))
        return {code: _by_population(communes) for code, communes in index.items()}

    @cached_property
    def _by_department(self) -> dict[str, tuple[Commune, ...]]:
        index: dict[str, list[Commune]] = defaultdict(list)
        for commune in self._by_insee.values():
            if commune.parent is None:
                index[commune.department].append(commune)
        return {code: tuple(_by_population(communes)) for code, communes in index.items()}

    @cached_property
    def _by_key(self) -> dict[str, list[Commune]]:
        """Current names first, then names without their article, then merged communes."""
        index: dict[str, list[Commune]] = defaultdict(list)
        communes = _by_population(self._by_insee.values())
        keys = [name_key(commune.name) for commune in communes]
        for key, commune in zip(keys, communes, strict=True):
            index[key].append(commune)
        for key, commune in zip(keys, communes, strict=True):
            if without_article(key) != key:
                index[without_article(key)].append(commune)
        for part in _by_population(self._parts.values()):
            key = name_key(part.part or "")
            if all(known.insee != part.insee for known in index[key]):
                index[key].append(part)
        return dict(index)

    @cached_property
    def _key_order(self) -> list[str]:
        return sorted(self._by_key)

    @cached_property
    def _grid(self) -> dict[tuple[int, int], list[Commune]]:
        cells: dict[tuple[int, int], list[Commune]] = defaultdict(list)
        for commune in self._by_insee.values():
            if commune.insee not in self._districts:
                cells[_cell(commune.lat, commune.lon)].append(commune)
        return dict(cells)

    def build_indexes(self) -> "Gazetteer":
        """Builds every index now (0.5 s), so that no search waits for one; returns itself."""
        self.by_name("Paris", postcode="75001")
        self.starting_with("paris")
        self.nearest(48.85, 2.35)
        self.in_department("75")
        return self

    def communes(self) -> Iterable[Commune]:
        """Every current commune and district, in the order of codes."""
        return self._by_insee.values()

    def cities(self) -> list[Commune]:
        """The cities that have districts: Marseille, Lyon, Paris."""
        return [self._by_insee[city] for city in self._districts]

    def by_insee(self, code: str) -> Commune | None:
        """The commune of a code, also of a code given up in a merger; None when unknown.

        The answer to the code of a merged commune is the current one, at the part's point.
        """
        current = self._by_insee.get(code)
        if current is not None:
            return current
        return self._parts.get(code) or self._by_insee.get(self._former.get(code, ""))

    def by_postcode(self, postcode: str) -> list[Commune]:
        """The communes of a postcode, most inhabitants first; districts, never their city.

        Empty for a CEDEX code, which belongs to no commune.
        """
        return list(self._by_postcode.get(postcode, ()))

    def by_name(
        self, name: str, *, department: str | None = None, postcode: str | None = None
    ) -> list[Commune]:
        """The communes of a name in any spelling, most inhabitants first.

        Names that only match without their article come after, merged communes last.
        A postcode inside the name counts as ``postcode``: ``75015 Paris`` is the 15th district.
        """
        place = split_place(name)
        postcode, department = postcode or place.postcode, department or place.department
        keys = list_name_keys(place.city) if place.city else ()
        found = next((self._by_key[key] for key in keys if key in self._by_key), [])
        if postcode:
            served = self.by_postcode(postcode)
            found = _select_served(found, served, self._districts) if place.city else served
        return [c for c in found if department in (None, c.department)]

    def name_keys(self) -> list[str]:
        """Every key of a name, in the order of the alphabet: ``by_name`` of one finds communes."""
        return self._key_order

    def starting_with(
        self, prefix: str, limit: int | None = 10, *, whole_words: bool = False
    ) -> list[Commune]:
        """The communes whose name starts so, most inhabitants first: for completion.

        With ``whole_words`` more words must follow: ``Saint-Chély`` begins Saint-Chély-d'Apcher,
        ``Mont`` does not begin Montpellier. A commune comes once, before its merged parts.
        """
        key = name_key(prefix) + (" " if whole_words else "")
        start = bisect_left(self._key_order, key)
        end = bisect_left(self._key_order, key + "\uffff")
        found: dict[str, Commune] = {}
        for known in self._key_order[start:end]:
            for commune in self._by_key[known]:
                if commune.part is None or commune.insee not in found:
                    found[commune.insee] = commune
        return _by_population(found.values())[:limit]

    def in_department(self, code: str) -> tuple[Commune, ...]:
        """The communes of a department, most inhabitants first, without districts."""
        return self._by_department.get(code, ())

    def insee_family(self, code: str) -> tuple[str, ...]:
        """The codes that denote the same ground: the city and its districts.

        ``75056`` gives itself and its 20 districts, ``75115`` gives itself and ``75056``, any
        other code itself alone. An old code is answered by the current one.
        """
        commune = self.by_insee(code)
        if commune is None:
            return (code,)
        if commune.parent:
            return (commune.insee, commune.parent)
        return (commune.insee, *self._districts.get(commune.insee, ()))

    def has_districts(self, code: str) -> bool:
        """Whether a current code is that of a whole city, which addresses give by district."""
        return len(self._districts.get(code, ())) > 1

    def around(self, lat: float, lon: float, km: float) -> Iterable[Commune]:
        """The communes and districts, no whole city, whose point may lie within ``km``.

        Those of every cell of the grid that the circle touches: some are farther.
        """
        rows = floor(km / (GRID_DEGREES * KM_PER_DEGREE)) + 1
        columns = floor(rows / cos(radians(min(80.0, abs(lat))))) + 1
        row, column = _cell(lat, lon)
        for i in range(row - rows, row + rows + 1):
            for j in range(column - columns, column + columns + 1):
                yield from self._grid.get((i, j), ())

    def nearest(self, lat: float, lon: float) -> Commune:
        """The commune or district whose point is nearest to a point in degrees."""
        found: list[Commune] = []
        row, column = _cell(lat, lon)
        for ring in range(GRID_RINGS + 1):
            found += [c for cell in _ring(row, column, ring) for c in self._grid.get(cell, ())]
            if found:
                best = find_nearest_commune(found, lat, lon)
                if distance_km(lat, lon, best.lat, best.lon) <= _ring_km(ring + 1, lat):
                    return best
                found = [best]
        everywhere = (c for c in self._by_insee.values() if c.insee not in self._districts)
        return find_nearest_commune(everywhere, lat, lon)


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of this process, read on the first call (about 0.2 s)."""
    return Gazetteer()


def _commune(row: list[str]) -> Commune:
    _, insee, name, postcodes, department, population, lat, lon, *rest = row
    reach, area, source, parent, epci, _ = rest
    return Commune(
        insee,
        name,
        tuple(postcodes.split()),
        department,
        int(population),
        float(lat),
        float(lon),
        epci or None,
        parent or None,
        source,
        float(reach),
        float(area) if area else None,
    )


def _by_population(communes: Iterable[Commune]) -> list[Commune]:
    return sorted(communes, key=lambda commune: (-commune.population, commune.insee))


def _select_served(
    named: list[Commune], served: list[Commune], districts: dict[str, tuple[str, ...]]
) -> list[Commune]:
    """The named communes that a postcode serves; a city is answered by the served district."""
    codes = {commune.insee for commune in served}
    cities = {city for city in districts if any(c.insee == city for c in named)}
    inside = [c for c in served if c.parent in cities]
    return inside or [c for c in named if c.insee in codes]


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return floor(lat / GRID_DEGREES), floor(lon / GRID_DEGREES)


def _ring(row: int, column: int, ring: int) -> Iterable[tuple[int, int]]:
    """The cells at exactly ``ring`` cells from the middle one."""
    for i in range(-ring, ring + 1):
        step = 1 if abs(i) == ring else max(1, 2 * ring)
        for j in range(-ring, ring + 1, step):
            yield row + i, column + j


def _ring_km(ring: int, lat: float) -> float:
    """No commune of this ring or beyond is nearer: the narrow side of the cells before it."""
    width = cos(radians(min(89.0, abs(lat) + ring * GRID_DEGREES)))
    return max(0, ring - 1) * GRID_DEGREES * KM_PER_DEGREE * width


def find_nearest_commune(communes: Iterable[Commune], lat: float, lon: float) -> Commune:
    """The nearest of some communes: the order of ``distance_km`` with what is the same for all, or
    changes no order, left out of it; every search by a point calls this."""
    width, half = cos(radians(lat)), radians(0.5)

    def spread(commune: Commune) -> float:
        up, along = sin((commune.lat - lat) * half), sin((commune.lon - lon) * half)
        return up * up + width * cos(radians(commune.lat)) * along * along

    return min(communes, key=spread)
