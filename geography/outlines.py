"""Outlines of islands, shores and valleys: coarse polygons of the reviewed tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import floor
from typing import NamedTuple

MIN_CORNERS = 3

CELL_DEGREES = 0.5
"""Side of a cell of an ``OutlineIndex``: nearly every cell of France holds no outline."""


class OutlineError(ValueError):
    """An outline of a table cannot be read; the message gives the form."""


class Outline(NamedTuple):
    """A simple polygon in WGS84 degrees, with the box around it.

    ``corners`` are (latitude, longitude), the last one joined to the first.
    """

    south: float
    west: float
    north: float
    east: float
    corners: tuple[tuple[float, float], ...]

    def contains(self, lat: float, lon: float) -> bool:
        """Whether a point in degrees is inside; the box answers for nearly all of them."""
        if not (self.south <= lat <= self.north and self.west <= lon <= self.east):
            return False
        return sum(_crosses(lat, lon, *side) for side in self._sides()) % 2 == 1

    def _sides(self) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
        return zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True)


def _crosses(lat: float, lon: float, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a line due east from the point crosses that side."""
    if (start[0] > lat) == (end[0] > lat):
        return False
    along = (lat - start[0]) / (end[0] - start[0])
    return lon < start[1] + along * (end[1] - start[1])


def parse_outline(text: str) -> Outline:
    """The outline written ``lat lon, lat lon, lat lon``; raises OutlineError."""
    try:
        corners = tuple(_parse_corner(corner) for corner in text.split(","))
    except ValueError as error:
        raise OutlineError(f"outline {text[:40]!r}: write it lat lon, lat lon, ...") from error
    if len(corners) < MIN_CORNERS:
        raise OutlineError(f"outline {text[:40]!r}: {len(corners)} corners, at least {MIN_CORNERS}")
    lats, lons = [lat for lat, _ in corners], [lon for _, lon in corners]
    return Outline(min(lats), min(lons), max(lats), max(lons), corners)


def _parse_corner(text: str) -> tuple[float, float]:
    lat, lon = map(float, text.split())
    return lat, lon


class OutlineIndex:
    """Outlines by id, found by point: half a million offers are looked up in a reindex."""

    def __init__(self, outlines: Mapping[str, Outline]) -> None:
        cells: dict[tuple[int, int], list[tuple[str, Outline]]] = defaultdict(list)
        for name, outline in outlines.items():
            for row in range(_cell(outline.south), _cell(outline.north) + 1):
                for column in range(_cell(outline.west), _cell(outline.east) + 1):
                    cells[row, column].append((name, outline))
        self._cells = dict(cells)

    def find(self, lat: float, lon: float) -> tuple[str, ...]:
        """The ids of the outlines that hold a point in degrees, in the order of the table."""
        near = self._cells.get((_cell(lat), _cell(lon)), ())
        return tuple(name for name, outline in near if outline.contains(lat, lon))


def _cell(degrees: float) -> int:
    return floor(degrees / CELL_DEGREES)
