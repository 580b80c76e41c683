"""FINESS, legacy form: no header, structures first, their points after all of them.

Frozen since 20 July 2026 (data of 4 May 2026). Source: docs/reference/sources/finess.md.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.columns import FINESS_LEGACY_POINT, FINESS_LEGACY_SITE
from indexers.sources.finess.fields import SiteBuilder, parse_routing_line, postal_address
from indexers.sources.finess.structure import Coordinates, Structure
from indexers.sources.reading import repairs
from indexers.sources.reading.lines import read_lines
from indexers.sources.reading.row_bounds import positional_bounds
from indexers.sources.reading.semicolons import read_semicolon_row, split_fields
from mappings.bounds import SITES
from mappings.text.sheets import Line, is_separator_line

STRUCTURE_FIELDS = tuple(FINESS_LEGACY_SITE)
GEOLOCATION_FIELDS = tuple(FINESS_LEGACY_POINT)
"""Fields of a line of each section, in order; the first is the name of the section."""

STRUCTURES = STRUCTURE_FIELDS[0]
POINTS = GEOLOCATION_FIELDS[0]
_SECTIONS = {
    STRUCTURES: positional_bounds(FINESS_LEGACY_SITE),
    POINTS: positional_bounds(FINESS_LEGACY_POINT),
}
SIGNATURE = "finess;etalab;"
"""How the first line starts; its fourth field is the day of the data."""

WALLIS = "9J"

_TEXTS = {
    "finess": "nofinesset",
    "legal_finess": "nofinessej",
    "siret": "siret",
    "category": "categetab",
    "opened": "dateouv",
    "updated": "datemaj",
}
"""Key of a structure -> field."""


def read_legacy(path: Path, quarantine: Quarantine) -> Iterator[Structure]:
    """Every site of a legacy file, with its point; read twice, as points come last.

    The first pass keeps the points (some 100,000 short texts), the second streams the sites.
    """
    points = _points(path)
    claimed: set[str] = set()
    sites = SiteBuilder("finess-legacy", quarantine)
    for line, fields in _sites(path, quarantine):
        structure = _structure(line, fields, sites)
        if structure is None:
            continue
        point = points.get(structure["finess"])
        if point is not None:
            claimed.add(structure["finess"])
            structure["coordinates"] = [build_coordinates(point.x, point.y, point.source)]
        if sites.keep(structure, partial(_text, line)):
            yield structure
    if sites.superseded:
        for line in read_lines(path, Quarantine("finess again")):
            sites.reject_superseded(line.number, partial(_text, line))
    for finess, point in points.items():
        if finess not in claimed:
            quarantine.warn(point.line, Reason.POINT_WITHOUT_STRUCTURE, finess)


def _sites(path: Path, quarantine: Quarantine) -> Iterator[tuple[Line, list[str]]]:
    """The healthy lines of sites; damaged lines of both sections go to quarantine."""
    for line in read_lines(path, quarantine):
        if line.text.replace('"', "").startswith(SIGNATURE):
            quarantine.layout = Layout(".csv", f"{line.text}\n")
        elif not is_separator_line(line.text):
            quarantine.read += 1
            fields = _fields(line, quarantine)
            if fields is not None and fields[0] == STRUCTURES:
                yield line, fields


def _text(line: Line) -> str:
    return line.text


def legacy_date(first_line: str) -> date | None:
    """The day of the data in ``finess;etalab;<n>;<day>``."""
    fields = first_line.split(";")
    day = repairs.day(fields[3]) if len(fields) > 3 else ""  # noqa: PLR2004
    return date.fromisoformat(day) if day else None


def commune_code(commune: str, department: str, postal_code: str) -> str:
    """The INSEE code glued from its two halves: ``451`` and ``01`` give 01451.

    Overseas the department is a FINESS code (9A to 9J) and the commune follows 97, or 98 in
    Wallis. Saint-Martin and Saint-Barthélemy are under Guadeloupe, distinguished by their postcode.
    """
    if postal_code in repairs.RENUMBERED:
        return repairs.RENUMBERED[postal_code]
    if not commune:
        return ""
    if department.upper() in repairs.FINESS_DEPARTMENTS:
        prefix = "98" if department.upper() == WALLIS else "97"
        return repairs.insee(prefix + commune.zfill(3))
    return repairs.insee(department.zfill(2)[:2] + commune.zfill(3))


class _Point(NamedTuple):
    """The point of a site; of several, the greatest: the latest, then by its content."""

    updated: str
    x: str
    y: str
    source: str
    line: int


def _points(path: Path) -> dict[str, _Point]:
    """The point of each site that has one; damaged lines are left to the second pass."""
    points: dict[str, _Point] = {}
    for line in read_lines(path, Quarantine("finess points")):
        if _section(line) != POINTS:
            continue
        fields = split_fields(line.text, len(GEOLOCATION_FIELDS))
        if fields is None or not (fields[2] and fields[3]) or _SECTIONS[POINTS].find_excess(fields):
            continue
        _, finess, x, y, source, updated = fields
        key, point = repairs.finess(finess), _Point(repairs.day(updated), x, y, source, line.number)
        if len(points) < SITES or key in points:
            points[key] = max(point, points.get(key, point))
    return points


def _section(line: Line) -> str:
    """The name of the section of a line, quoted or not."""
    return line.text.partition(";")[0].strip('"')


def build_coordinates(x: str, y: str, source: str) -> Coordinates:
    """A pair as published, with the token that names its projection when there is one."""
    coordinates: Coordinates = {"x": x, "y": y}
    if source:
        coordinates["source"] = source
    return coordinates


def _fields(line: Line, quarantine: Quarantine) -> list[str] | None:
    """The fields of a line of a known section; anything else goes to quarantine."""
    bounds = _SECTIONS.get(_section(line))
    if bounds is None:
        reason = Reason.UNKNOWN_SECTION if line.has_line_break else Reason.TRUNCATED_LINE
        quarantine.reject(line.number, reason, line.text)
        return None
    return read_semicolon_row(line, bounds, quarantine)


def _structure(line: Line, fields: list[str], site_builder: SiteBuilder) -> Structure | None:
    texts = dict(zip(STRUCTURE_FIELDS, fields, strict=True))
    postal_code, city = parse_routing_line(texts["ligneacheminement"])
    insee = commune_code(texts["commune"], texts["departement"], postal_code)
    named = {key: texts[field] for key, field in _TEXTS.items()}
    named["name"] = texts["rslongue"] or texts["rs"]
    return site_builder.build_structure(
        line.number,
        named,
        postal_address(texts, postal_code, city, insee),
        (texts["telephone"],),
        lambda: line.text,
    )
