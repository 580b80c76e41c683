"""Healthy rows changed in one place: what the cases of the sixty traps are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from indexers.sources.finess.plus import INACTIVE
from tests.indexers.file_set import ACTIVITIES, AT, CENTRE, MENDE, MSP, FileSet, rang

ANNE, BRUNO = "10100000016", "10100000024"
FINESS_FILE = "finess-structures.json"


SLOT: Mapping[str, Any] = {
    "slot": "s1",
    "start": "2026-11-23T10:00:00Z",
    "end": "2026-11-23T10:20:00Z",
    "types": ["SNP"],
    "practitioner": {"idnps": f"8{ANNE}"},
    "structure": {"idnst": f"4{rang(ANNE)}", "kind": "RPPS_RANG"},
}
"""A healthy slot of the SAS agenda."""


class TrapOutcome(StrEnum):
    """What becomes of the damage."""

    KEPT = "kept"
    """Kept or repaired: the offers are as healthy rows would have made them."""
    WARNED = "warned"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    REFUSED = "refused"
    """The whole file, with a typed error."""
    POINT = "point"
    """A raw point, read, mended or refused with a code of ``geography.reasons``."""
    SLOT = "slot"
    """A slot refused, left aside or hidden, with a code of docs/reference/sources/slots.md."""
    RUN = "run"
    """A whole run against the last one: ``tests/traps/test_whole_files.py``."""


@dataclass(frozen=True)
class TrapCase:
    """One damage; ``fields`` are those of the first offer, ``count`` how many offers come out."""

    number: int
    name: str
    outcome: TrapOutcome
    make: Callable[[FileSet], object]
    reason: str = ""
    source: str = "rpps"
    count: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)
    error: type[Exception] | None = None


def anne(**columns: Any) -> Callable[[FileSet], FileSet]:
    """One doctor, changed in some columns."""
    return lambda files: files.doctor(ANNE, **columns)


def at(**columns: str) -> Callable[[FileSet], FileSet]:
    """One doctor of Mende, her place changed in some columns of the address."""
    return lambda files: files.doctor(ANNE, {**MENDE, **address_columns(**columns)})


def address_columns(**columns: str) -> dict[str, str]:
    """Columns of the address by a short word."""
    names = {
        "number": f"Numéro Voie {AT}",
        "repetition": f"Indice répétition voie {AT}",
        "kind": f"Libellé type de voie {AT}",
        "kind_code": f"Code type de voie {AT}",
        "street": f"Libellé Voie {AT}",
        "office": f"Bureau cedex {AT}",
        "mention": f"Mention distribution {AT}",
        "code": f"Code postal {AT}",
        "insee": f"Code commune {AT}",
        "city": f"Libellé commune {AT}",
        "country": f"Code pays {AT}",
        "department": "Code Département (structure)",
    }
    return {names[word]: text for word, text in columns.items()}


def alter_file(
    old: bytes, new: bytes, name: str = ACTIVITIES, **columns: Any
) -> Callable[[FileSet], None]:
    """One doctor, the bytes of the file then changed."""

    def make(files: FileSet) -> None:
        files.doctor(ANNE, **columns)
        path = files.directory / name
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new))

    return make


def both(*makes: Callable[[FileSet], object]) -> Callable[[FileSet], None]:
    """Several changes one after the other."""

    def make(files: FileSet) -> None:
        for one in makes:
            one(files)

    return make


def file(name: str, content: bytes) -> Callable[[FileSet], None]:
    """A file of these bytes."""

    def make(files: FileSet) -> None:
        (files.directory / name).write_bytes(content)

    return make


def site(finess: str = MSP, category: str = "603", **facts: Any) -> Callable[[FileSet], FileSet]:
    """One site of Mende."""
    return lambda files: files.site(finess, category, "MAISON DES TANNEURS", **facts)


def point(x: str, y: str, **address: Any) -> Callable[[FileSet], FileSet]:
    """One site of Mende with this pair."""
    place = {"coordonneesGeographique": {"coordonneeX": x, "coordonneeY": y}, **address}
    return site(address=place)


def cut(files: FileSet) -> None:
    """The FINESS file without its end."""
    path = files.directory / FINESS_FILE
    path.write_bytes(path.read_bytes()[:-40])


def crowd(files: FileSet) -> None:
    """More than twenty streets on exactly one point."""
    for number in range(25):
        files.site(f"4800{number:05d}", "620", "PHARMACIE", address={"libelleVoie": f"N{number}"})


def slot(**fields: Any) -> Callable[[FileSet], FileSet]:
    """One doctor and one slot of the SAS agenda."""
    return lambda files: files.doctor(ANNE).line("agenda", **{**SLOT, **fields})


def adeli(files: FileSet) -> None:
    """A row of a nurse with an ADELI number only."""
    files.doctor(ANNE)
    path = files.directory / ACTIVITIES
    text = path.read_text("utf-8").replace(f"|8{ANNE}|", "|0484000013|")
    path.write_text(text.replace(f"8|{ANNE}|", "0|484000013|"), "utf-8")


def at_closed_site(files: FileSet) -> None:
    """A slot at a site that has closed, where nobody is shown any more."""
    site(CENTRE, "124", etatObjet=INACTIVE)(files)
    files.doctor(ANNE, finess=CENTRE)
    structure = {"idnst": f"1{CENTRE}", "kind": "FINESS"}
    files.line("agenda", **{**SLOT, "structure": structure})


K, W, S, R = TrapOutcome.KEPT, TrapOutcome.WARNED, TrapOutcome.SKIPPED, TrapOutcome.REJECTED
X, P, T, RUN = TrapOutcome.REFUSED, TrapOutcome.POINT, TrapOutcome.SLOT, TrapOutcome.RUN
MENDE_INSEE = {"insee": "48095", "department": "48"}
NOTHING: Callable[[FileSet], object] = anne()
