"""Where an offer is: kilometres as Elasticsearch keeps them, and the circle of a search."""

from dataclasses import dataclass
from math import asin, cos, floor, radians, sin, sqrt
from typing import Any

from geography.gazetteer import load_gazetteer
from tests.search_engine.oracle.query import OracleQuery

EARTH_KM = 6371.0087714


@dataclass(frozen=True, slots=True)
class OracleCircle:
    """``radius`` None is the department; ``first`` is set when the radius was enlarged."""

    radius: float | None
    first: float | None = None


def kilometres(query: OracleQuery, offer: dict[str, Any]) -> float:
    point = offer["point"]
    lat = floor(point["lat"] * 2**32 / 180) * 180 / 2**32
    lon = floor(point["lon"] * 2**32 / 360) * 360 / 2**32
    a = sin(radians(lat - query.lat) / 2) ** 2
    b = sin(radians(lon - query.lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a + b * cos(radians(lat)) * cos(radians(query.lat))))


def inside(query: OracleQuery, offer: dict[str, Any], circle: OracleCircle) -> bool:
    if "point" not in offer:
        return False
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
