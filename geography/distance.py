"""Distances on the Earth, in kilometres."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius; Elasticsearch uses the same for its arc distance to 0.01 %."""

KM_PER_DEGREE = 111.195
"""Length of one degree of latitude on that sphere."""


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance between two WGS84 points in degrees."""
    half_lat = sin(radians(other_lat - lat) / 2)
    half_lon = sin(radians(other_lon - lon) / 2)
    chord = half_lat**2 + cos(radians(lat)) * cos(radians(other_lat)) * half_lon**2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
