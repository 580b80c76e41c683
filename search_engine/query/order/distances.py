"""Kilometres to an offer, as Elasticsearch counts them from what it keeps of the point."""

from math import floor

from geography.distance import distance_km
from mappings.records import Offer

_STEPS = 2**32
LAT_SPAN, LON_SPAN = 180.0, 360.0


def offer_distance_km(offer: Offer, lat: float, lon: float) -> float | None:
    """Great-circle kilometres, to the millimetre; None when the offer has no point."""
    point = offer.get("point")
    if point is None:
        return None
    return distance_km(
        lat, lon, quantize_degrees(point["lat"], LAT_SPAN), quantize_degrees(point["lon"], LON_SPAN)
    )


def quantize_degrees(degrees: float, span: float) -> float:
    """The coordinate as a ``geo_point`` keeps it: 32 bits over the span, rounded down (9 mm).

    With a radius of a few hundred metres, those millimetres would show in the score.
    """
    return floor(degrees / span * _STEPS) * span / _STEPS
