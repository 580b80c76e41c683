"""Raw coordinates made WGS84: which projection, which axis, and whether they can be true.

Sources publish Lambert 93, five UTM zones and degrees, in fields whose names lie. The values
decide (data-sources 2.3, 2.5, traps 45 to 52): every reading that the source, the department or
the magnitude suggests is tried, and only a point inside the right territory is taken.
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pyproj import Transformer
from pyproj.exceptions import CRSError

from geography.distance import distance_km
from geography.gazetteer import Commune, load_gazetteer
from geography.reasons import Note, Refusal

WGS84 = 4326
LAMBERT_93 = 2154
TOLERANCE_KM = 10.0
"""Longest distance of a point outside its department or its commune (trap 52)."""


class BoundingBox(NamedTuple):
    """South, north, west and east limits in degrees."""

    south: float
    north: float
    west: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        """True when the point is inside or on the edge."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


class ProjectionArea(NamedTuple):
    """A part of France that shares one projection and one box."""

    epsg: int
    box: BoundingBox
    departments: tuple[str, ...]
    northing: tuple[float, float]
    """Range of the projected northing in metres; the ranges are disjoint, save 988's."""


METROPOLE = ProjectionArea(
    LAMBERT_93, BoundingBox(41.2, 51.2, -5.3, 9.7), (), (6_000_000, 7_150_000)
)
OVERSEAS = (
    ProjectionArea(
        5490,
        BoundingBox(14.3, 18.2, -63.2, -60.7),
        ("971", "972", "977", "978"),
        (1_580_000, 2_030_000),
    ),
    ProjectionArea(2972, BoundingBox(2.0, 6.0, -54.7, -51.5), ("973",), (220_000, 665_000)),
    ProjectionArea(2975, BoundingBox(-21.5, -20.8, 55.1, 55.9), ("974",), (7_610_000, 7_710_000)),
    ProjectionArea(4471, BoundingBox(-13.1, -12.5, 44.9, 45.4), ("976",), (8_550_000, 8_625_000)),
    ProjectionArea(4467, BoundingBox(46.7, 47.2, -56.5, -56.0), ("975",), (5_165_000, 5_235_000)),
    ProjectionArea(
        8903, BoundingBox(-14.5, -13.0, -178.4, -175.9), ("986",), (8_390_000, 8_565_000)
    ),
    ProjectionArea(
        3297, BoundingBox(-28.0, -7.5, -155.0, -134.0), ("987",), (6_890_000, 9_175_000)
    ),
    ProjectionArea(3163, BoundingBox(-23.0, -19.0, 163.0, 168.5), ("988",), (150_000, 600_000)),
)
"""Boxes of trap 52; those of the Pacific are ours, around their communes."""

GUESSABLE_AREAS = (METROPOLE, *OVERSEAS[:5])
"""Territories distinguished by their northing: those that have FINESS points (2.3)."""

TOKENS = {
    "LAMBERT_93": LAMBERT_93,
    "LAMBERT-93": LAMBERT_93,
    "UTM_N20": 5490,
    "UTM_N21": 4467,
    "UTM_N22": 2972,
    "UTM_S38": 4471,
    "UTM_S40": 2975,
    "WGS84": WGS84,
    "WGS_84": WGS84,
}
"""Names of projections in ``sourcecoordet``; the older EPSG 4559 and 32620 agree to the metre."""

_EPSG = re.compile(r"EPSG:(\d{4,5})", re.IGNORECASE)
_UTM_ZONE = re.compile(r"UTM ?zone (\d{1,2})([NS])", re.IGNORECASE)
_MAX_DEGREES = 180.0


class ProjectedPoint(NamedTuple):
    """A point in WGS84 degrees, and what had to be assumed to get it."""

    lat: float
    lon: float
    epsg: int
    notes: tuple[Note, ...] = ()


class CoordinateReading(NamedTuple):
    """One way to read a pair of numbers."""

    epsg: int
    axes_swapped: bool
    notes: tuple[Note, ...]


def parse_epsg(source: str) -> int | None:
    """The EPSG code a source names: ``...,LAMBERT_93`` or ``...,EPSG:5490 RGAF09/UTM Zone 20N``."""
    named = _EPSG.search(source)
    if named:
        return int(named[1])
    zone = _UTM_ZONE.search(source)
    if zone:
        return TOKENS.get(f"UTM_{zone[2].upper()}{zone[1]}")
    upper = source.upper()
    return next((epsg for token, epsg in TOKENS.items() if token in upper), None)


def precision_rank(source: str) -> int | None:
    """The leading integer of ``1,ATLASANTE,100,...``: 1 is best; None without one."""
    first = source.split(",", 1)[0].strip()
    return int(first) if first.isascii() and first.isdigit() else None


def find_projection_area(department: str) -> ProjectionArea:
    """The territory of a department code; métropole for every code not overseas."""
    return next((t for t in OVERSEAS if department in t.departments), METROPOLE)


def parse_coordinate(value: str | float | None) -> float | Refusal:
    """The number of a raw field: decimal comma and spaces accepted, zero is a number."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Refusal.EMPTY
    try:
        number = (
            float("".join(value.split()).replace(",", ".")) if isinstance(value, str) else value
        )
    except ValueError:
        return Refusal.NOT_A_NUMBER
    return float(number) if math.isfinite(number) else Refusal.NOT_A_NUMBER


def to_wgs84(
    x: str | float | None,
    y: str | float | None,
    source: str = "",
    department: str | None = None,
    commune: Commune | None = None,
) -> ProjectedPoint | Refusal:
    """The WGS84 point of a raw pair, or why it cannot be one.

    ``source`` is the source's own words on the projection, ``department`` the one the address
    names: the point must lie in it, 10 km of tolerance included, else in France. Nothing is
    guessed beyond swapped axes: a flipped sign is refused, not flipped back.
    """
    numbers = _numbers(x, y)
    if isinstance(numbers, Refusal):
        return numbers
    first, second = numbers
    inside_france = False
    for reading in possible_readings(first, second, source, department):
        point = _project_reading(reading, first, second)
        if point is None or not is_in_france(point.lat, point.lon):
            continue
        inside_france = True
        if _is_expected_place(point, department, commune):
            return point
    if _has_flipped_sign(first, second, department):
        return Refusal.SIGN_FLIPPED
    return Refusal.OUTSIDE_DEPARTMENT if inside_france else Refusal.OUTSIDE_FRANCE


def possible_readings(
    x: float, y: float, source: str, department: str | None
) -> Iterator[CoordinateReading]:
    """Every reading of the pair to try, the likeliest first."""
    if abs(x) <= _MAX_DEGREES and abs(y) <= _MAX_DEGREES:
        yield CoordinateReading(WGS84, False, ())
        yield CoordinateReading(WGS84, True, (Note.AXES_SWAPPED,))
        return
    named = parse_epsg(source)
    expected = None if department is None else find_projection_area(department).epsg
    seen: set[int] = {WGS84}
    for epsg, note in (
        (named, None),
        (expected, Note.PROJECTION_FROM_DEPARTMENT),
        *((guess, Note.PROJECTION_FROM_VALUES) for guess in _guesses(x, y)),
    ):
        if epsg is not None and epsg not in seen:
            seen.add(epsg)
            notes = () if note is None else (note,)
            yield CoordinateReading(epsg, False, notes)
            yield CoordinateReading(epsg, True, (*notes, Note.AXES_SWAPPED))


def is_in_france(lat: float, lon: float) -> bool:
    """True inside one of the boxes of French territories."""
    return any(t.box.contains(lat, lon) for t in (METROPOLE, *OVERSEAS))


def is_in_department(
    lat: float, lon: float, department: str, likely: Commune | None = None
) -> bool:
    """True when some commune of the department reaches within 10 km of the point.

    ``likely`` is looked at first: a hundred times quicker when it is that one.
    """
    if not _department_box(department).contains(lat, lon):
        return False
    if likely is not None and _is_near_likely(lat, lon, department, likely):
        return True
    gazetteer = load_gazetteer()
    if gazetteer.nearest(lat, lon).department == department:
        return True
    return any(is_near_commune(lat, lon, c) for c in gazetteer.in_department(department))


def _is_near_likely(lat: float, lon: float, department: str, likely: Commune) -> bool:
    """True near a commune of the department, or near the city of a district."""
    whole = load_gazetteer().by_insee(likely.parent) if likely.parent else likely
    if whole is None or whole.part is not None or whole.department != department:
        return False
    return is_near_commune(lat, lon, whole)


def is_near_commune(lat: float, lon: float, commune: Commune) -> bool:
    """True within 10 km of the farthest corner of the commune."""
    limit = commune.reach_km + TOLERANCE_KM
    return distance_km(lat, lon, commune.lat, commune.lon) <= limit


@cache
def _department_box(department: str) -> BoundingBox:
    """Around the communes of a department, generously; an unknown one holds nothing."""
    communes = load_gazetteer().in_department(department)
    if not communes:
        return BoundingBox(90, -90, 180, -180)
    reach = max(c.reach_km for c in communes) + TOLERANCE_KM
    tall, wide = reach / 111, reach / (111 * math.cos(math.radians(communes[0].lat)))
    return BoundingBox(
        min(c.lat for c in communes) - tall,
        max(c.lat for c in communes) + tall,
        min(c.lon for c in communes) - wide,
        max(c.lon for c in communes) + wide,
    )


def _is_expected_place(
    point: ProjectedPoint, department: str | None, commune: Commune | None
) -> bool:
    """True in the department; near the commune is enough, and a hundred times quicker to see."""
    if department is None or (
        commune is not None and is_near_commune(point.lat, point.lon, commune)
    ):
        return True
    return is_in_department(point.lat, point.lon, department)


def _numbers(x: str | float | None, y: str | float | None) -> tuple[float, float] | Refusal:
    first, second = parse_coordinate(x), parse_coordinate(y)
    if isinstance(first, Refusal):
        return first
    if isinstance(second, Refusal):
        return second
    if first == second:
        return Refusal.LAT_EQUALS_LON if first else Refusal.ZERO_ZERO
    return first, second


def _guesses(x: float, y: float) -> Iterator[int]:
    for territory in GUESSABLE_AREAS:
        low, high = territory.northing
        if low <= y <= high or low <= x <= high:
            yield territory.epsg


def _project_reading(reading: CoordinateReading, x: float, y: float) -> ProjectedPoint | None:
    east, north = (y, x) if reading.axes_swapped else (x, y)
    if reading.epsg == WGS84:
        return ProjectedPoint(north, east, WGS84, reading.notes)
    transformer = _transformer(reading.epsg)
    if transformer is None:
        return None
    lon, lat = transformer.transform(east, north)
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    return ProjectedPoint(lat, lon, reading.epsg, reading.notes)


@cache
def _transformer(epsg: int) -> Transformer | None:
    try:
        return Transformer.from_crs(epsg, WGS84, always_xy=True)
    except CRSError:  # a source may name a projection that does not exist
        return None


def _has_flipped_sign(x: float, y: float, department: str | None) -> bool:
    """True when degrees with a sign or two flipped would land in the right territory."""
    if abs(x) > _MAX_DEGREES or abs(y) > _MAX_DEGREES:
        return False
    flips = [(s * x, t * y) for s, t in ((-1, 1), (1, -1), (-1, -1))]
    points = [point for a, b in flips for point in ((a, b), (b, a))]
    if department is None:
        return any(METROPOLE.box.contains(lat, lon) for lat, lon in points)
    return any(is_in_department(lat, lon, department) for lat, lon in points)
