"""The landmass of a place: the mainland or an island, and what lies across water.

Every commune has one, from ``tables/landmasses.csv``: islands by their communes, and those that are
part of a commune of the coast by their outline. An island joined by a bridge or a tunnel counts as
the ground it is joined to. How the table was checked: docs/reference/sources/crossings.md.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from geography.departments import resolve_department_code
from geography.gazetteer import load_gazetteer
from geography.outlines import Outline, OutlineIndex, parse_outline

LANDMASSES = Path(__file__).parent / "tables" / "landmasses.csv"

MAINLAND = "mainland"
"""Landmass of every commune that the table does not name."""


class Landmass(NamedTuple):
    """One row: id, French name, its communes or departments, the landmass it is joined to.

    ``outline`` is None where the island is not told by a point: its communes tell it.
    """

    id: str
    name: str
    communes: tuple[str, ...]
    joined_to: str | None
    outline: Outline | None


def find_landmass(lat: float, lon: float, insee: str | None = None) -> str:
    """The landmass id of a point in degrees, ``mainland`` for most: inside an outline, else by the
    commune of its address; without one, by the nearest commune that no outline bounds."""
    inside = _outlines().find(lat, lon)
    if inside:
        return inside[0]
    if insee is not None:
        return find_commune_landmass(insee)
    nearest = load_gazetteer().nearest(lat, lon).insee
    row = _by_code().get(nearest)
    if row is None or row.outline is None:
        return find_commune_landmass(nearest)
    return _department_landmass(nearest)


def find_commune_landmass(insee: str) -> str:
    """The landmass id of a commune code of today; raises UnknownDepartmentError for no code."""
    row = _by_code().get(insee)
    return _department_landmass(insee) if row is None else row.joined_to or row.id


def is_across_water(patient: str, offer: str | None) -> bool:
    """Whether one must cross water, by boat or plane, from a landmass to another.

    An offer without known landmass is not held to be across.
    """
    return offer is not None and patient != offer


@cache
def load_landmasses() -> dict[str, Landmass]:
    """The reviewed table by id."""
    with LANDMASSES.open(encoding="utf-8", newline="") as lines:
        return {row["landmass"]: _read_landmass(row) for row in csv.DictReader(lines)}


def _read_landmass(row: dict[str, str]) -> Landmass:
    outline = parse_outline(row["outline"]) if row["outline"] else None
    communes = tuple(row["communes"].split())
    return Landmass(row["landmass"], row["name"], communes, row["joined_to"] or None, outline)


def _department_landmass(insee: str) -> str:
    row = _by_code().get(resolve_department_code(insee))
    return MAINLAND if row is None else row.id


@cache
def _by_code() -> dict[str, Landmass]:
    """Rows by commune code, and by department code for what no row of a commune names."""
    return {code: row for row in load_landmasses().values() for code in row.communes}


@cache
def _outlines() -> OutlineIndex:
    rows = load_landmasses().values()
    return OutlineIndex({row.id: row.outline for row in rows if row.outline is not None})
