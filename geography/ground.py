"""The ground under a place: its landmass and the shores or valleys it lies in, found once."""

from typing import NamedTuple, TypedDict

from geography.landmass import find_landmass, is_across_water
from geography.shore_zones import compute_detour_minutes, find_zones


class Ground(NamedTuple):
    """Ids of ``tables/landmasses.csv`` and ``tables/shore_zones.csv``; mostly no zone at all."""

    landmass: str
    zones: tuple[str, ...] = ()


class GroundFields(TypedDict, total=False):
    """The ground of an offer, named as in the index."""

    landmass: str
    zone: list[str]


def find_ground(lat: float, lon: float, insee: str | None = None) -> Ground:
    """The ground of a point in degrees; ``insee`` is the commune of its address, if any.

    Leave ``insee`` out for a bare point: its nearest town hall may be across the water.
    """
    return Ground(find_landmass(lat, lon, insee), find_zones(lat, lon))


def describe_ground(lat: float, lon: float, insee: str) -> GroundFields:
    """The ground of an offer as fields of the index: ``landmass``, and ``zone`` where there is one.

    ``insee`` is the commune of its address, current code.
    """
    ground = find_ground(lat, lon, insee)
    if not ground.zones:
        return {"landmass": ground.landmass}
    return {"landmass": ground.landmass, "zone": list(ground.zones)}


def is_beyond_water(patient: Ground, offer: Ground) -> bool:
    """Whether a patient must cross by boat or plane to reach an offer."""
    return is_across_water(patient.landmass, offer.landmass)


def measure_detour(patient: Ground, offer: Ground) -> int:
    """Minutes that shores and passes add between a patient and an offer; 0 for most."""
    return compute_detour_minutes(patient.zones, offer.zones)
