"""Answers of a batch geocoder for the addresses without point in the files."""

import random

from mappings.records import Precision
from simulation.draws import build_weighted
from simulation.places.places import GeneratedPlace
from simulation.scales import GEOCODED_SHARE

PRECISIONS = build_weighted(
    [
        (Precision.HOUSENUMBER, 0.827),
        (Precision.STREET, 0.145),
        (Precision.LOCALITY, 0.011),
        (Precision.MUNICIPALITY, 0.017),
    ]
)
"""Shares of a real batch of 64,625 addresses."""
BLUR = {Precision.HOUSENUMBER: 0.0, Precision.STREET: 0.001, Precision.LOCALITY: 0.004}
"""Error of an answer, in degrees."""
ALIKE, UNLIKE_SHARE = (0.82, 0.99), 0.03


def draw_geocoded_row(rng: random.Random, place: GeneratedPlace) -> tuple[object, ...] | None:
    """The row of ``geocoded.csv`` of a place, None for an address the geocoder did not find."""
    if rng.random() >= GEOCODED_SHARE:
        return None
    precision = PRECISIONS.draw(rng)
    lat, lon = _point(rng, place, precision)
    score = 0.55 if rng.random() < UNLIKE_SHARE else rng.uniform(*ALIKE)
    text = (place.line, place.postal_code, place.city)
    return (*text, f"{lat:.6f}", f"{lon:.6f}", precision.value, f"{score:.2f}")


def _point(rng: random.Random, place: GeneratedPlace, precision: Precision) -> tuple[float, float]:
    if precision is Precision.MUNICIPALITY:
        return place.town.commune.lat, place.town.commune.lon
    blur = BLUR[precision]
    return place.lat + blur * rng.uniform(-1, 1), place.lon + blur * rng.uniform(-1, 1)
