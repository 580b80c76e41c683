"""FINESS, legacy form: no header, structures first, their points after all of them.

Frozen since 20 July 2026 (data of 4 May 2026). Source: docs/reference/sources/finess.md.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess.fields import SiteBuilder, parse_routing_line, postal_address
from indexers.sources.finess.structure import Coordinates, Structure
from indexers.sources.reading import repairs
from indexers.sources.reading.lines import Line, read_lines
from indexers.sources.reading.semicolons import split_fields, width_reason
from indexers.sources.reading.text import REPLACEMENT_CHARACTER

STRUCTURE_FIELDS = (
    "structureet",
    "nofinesset",
    "nofinessej",
    "rs",
    "rslongue",
    "complrs",
    "compldistrib",
    "numvoie",
    "typvoie",
    "voie",
    "compvoie",
    "lieuditbp",
    "commune",
    "departement",
    "libdepartement",
    "ligneacheminement",
    "telephone",
    "telecopie",
    "categetab",
    "libcategetab",
    "categagretab",
    "libcategagretab",
    "siret",
    "codeape",
    "codemft",
    "libmft",
    "codesph",
    "libsph",
    "dateouv",
    "dateautor",
    "datemaj",
    "numuai",
)
"""Fields of a ``structureet`` line; the first is the name of the section."""

GEOLOCATION_FIELDS = (
    "geolocalisation",
    "nofinesset",
    "coordxet",
    "coordyet",
    "sourcecoordet",
    "datemaj",
)
"""Fields of a ``geolocalisation`` line; the first is the name of the section."""

STRUCTURES = STRUCTURE_FIELDS[0]
POINTS = GEOLOCATION_FIELDS[0]
_WIDTHS = {STRUCTURES: len(STRUCTURE_FIELDS), POINTS: len(GEOLOCATION_FIELDS)}
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
    sites = SiteBuilder("finess-legacy", quarantine)
    for line in read_lines(path, quarantine):
        if line.text.startswith(SIGNATURE):
            quarantine.layout = Layout(".csv", f"{line.text}\n")
            continue
        quarantine.read += 1
        fields = _fields(line, quarantine)
        if fields is not None and fields[0] == STRUCTURES:
            structure = _structure(line, fields, sites)
            if structure is not None:
                yield _with_point(structure, points)
    for finess, (number, _) in points.items():
        quarantine.warn(number, Reason.POINT_WITHOUT_STRUCTURE, finess)


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


def _points(path: Path) -> dict[str, tuple[int, Coordinates]]:
    """The line and the pair of each site that has one; damaged lines are left to the 2nd pass."""
    points: dict[str, tuple[int, Coordinates]] = {}
    for line in read_lines(path, Quarantine("finess points")):
        if not line.text.startswith(f"{POINTS};"):
            continue
        fields = split_fields(line.text, len(GEOLOCATION_FIELDS))
        if fields is not None and fields[2] and fields[3]:
            _, finess, x, y, source, _ = fields
            points[repairs.finess(finess)] = (line.number, build_coordinates(x, y, source))
    return points


def build_coordinates(x: str, y: str, source: str) -> Coordinates:
    """A pair as published, with the token that names its projection when there is one."""
    coordinates: Coordinates = {"x": x, "y": y}
    if source:
        coordinates["source"] = source
    return coordinates


def _fields(line: Line, quarantine: Quarantine) -> list[str] | None:
    """The fields of a line of a known section; anything else goes to quarantine."""
    width = _WIDTHS.get(line.text.partition(";")[0])
    if width is None:
        reason = Reason.UNKNOWN_SECTION if line.has_line_break else Reason.TRUNCATED_LINE
        quarantine.reject(line.number, reason, line.text)
        return None
    fields = split_fields(line.text, width)
    if fields is None:
        quarantine.reject(line.number, width_reason(line, width), line.text)
    elif REPLACEMENT_CHARACTER in line.text:
        quarantine.warn(line.number, Reason.LOST_CHARACTER, line.text)
    return fields


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


def _with_point(structure: Structure, points: dict[str, tuple[int, Coordinates]]) -> Structure:
    """The site with its point, which is claimed: those left at the end belong to no site."""
    found = points.pop(structure["finess"], None)
    if found is not None:
        structure["coordinates"] = [found[1]]
    return structure
