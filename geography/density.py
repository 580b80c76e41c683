"""How densely people live around a point: what a kilometre costs a patient there.

The inhabitants of a commune are spread over a disc around its town hall, so that a point costs no
contour: as large as the commune, but never so large that fewer than ``TOWN_DENSITY`` live on a
square kilometre of it. Arles has 51,000 inhabitants on 758 km2, nearly all of them in one town.
"""

from collections.abc import Iterable
from enum import StrEnum
from math import acos, pi, sqrt

from geography.distance import distance_km
from geography.gazetteer import Commune, Gazetteer, load_gazetteer

AROUND_KM = 5.0
"""Radius around the patient in which inhabitants are counted."""

TOWN_DENSITY = 1_500
"""Inhabitants per km2 of an urban centre: Eurostat, degree of urbanisation (DEGURBA), 2021."""

LARGEST_DISC_KM = 8.0
"""No commune of France spreads its inhabitants farther: Toulouse reaches 6.1 km."""


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


def find_density_class(lat: float, lon: float) -> DensityClass:
    """The class of area around a point in degrees; about 0.1 ms."""
    density = measure_density(lat, lon)
    return next(kind for kind, least in LEAST_DENSITY.items() if density >= least)


def measure_density(lat: float, lon: float, gazetteer: Gazetteer | None = None) -> float:
    """Inhabitants per km2 within 5 km of a point in degrees."""
    communes = (gazetteer or load_gazetteer()).around(lat, lon, AROUND_KM + LARGEST_DISC_KM)
    return _count_inhabitants(communes, lat, lon) / (pi * AROUND_KM**2)


def _count_inhabitants(communes: Iterable[Commune], lat: float, lon: float) -> float:
    return sum(
        commune.population
        * measure_share(distance_km(lat, lon, commune.lat, commune.lon), _disc_km(commune))
        for commune in communes
    )


def _disc_km(commune: Commune) -> float:
    """Radius in km of the disc over which the inhabitants of a commune are spread."""
    lived_in = commune.population / TOWN_DENSITY
    ground = lived_in if commune.area_km2 is None else min(lived_in, commune.area_km2)
    return sqrt(ground / pi)


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
