"""How densely people live around a point: what a kilometre costs a patient there.

The inhabitants of a commune are spread over a disc around its town hall, so that a point costs no
contour: as large as the commune, but never so large that fewer than ``TOWN_DENSITY`` live on a
square kilometre of it. Arles has 51,000 inhabitants on 758 km2, nearly all of them in one town.
"""

from enum import StrEnum
from functools import lru_cache
from math import acos, floor, pi, sqrt
from typing import NamedTuple

from geography.distance import KM_PER_DEGREE, distance_km
from geography.gazetteer import Commune, load_gazetteer

AROUND_KM = 5.0
"""Radius around the patient in which inhabitants are counted."""

TOWN_DENSITY = 1_500
"""Inhabitants per km2 of an urban centre: Eurostat, degree of urbanisation (DEGURBA), 2021."""

LARGEST_DISC_KM = 8.0
"""No commune of France spreads its inhabitants farther: Toulouse reaches 6.1 km."""

CELL_DEGREES = 0.1
"""Grid of the discs near a point: some 11 by 8 km, larger than any address."""

HALF_CELL_KM = 8.0
"""Farthest that a point of a cell is from its centre."""


class DensityClass(StrEnum):
    """Kind of area by inhabitants per km2; the limits are ``LEAST_DENSITY``."""

    DENSE = "dense"
    URBAN = "urban"
    MIXED = "mixed"
    RURAL = "rural"


LEAST_DENSITY = {
    DensityClass.DENSE: 4_000,
    DensityClass.URBAN: 800,
    DensityClass.MIXED: 100,
    DensityClass.RURAL: 0,
}
"""Least inhabitants per km2 within ``AROUND_KM`` of each class, the densest first."""


class InhabitedDisc(NamedTuple):
    """Where the inhabitants of a commune are spread: a centre in degrees, a radius in km."""

    lat: float
    lon: float
    km: float
    inhabitants: int


def find_density_class(lat: float, lon: float) -> DensityClass:
    """The class of area around a point in degrees; about 0.03 ms."""
    density = measure_density(lat, lon)
    return next(kind for kind, least in LEAST_DENSITY.items() if density >= least)


def measure_density(lat: float, lon: float) -> float:
    """Inhabitants per km2 within 5 km of a point in degrees."""
    near = (
        disc.inhabitants * measure_share(distance_km(lat, lon, disc.lat, disc.lon), disc.km)
        for disc in _list_discs(floor(lat / CELL_DEGREES), floor(lon / CELL_DEGREES))
        if abs(disc.lat - lat) * KM_PER_DEGREE < AROUND_KM + disc.km
    )
    return sum(near) / (pi * AROUND_KM**2)


@lru_cache(maxsize=8192)
def _list_discs(row: int, column: int) -> list[InhabitedDisc]:
    """The discs that come within ``AROUND_KM`` of some point of a cell of the grid."""
    lat, lon = (row + 0.5) * CELL_DEGREES, (column + 0.5) * CELL_DEGREES
    farthest = AROUND_KM + LARGEST_DISC_KM + HALF_CELL_KM
    found = map(_build_disc, load_gazetteer().around(lat, lon, farthest))
    return [
        disc
        for disc in found
        if distance_km(lat, lon, disc.lat, disc.lon) < AROUND_KM + disc.km + HALF_CELL_KM
    ]


def _build_disc(commune: Commune) -> InhabitedDisc:
    lived_in = commune.population / TOWN_DENSITY
    ground = lived_in if commune.area_km2 is None else min(lived_in, commune.area_km2)
    return InhabitedDisc(commune.lat, commune.lon, sqrt(ground / pi), commune.population)


def measure_share(km: float, disc_km: float) -> float:
    """Share, 0 to 1, of a disc that lies within ``AROUND_KM`` of a point ``km`` from its centre."""
    if km >= AROUND_KM + disc_km:
        return 0.0
    if km <= AROUND_KM - disc_km:
        return 1.0
    if km <= disc_km - AROUND_KM:
        return (AROUND_KM / disc_km) ** 2
    return _lens_km2(km, disc_km) / (pi * disc_km**2)


def _lens_km2(km: float, disc_km: float) -> float:
    """Ground common to the circle around the patient and to a disc that it cuts."""
    near = (km**2 + AROUND_KM**2 - disc_km**2) / (2 * km)
    far = km - near
    return _segment_km2(near, AROUND_KM) + _segment_km2(far, disc_km)


def _segment_km2(chord_km: float, radius_km: float) -> float:
    """Part of a disc beyond a chord at that distance from its centre, which may be behind it."""
    cosine = max(-1.0, min(1.0, chord_km / radius_km))
    half_chord = sqrt(max(0.0, radius_km**2 - chord_km**2))
    return radius_km**2 * acos(cosine) - chord_km * half_chord
