"""FINESS, the register of health structures, in the three forms it has been published in.

One reader for all of them: the content of the file reveals its form.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from indexers.quality.quarantine import Quarantine
from indexers.sources.finess.header_form import KEY_COLUMN, latest_update_date, read_header_form
from indexers.sources.finess.legacy import SIGNATURE, legacy_date, read_legacy
from indexers.sources.finess.plus import plus_date, read_plus
from indexers.sources.finess.structure import (
    Coordinates,
    Form,
    Structure,
    StructureAddress,
    is_open,
    structure_exclusion_reason,
)
from indexers.sources.reading.errors import LayoutError
from indexers.sources.reading.lines import open_bytes, translate_unpack_errors
from indexers.sources.reading.semicolons import read_header
from mappings.text.cleaning import decode_line
from mappings.text.sheets import Line, is_separator_line

__all__ = [
    "Coordinates",
    "Form",
    "Structure",
    "StructureAddress",
    "detect_finess_form",
    "is_open",
    "read_structures",
    "source_date",
    "structure_exclusion_reason",
]

_PROBE = 4096
"""Bytes read to recognise the form: more than the longest header."""

_READERS = {
    "finess-plus": read_plus,
    "finess-legacy": read_legacy,
    "finess-headed": read_header_form,
}


def detect_finess_form(path: Path) -> Form:
    """Which form of FINESS a file is, by its first bytes; raises ``LayoutError`` on another."""
    start = _start(path)
    if start.startswith("{"):
        return "finess-plus"
    if start.replace('"', "").startswith(SIGNATURE):
        return "finess-legacy"
    if KEY_COLUMN in _read_names(start):
        return "finess-headed"
    raise LayoutError(
        f"{path.name} is no FINESS file: expected JSON with pmej, a first line finess;etalab;... "
        f"or a header with {KEY_COLUMN}"
    )


def read_structures(path: Path, quarantine: Quarantine) -> Iterator[Structure]:
    """Every site of a FINESS file of any form, streamed, open or closed.

    Damaged rows go to ``quarantine``; nothing is filtered,
    ``structure_exclusion_reason`` decides which sites
    the SAS lists. Raises ``LayoutError`` when the file is no FINESS file.
    """
    return _READERS[detect_finess_form(path)](path, quarantine)


def source_date(path: Path) -> date | None:
    """The day of the data as the file itself gives it, so that a frozen source is seen (trap 11).

    ``generatedAt`` of FINESS+, the first line of the legacy form, the latest update of a site in
    the headed form.
    """
    form = detect_finess_form(path)
    if form == "finess-plus":
        return plus_date(path)
    return (
        latest_update_date(path)
        if form == "finess-headed"
        else legacy_date(_start(path).replace('"', ""))
    )


def _read_names(start: str) -> list[str]:
    """The names of the first line."""
    lines = (Line(number, text, True) for number, text in enumerate(start.splitlines(), 1))
    return [name.lower() for name in read_header(lines)]


def _start(path: Path) -> str:
    with open_bytes(path) as handle, translate_unpack_errors(path):
        text, _ = decode_line(handle.read(_PROBE))
    text = text.lstrip("\ufeff \r\n\t")
    first, _, rest = text.partition("\n")
    return rest if is_separator_line(first) else text
