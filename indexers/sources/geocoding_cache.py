"""Addresses already geocoded: a cache file a load can start from, ``geocoded.csv``.

Columns ``line,postal_code,city,lat,lon,precision,score``: the answers of a geocoder's batch.
``precision`` is the type of the answer (the kind of point), ``score`` the likeness of the text.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from geography.address import address_key
from mappings.records import Precision

COLUMNS = ("line", "postal_code", "city", "lat", "lon", "precision", "score")

MIN_SCORE = 0.7
"""An answer less alike is no answer, unless its type is precise (``PRECISE_MIN_SCORE``)."""
PRECISE_MIN_SCORE = 0.5
_PRECISE = frozenset({Precision.HOUSENUMBER, Precision.STREET})

CachedPoint = tuple[float, float, Precision]
"""Latitude and longitude in WGS84 degrees, and how precise they are."""


class GeocodedHeaderError(ValueError):
    """The file does not have the columns of a geocoded cache."""


def read_geocoded(path: Path) -> dict[str, CachedPoint]:
    """The usable answers of a cache file by address key; a damaged row is left out.

    Raises ``GeocodedHeaderError`` when a column is missing. A row left out costs precision,
    never an offer: its address is located by the next means.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise GeocodedHeaderError(
                f"{path.name}: missing columns {', '.join(missing)}; "
                f"the header is {','.join(COLUMNS)}"
            )
        return dict(_answers(reader))


def _answers(rows: Iterator[dict[str, str]]) -> Iterator[tuple[str, CachedPoint]]:
    for row in rows:
        located = _parse_location(row)
        if located is not None:
            yield address_key(row["line"], row["postal_code"], row["city"]), located


def _parse_location(row: dict[str, str]) -> CachedPoint | None:
    try:
        lat, lon, score = (float(row[name]) for name in ("lat", "lon", "score"))
        precision = Precision(row["precision"])
    except (TypeError, ValueError):
        return None
    on_earth = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180  # noqa: PLR2004
    enough = PRECISE_MIN_SCORE if precision in _PRECISE else MIN_SCORE
    return (lat, lon, precision) if on_earth and score >= enough else None
