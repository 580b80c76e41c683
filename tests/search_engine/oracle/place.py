"""Where an offer is: kilometres as Elasticsearch keeps them, and the circle of a search."""

from dataclasses import dataclass
from math import asin, cos, floor, radians, sin, sqrt
from typing import Any

from tests.search_engine.oracle.searches import Asked

EARTH_KM = 6371.0087714


@dataclass(frozen=True, slots=True)
class Circle:
    """``radius`` None is the department; ``first`` is set when the radius was enlarged."""

    radius: float | None
    first: float | None = None


def kilometres(asked: Asked, offer: dict[str, Any]) -> float:
    point = offer["point"]
    lat = floor(point["lat"] * 2**32 / 180) * 180 / 2**32
    lon = floor(point["lon"] * 2**32 / 360) * 360 / 2**32
    a = sin(radians(lat - asked.lat) / 2) ** 2
    b = sin(radians(lon - asked.lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a + b * cos(radians(lat)) * cos(radians(asked.lat))))


def inside(asked: Asked, offer: dict[str, Any], circle: Circle) -> bool:
    if "point" not in offer:
        return False
    if circle.radius is None:
        return bool(offer["department"] == asked.department)
    if abs(offer["point"]["lat"] - asked.lat) * 111 > circle.radius:
        return False
    return kilometres(asked, offer) <= circle.radius
