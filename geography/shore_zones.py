"""What a straight line does not tell: minutes added between two shores or two valleys.

Zones are coarse outlines of ``tables/shore_zones.csv``; ``tables/crossings.csv`` has the minutes
that the way around adds to the distance, by the road that stays open in winter. How they were
estimated: docs/reference/sources/crossings.md.
"""

import csv
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from geography.outlines import Outline, OutlineIndex, parse_outline

TABLES = Path(__file__).parent / "tables"
ZONES = TABLES / "shore_zones.csv"
CROSSINGS = TABLES / "crossings.csv"


def find_zones(lat: float, lon: float) -> tuple[str, ...]:
    """The ids of the zones that hold a point in degrees; none for nearly all of France."""
    return _zone_index().find(lat, lon)


def find_detours(zones: Iterable[str]) -> dict[str, int]:
    """Minutes added to reach each zone from a place in these ones; none to a zone not named.

    A zone that holds the place itself is never a detour, nor is an offer in it.
    """
    here = set(zones)
    minutes: dict[str, int] = {}
    for zone in here:
        for other, added in load_crossings().get(zone, {}).items():
            if other not in here:
                minutes[other] = max(added, minutes.get(other, 0))
    return minutes


def compute_detour_minutes(patient: Collection[str], offer: Collection[str]) -> int:
    """Minutes added between two places, each by its zones; 0 where nothing lies between.

    The longest detour where several lie between; 0 in a zone that both share.
    """
    if set(patient) & set(offer):
        return 0
    detours = find_detours(patient)
    return max((detours.get(zone, 0) for zone in offer), default=0)


@cache
def load_zones() -> Mapping[str, Outline]:
    """The outline of each zone by id."""
    with ZONES.open(encoding="utf-8", newline="") as lines:
        return {row["zone"]: parse_outline(row["outline"]) for row in csv.DictReader(lines)}


@cache
def load_crossings() -> Mapping[str, Mapping[str, int]]:
    """Minutes added by zone and other zone, both ways."""
    minutes: dict[str, dict[str, int]] = {}
    with CROSSINGS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            minutes.setdefault(row["zone"], {})[row["other_zone"]] = int(row["minutes"])
            minutes.setdefault(row["other_zone"], {})[row["zone"]] = int(row["minutes"])
    return minutes


@cache
def _zone_index() -> OutlineIndex:
    return OutlineIndex(load_zones())
