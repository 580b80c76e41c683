"""Where an offer is: kilometres as Elasticsearch keeps them, and the circle of a search."""

from dataclasses import dataclass
from functools import cache
from math import asin, cos, floor, radians, sin, sqrt
from typing import Any

from geography.density import measure_density
from geography.gazetteer import load_gazetteer
from tests.search_engine.oracle.query import OracleQuery

EARTH_KM = 6371.0087714


@dataclass(frozen=True, slots=True)
class OracleCircle:
    """``radius`` None is the department; ``first`` is set when the radius was enlarged.

    ``reach`` is where a patient who need not travel is looked for: his territory, then the country.
    """

    radius: float | None
    first: float | None = None
    reach: str | None = None


def kilometres(query: OracleQuery, offer: dict[str, Any]) -> float:
    point = offer["point"]
    lat = floor(point["lat"] * 2**32 / 180) * 180 / 2**32
    lon = floor(point["lon"] * 2**32 / 360) * 360 / 2**32
    return arc_km(query.lat, query.lon, lat, lon)


def arc_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    a = sin(radians(other_lat - lat) / 2) ** 2
    b = sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a + b * cos(radians(other_lat)) * cos(radians(lat))))


@cache
def minutes_per_km(lat: float, lon: float) -> float:
    """By the inhabitants per km2 around the patient."""
    density = measure_density(lat, lon)
    if density >= 4000:
        return 3.0
    return 2.0 if density >= 800 else 1.4 if density >= 100 else 1.1


def inside(query: OracleQuery, offer: dict[str, Any], circle: OracleCircle) -> bool:
    if "point" not in offer:
        return False
    if circle.reach is not None:
        home = f"SAS-{query.department}"
        return circle.reach == "country" or offer.get("territory") == home
    if circle.radius is None:
        return bool(offer["department"] == query.department)
    if is_of_commune(query, offer):
        return True
    if abs(offer["point"]["lat"] - query.lat) * 111 > circle.radius:
        return False
    return kilometres(query, offer) <= circle.radius


def is_of_commune(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """An offer of the commune searched belongs wherever the circle ends."""
    if query.measured or query.insee is None or query.radius_km is None:
        return False
    return offer.get("insee") in load_gazetteer().insee_family(query.insee)
