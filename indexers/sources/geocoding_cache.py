"""Addresses already geocoded: a cache file a load can start from, ``geocoded.csv``.

Columns ``line,postal_code,city,lat,lon,precision,score``: the answers of a geocoder's batch.
``precision`` is the type of the answer (the kind of point), ``score`` the likeness of the text.
"""

import csv
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from geography.address import address_key
from indexers.quality.quarantine import Quarantine
from indexers.sources.columns import GEOCODED
from indexers.sources.reading.row_bounds import RowBounds
from indexers.sources.reading.sheets import open_sheet
from mappings.bounds import ADDRESSES, LATITUDE, LONGITUDE
from mappings.records import Precision
from mappings.text.sheets import Sheet

COLUMNS = tuple(GEOCODED)

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

    Of several answers for one address the most precise counts, then the most alike, in whatever
    order they come. Raises ``GeocodedHeaderError`` when a column is missing. A row left out costs
    precision, never an offer: its address is located by the next means.
    """
    try:
        sheet = open_sheet(path, Quarantine("geocoded"))
    except csv.Error as error:
        raise GeocodedHeaderError(f"{path.name}: its header is no CSV ({error})") from error
    missing = [name for name in COLUMNS if name not in sheet.columns]
    if missing:
        raise GeocodedHeaderError(
            f"{path.name}: missing columns {', '.join(missing)}; the header is {','.join(COLUMNS)}"
        )
    found: dict[str, _Answer] = {}
    for key, answer in _answers(sheet):
        if key in found or len(found) < ADDRESSES:
            found[key] = min(answer, found.get(key, answer))
    return {key: (answer.lat, answer.lon, answer.precision) for key, answer in found.items()}


class _Answer(NamedTuple):
    """A usable answer; the least is the best."""

    precision_rank: int
    unlikeness: float
    lat: float
    lon: float
    precision: Precision


def _answers(sheet: Sheet) -> Iterator[tuple[str, _Answer]]:
    places = {name: sheet.columns.index(name) for name in COLUMNS}
    bounds = RowBounds(sheet.columns, GEOCODED, places)
    pick = itemgetter(*places.values())
    for row in sheet.rows:
        if row.fault or bounds.find_excess(row.cells):
            continue
        line, postal_code, city, *numbers = pick(row.cells)
        answer = _parse_answer(*numbers)
        if answer is not None:
            yield address_key(line, postal_code, city), answer


def _parse_answer(lat: str, lon: str, precision_: str, score: str) -> _Answer | None:
    try:
        y, x, likeness = float(lat), float(lon), float(score)
        precision = Precision(precision_)
    except ValueError:
        return None
    enough = PRECISE_MIN_SCORE if precision in _PRECISE else MIN_SCORE
    if not (LATITUDE.holds(y) and LONGITUDE.holds(x) and likeness >= enough):
        return None
    return _Answer(_RANKS[precision], -likeness, y, x, precision)


_RANKS = {precision: rank for rank, precision in enumerate(Precision)}
