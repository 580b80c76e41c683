"""FINESS, headed form: one line a site, 42 columns, point included.

Source: docs/reference/sources/finess.md.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from indexers.quality.quarantine import Layout, Quarantine
from indexers.sources.columns import FINESS_HEADED
from indexers.sources.finess.fields import SiteBuilder, parse_routing_line, postal_address
from indexers.sources.finess.legacy import build_coordinates
from indexers.sources.finess.structure import Structure
from indexers.sources.reading import repairs
from indexers.sources.reading.errors import LayoutError
from indexers.sources.reading.headers import locate_columns, unknown_columns
from indexers.sources.reading.lines import read_lines
from indexers.sources.reading.row_bounds import RowBounds
from indexers.sources.reading.semicolons import read_header, read_semicolon_rows, split_fields
from mappings.text.sheets import Line

COLUMNS = tuple(FINESS_HEADED)
"""Header of the published file, in order."""

KEY_COLUMN = COLUMNS[0]
_REQUIRED = (KEY_COLUMN, "categetab", "codepostal")

_TEXTS = {
    "finess": "nofinesset",
    "legal_finess": "nofinessej",
    "siret": "siret",
    "category": "categetab",
    "opened": "dateouvert",
    "updated": "datemaj",
}
"""Key of a structure -> column."""


def read_header_form(path: Path, quarantine: Quarantine) -> Iterator[Structure]:
    """Every site of a headed file, streamed. Raises ``LayoutError`` on another header."""
    lines = read_lines(path, quarantine)
    header = _header(path, lines)
    located = locate_columns(header, COLUMNS)
    _check(path, located)
    quarantine.layout = Layout(".csv", f"{';'.join(header)}\n")
    quarantine.count_unknown(unknown_columns(header, located))
    sites = SiteBuilder("finess-headed", quarantine)
    bounds = RowBounds(header, FINESS_HEADED, located)
    for line, fields in read_semicolon_rows(lines, bounds, quarantine):
        texts = dict.fromkeys(COLUMNS, "") | {name: fields[at] for name, at in located.items()}
        structure = _structure(line, texts, sites)
        if structure is not None and sites.keep(structure, partial(_text, line)):
            yield structure
    if sites.superseded:
        for line in read_lines(path, Quarantine("finess again")):
            sites.reject_superseded(line.number, partial(_text, line))


def _text(line: Line) -> str:
    return line.text


def latest_update_date(path: Path) -> date | None:
    """The latest day a site of the file was updated: the file itself has no date."""
    lines = read_lines(path, Quarantine("finess date"))
    header = _header(path, lines)
    at = locate_columns(header, COLUMNS).get("datemaj")
    if at is None:
        return None
    fields = (split_fields(line.text, len(header)) for line in lines)
    latest = max((repairs.day(row[at]) for row in fields if row is not None), default="")
    return date.fromisoformat(latest) if latest else None


def _header(path: Path, lines: Iterator[Line]) -> list[str]:
    header = read_header(lines)
    if not header:
        raise LayoutError(f"{path.name} is empty; download it again")
    return header


def _check(path: Path, located: dict[str, int]) -> None:
    missing = [name for name in _REQUIRED if name not in located]
    if missing:
        raise LayoutError(
            f"{path.name} is not a FINESS file with a header: column {missing[0]!r} is missing; "
            "expected nofinesset;nofinessej;rs;..."
        )


def _structure(line: Line, texts: dict[str, str], site_builder: SiteBuilder) -> Structure | None:
    _, city = parse_routing_line(texts["ligneacheminement"])
    insee = repairs.RENUMBERED.get(texts["codepostal"]) or repairs.insee(texts["cog"])
    address = postal_address(texts, texts["codepostal"], city or texts["libelle_routage"], insee)
    named = {key: texts[column] for key, column in _TEXTS.items()}
    named["name"] = texts["rslongue"] or texts["rs"]
    structure = site_builder.build_structure(
        line.number, named, address, (texts["telephone"],), lambda: line.text
    )
    if structure is not None and texts["coordx"] and texts["coordy"]:
        pairs = [build_coordinates(texts["coordx"], texts["coordy"], texts["sourcegeocod"])]
        structure["coordinates"] = pairs
    return structure
