"""Files of every format with one field at its bound or beyond it, made from the tables of bounds.

A new column or field is covered by being in its table; nothing here names one.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from indexers.quality.quarantine import Quarantine
from indexers.sources.ameli.columns import ALIASES
from indexers.sources.ameli.reader import read_contracts
from indexers.sources.columns import (
    AMELI,
    FINESS_HEADED,
    FINESS_LEGACY_POINT,
    FINESS_LEGACY_SITE,
    FINESS_PLUS,
    RPPS,
    RPPS_SKILLS,
    Columns,
)
from indexers.sources.finess import read_structures
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.skills import read_skills
from mappings.bounds import ListBound, TextBound

FIXTURES = Path(__file__).parents[1] / "fixtures/finess"
Row = dict[str, str]
PERSON = {"Type d'identifiant PP": "8", "Nom d'exercice": "MARTIN", "Code profession": "10"}


@dataclass(frozen=True)
class LineFormat:
    """A published format of lines: its columns, how rows are written, and its reader."""

    name: str
    columns: Columns
    write: Callable[[list[Row]], bytes]
    rows: Callable[[int], Row]
    """A healthy row by its number."""
    read: Callable[[Path, Quarantine], Iterator[Any]]


def _pipes(columns: Columns) -> Callable[[list[Row]], bytes]:
    def write(rows: list[Row]) -> bytes:
        lines = [[row.get(name, "") for name in columns] for row in rows]
        return "".join("|".join(line) + "|\n" for line in [list(columns), *lines]).encode()

    return write


def _person(number: int) -> Row:
    rpps = f"101{number:08d}"
    return {**PERSON, "Identifiant PP": rpps, "Identification nationale PP": f"8{rpps}"}


def _person_with_skill(number: int) -> Row:
    return {**_person(number), "Code savoir-faire": "SM54"}


def _semicolons(header: list[str], columns: list[str], opening: str = "") -> Any:
    def write(rows: list[Row]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\n")
        writer.writerows([header] if header else [])
        writer.writerows([row.get(name, "") for name in columns] for row in rows)
        return (opening + text.getvalue()).encode()

    return write


def _site(number: int) -> Row:
    names = {"nofinesset": f"48{number:07d}", "rs": "PHARMACIE", "categetab": "620"}
    return {"structureet": "structureet", **names}


def _point(number: int) -> Row:
    return {"geolocalisation": "geolocalisation", "nofinesset": f"48{number:07d}"}


def _contract(number: int) -> Row:
    names = {"family": f"MARTIN{'A' * (number % 40)}", "given": "ANNE", "specialty": "01"}
    return {**names, "postal_code": "48000", "city": "MENDE", "sector": "Secteur 1"}


LEGACY = "finess;etalab;93;2026-05-04\n"
LINE_FORMATS = (
    LineFormat("rpps", RPPS, _pipes(RPPS), _person, read_activities),
    LineFormat("rpps-skills", RPPS_SKILLS, _pipes(RPPS_SKILLS), _person_with_skill, read_skills),
    LineFormat(
        "finess-headed",
        FINESS_HEADED,
        _semicolons(list(FINESS_HEADED), list(FINESS_HEADED)),
        _site,
        read_structures,
    ),
    LineFormat(
        "finess-legacy",
        FINESS_LEGACY_SITE,
        _semicolons([], list(FINESS_LEGACY_SITE), LEGACY),
        _site,
        read_structures,
    ),
    LineFormat(
        "finess-points",
        FINESS_LEGACY_POINT,
        _semicolons([], list(FINESS_LEGACY_POINT), LEGACY),
        _point,
        read_structures,
    ),
    LineFormat(
        "ameli",
        AMELI,
        _semicolons([ALIASES[name][0] for name in AMELI], list(AMELI)),
        _contract,
        read_contracts,
    ),
)

SECTIONS = {"structureet", "geolocalisation"}
"""A field that says what its line is: another word there is another section."""

LINE_FIELDS = [
    (form, name) for form in LINE_FORMATS for name in form.columns if name not in SECTIONS
]


def json_paths(kind: str = "ege", at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key of a FINESS+ site."""
    for key in FINESS_PLUS[kind]:
        yield (*at, key)
        if key in FINESS_PLUS:
            yield from json_paths(key, (*at, key))


def json_bound(path: tuple[str, ...]) -> TextBound | ListBound:
    """The bound of a key by its path."""
    kind = path[-2] if len(path) > 1 else "ege"
    return FINESS_PLUS[kind][path[-1]]


def json_site(number: int, path: tuple[str, ...] = (), value: object = None) -> dict[str, Any]:
    """A healthy site, with a value at a path."""
    site: dict[str, Any] = {"categorieentiteGeographiqueExercice": "620"}
    site["informationsGeneralesEGE"] = {"numFinessEge": f"48{number:07d}"}
    place = site
    for key in path[:-1]:
        place = place.setdefault(key, {})
    if path:
        place[path[-1]] = value
    return site


def write_json_sites(path: Path, sites: list[Mapping[str, Any]]) -> Path:
    """A FINESS+ file of one entity a site."""
    entities = [{"informationsGeneralesPMEJ": {}, "ege": [site]} for site in sites]
    path.write_bytes(orjson.dumps({"generatedAt": "2026-11-20", "pmej": entities}))
    return path
