"""Coordinates as people paste them: pairs, degrees and minutes, ``geo:`` and links of maps.

What is no pair of coordinates is None: the text may still be a place. Nothing is sent out.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

MAX_LAT, MAX_LON = 90.0, 180.0

SIXTIETH, SECOND = 60.0, 3600.0

_DOT = r"[+-]?\d{1,3}(?:\.\d+)?"
_COMMA = r"[+-]?\d{1,3}(?:,\d+)?"
_MARK = r"\s*(?:°|º|deg(?:rés?|res)?\b)?\s*"

_PAIRS = (
    re.compile(rf"({_DOT})°?\s*[,;/|\s]\s*({_DOT})°?"),
    re.compile(rf"({_COMMA})°?\s*(?:[;/|]|,?\s)\s*({_COMMA})°?"),
    re.compile(r"([+-]?\d{1,2},\d{2,}),([+-]?\d{1,3},\d{2,})"),
    re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)/?"),
)
"""Two decimal numbers: with points, with commas, commas only, and ISO 6709."""

_DECIMAL = re.compile(r"\.|°|,\d+\D+\d+,|^\D*\d+,\d+[^,\d]+\d+$")
"""What tells degrees from two numbers: a point, a degree sign, a comma inside a number."""

_GEO = re.compile(rf"geo:({_DOT}),({_DOT})(?:[,;?].*)?", re.IGNORECASE)

_POINT_NAMES = "q|ll|sll|query|daddr|destination|center|centre|point"
_LINKS = (
    (re.compile(rf"!3d({_DOT})!4d({_DOT})"), False),
    (re.compile(rf"@({_DOT}),({_DOT})"), False),
    (re.compile(rf"[?&#]m?lat(?:itude)?=({_DOT})&m?(?:lon|lng|longitude)=({_DOT})"), False),
    (re.compile(rf"[?&#](?:{_POINT_NAMES})=(?:loc:)?({_DOT})[,+ ]+({_DOT})"), False),
    (re.compile(rf"#(?:map=)?\d+(?:\.\d+)?/({_DOT})/({_DOT})"), False),
    (re.compile(rf"[?&#]c=({_DOT}),({_DOT})"), True),
)
"""Coordinates in a link, and whether the longitude comes first: Géoportail writes ``c=lon,lat``."""

_LINK = re.compile(r"https?:/|www\.|@(?=[+-]?\d)|\w\.(?:fr|com|org|gl|app)/", re.IGNORECASE)

_LABEL = re.compile(r"\b(?:lat(?:itude)?|lon(?:gitude)?|lng)\b\s*[:=]?", re.IGNORECASE)

_HEMISPHERES = {
    **dict.fromkeys(("n", "nord", "north"), ("lat", 1)),
    **dict.fromkeys(("s", "sud", "south"), ("lat", -1)),
    **dict.fromkeys(("e", "est", "east"), ("lon", 1)),
    **dict.fromkeys(("w", "o", "ouest", "west"), ("lon", -1)),
}
_SIDE = r"(nord|sud|est|ouest|north|south|east|west|[nsewo])"
_ANGLE = (
    r"(\d{1,3}(?:[.,]\d+)?)"
    + _MARK
    + r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:['’′´]|min\b)?\s*)?"
    + r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|”|″|''|’’|sec\b)?\s*)?"
)
_AFTER = re.compile(rf"{_ANGLE}{_SIDE}[\s,;/]*{_ANGLE}{_SIDE}", re.IGNORECASE)
_BEFORE = re.compile(rf"{_SIDE}\s*{_ANGLE}[\s,;/]*{_SIDE}\s*{_ANGLE}", re.IGNORECASE)


class PastedPoint(NamedTuple):
    """A point as written, in WGS84 degrees; not necessarily on the Earth, or in France."""

    lat: float
    lon: float

    @property
    def swapped(self) -> "PastedPoint":
        """The two numbers the other way round."""
        return PastedPoint(self.lon, self.lat)

    @property
    def is_on_earth(self) -> bool:
        """Whether both are within the bounds of degrees."""
        return abs(self.lat) <= MAX_LAT and abs(self.lon) <= MAX_LON


def parse_coordinates(text: str) -> PastedPoint | None:
    """The point that a whole text gives, None when it gives none.

    Two whole numbers are none, save after ``geo:`` or with their hemispheres: ``29 35`` may be
    two departments. Zero is a coordinate: ``44.5, 0``.
    """
    line = " ".join(unquote(text).split())
    if is_link(line):
        return _read_link(line)
    named = _GEO.fullmatch(line)
    if named:
        return PastedPoint(float(named[1]), float(named[2]))
    return _read_angles(line) or _read_pair(line)


def is_link(text: str) -> bool:
    """Whether a text is the address of a page, or the end of one with its ``@``."""
    return _LINK.search(text) is not None


def _read_link(line: str) -> PastedPoint | None:
    for form, longitude_first in _LINKS:
        found = form.search(line)
        if found:
            point = PastedPoint(float(found[1]), float(found[2]))
            return point.swapped if longitude_first else point
    return None


def _read_pair(line: str) -> PastedPoint | None:
    """Two decimal numbers, bare, between brackets, or named lat and lon in this order."""
    named = _LABEL.sub(" ", line.replace("&", " ")).strip("()[] ")
    numbers = " ".join(named.split())
    found = next((f for form in _PAIRS if (f := form.fullmatch(numbers))), None)
    if found is None or not _DECIMAL.search(numbers):
        return None
    lat, lon = (float(number.replace(",", ".")) for number in found.groups())
    return PastedPoint(lat, lon)


def _read_angles(line: str) -> PastedPoint | None:
    """Degrees, minutes and seconds with their hemispheres, before or after, in either order."""
    after, before = _AFTER.fullmatch(line), _BEFORE.fullmatch(line)
    if after:
        parts = after.groups()
        sides, angles = (parts[3], parts[7]), (parts[:3], parts[4:7])
    elif before:
        parts = before.groups()
        sides, angles = (parts[0], parts[4]), (parts[1:4], parts[5:8])
    else:
        return None
    values = {
        axis: sign * _degrees(angle)
        for side, angle in zip(sides, angles, strict=True)
        for axis, sign in [_HEMISPHERES[side.lower()]]
    }
    return PastedPoint(values["lat"], values["lon"]) if len(values) > 1 else None


def _degrees(angle: tuple[str | None, ...]) -> float:
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in angle)
    return degrees + minutes / SIXTIETH + seconds / SECOND
