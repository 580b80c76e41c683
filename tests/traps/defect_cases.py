"""Traps whose damage is a defect of the catalogue: each gives its reason, this file its result.

Every numbered defect of these kinds of rows is a case; ``RESULTS`` holds the healthy row it needs
and the fields that must come out, where they are not those of Anne in Mende.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from geography.reasons import Note
from indexers.sources.rpps.activities import COLUMNS
from simulation.defects import rpps
from simulation.defects.catalogue import build_catalogue
from simulation.defects.kinds import Defect, Treatment
from simulation.files import json_line, pipe_line
from tests.indexers.file_set import (
    ACTIVITIES,
    CPTS,
    FLORAC,
    MENDE,
    MSP,
    NOW,
    PHARMACY,
    FileSet,
    rang,
)
from tests.traps.rows import (
    ANNE,
    FINESS_FILE,
    MENDE_INSEE,
    TrapCase,
    TrapOutcome,
    anne,
    at,
    both,
    site,
    slot,
)

Fill = Callable[[FileSet], object]


@dataclass(frozen=True)
class TrapResult:
    """Healthy rows to damage and the expected offers; None takes what the treatment implies."""

    healthy: Fill | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    outcome: TrapOutcome | None = None
    reason: str | None = None


OUTCOMES = {
    Treatment.REJECTED: TrapOutcome.REJECTED,
    Treatment.WARNED: TrapOutcome.WARNED,
    Treatment.SKIPPED: TrapOutcome.SKIPPED,
    Treatment.CLEANED: TrapOutcome.KEPT,
    Treatment.RELOCATED: TrapOutcome.POINT,
}
HIDING = (Treatment.REJECTED, Treatment.SKIPPED)
"""Treatments after which the damaged row gives no offer."""

BOURG = {"code": "01000", "insee": "01053", "city": "Bourg-en-Bresse"}
POINT = {
    "coordonneeX": "3.4990",
    "coordonneeY": "44.5190",
    "directionLongitude": "739000",
    "directionLatitude": "6380000",
}
CPTS_LINE = {
    "finess": CPTS,
    "name": "CPTS Lozère",
    "communes": ["48095"],
    "address": {"line": "1 rue A", "postal_code": "48000", "city": "Mende"},
}
HEALTHY: Mapping[str, Fill] = {
    "activities": anne(),
    "finess": site(address={"coordonneesGeographique": POINT}),
    "agenda": slot(),
    "cpts": lambda files: files.line("cpts", **CPTS_LINE),
}
"""The healthy row of a kind."""

PHARMACY_SITE = site(PHARMACY, "620")
RESULTS: Mapping[tuple[str, str], TrapResult] = {
    ("activities", "no_last_pipe"): TrapResult(
        lambda f: f.doctor(ANNE, {**MENDE, COLUMNS[-1]: "Activité standard"})
    ),
    ("activities", "cp1252_line"): TrapResult(
        lambda f: f.doctor(ANNE, name=("LÉGER", "Anne")), {"family": "LÉGER"}
    ),
    ("activities", "c1_apostrophe"): TrapResult(
        lambda f: f.doctor(ANNE, FLORAC), {"lines": ["3 Place DE L’ESPLANADE"]}
    ),
    ("activities", "odd_spaces"): TrapResult(fields={"family": "MARTIN"}),
    ("activities", "padded"): TrapResult(fields={"family": "MARTIN"}),
    ("activities", "missing_spelled"): TrapResult(anne(phone="0466000001"), {"phones": None}),
    ("activities", "siret_as_float"): TrapResult(anne(siret="77567227233016")),
    ("activities", "phone_without_zero"): TrapResult(
        anne(phone="0466000001"), {"phones": ["+33466000001"]}
    ),
    ("activities", "code_without_zero"): TrapResult(at(**BOURG), {"insee": "01053"}),
    ("activities", "spelled_otherwise"): TrapResult(both(anne(), anne()), {"rpps": ANNE}),
    ("activities", "no_former_id"): TrapResult(fields={"idnst": f"4{rang(ANNE)}"}),
    ("activities", "legal_as_site"): TrapResult(anne(legal_finess="480009999")),
    ("activities", "cedex"): TrapResult(fields=MENDE_INSEE),
    ("activities", "town_in_office"): TrapResult(at(office="48000 MENDE"), MENDE_INSEE),
    ("activities", "padded_department"): TrapResult(at(department="48"), MENDE_INSEE),
    ("activities", "type_in_street"): TrapResult(at(kind_code="R"), MENDE_INSEE),
    ("activities", "two_phones"): TrapResult(fields={"phones": ["+33199001122", "+33199003344"]}),
    ("activities", "zero_phone"): TrapResult(fields={"phones": None}),
    ("activities", "long_prefix"): TrapResult(fields={"phones": ["+33199001122"]}),
    ("activities", "phone_is_text"): TrapResult(fields={"phones": None}),
    ("activities", "email_as_phone"): TrapResult(fields={"phones": None}),
    ("finess", "site_twice"): TrapResult(count=1),
    ("finess", "no_finess"): TrapResult(PHARMACY_SITE),
    ("finess", "bad_finess"): TrapResult(PHARMACY_SITE),
    ("finess", "wrong_key"): TrapResult(PHARMACY_SITE),
    ("finess", "closed"): TrapResult(PHARMACY_SITE),
    ("finess", "unknown_key"): TrapResult(fields={"finess": MSP}),
    ("finess", "phone_null"): TrapResult(fields={"phones": None}),
    ("finess", "phone_is_text"): TrapResult(fields={"phones": None}),
    ("finess", "closing_later"): TrapResult(PHARMACY_SITE, {"finess": PHARMACY}),
    ("finess", "corrupted_th"): TrapResult(
        site(address={"libelleVoie": "DES Thermes"}), MENDE_INSEE
    ),
    ("finess", "commune_key"): TrapResult(outcome=TrapOutcome.POINT, reason=Note.COMMUNE_POINT),
    ("cpts", "no_commune"): TrapResult(fields={"kind": "cpts"}),
}


def build_defect_case(kind: str, defect: Defect) -> TrapCase:
    """The case of a defect: its damage planted in a healthy row of its kind."""
    result = RESULTS.get((kind, defect.name), TrapResult())
    outcome = result.outcome or OUTCOMES[defect.treatment]
    count = (0 if defect.treatment in HIDING else 1) if result.count is None else result.count
    return TrapCase(
        int(defect.trap),
        f"{kind} {defect.name}",
        TrapOutcome.SLOT if kind == "agenda" else outcome,
        both(result.healthy or HEALTHY[kind], PLANTERS[kind](defect)),
        str(defect.reason if result.reason is None else result.reason),
        "finess" if kind == "finess" else "rpps",
        count,
        result.fields,
    )


def plant_in_activities(defect: Defect) -> Fill:
    """Damage the first row of the activities."""

    def make(files: FileSet) -> None:
        path = files.directory / ACTIVITIES
        header, first, *others = path.read_bytes().splitlines(keepends=True)
        row = first.decode().removesuffix("|\n").split("|")
        damaged = _encode(_damage(defect, row), pipe_line)
        path.write_bytes(b"".join([header, damaged, *others]))

    return make


def plant_in_header(defect: Defect) -> Fill:
    """Replace the header of the activities."""

    def make(files: FileSet) -> None:
        path = files.directory / ACTIVITIES
        _, *rows = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([_damage(defect, []), *rows]))

    return make


def plant_in_finess(defect: Defect) -> Fill:
    """Damage the only entity of the FINESS file."""

    def make(files: FileSet) -> None:
        path = files.directory / FINESS_FILE
        whole = orjson.loads(path.read_bytes())
        whole["pmej"] = [_damage(defect, entity) for entity in whole["pmej"]]
        path.write_bytes(orjson.dumps(whole))

    return make


def plant_in_lines(name: str) -> Callable[[Defect], Fill]:
    """Damage the last line of a file of JSON lines."""

    def plant(defect: Defect) -> Fill:
        def make(files: FileSet) -> None:
            path = files.directory / f"{name}.jsonl"
            *others, last = path.read_bytes().splitlines(keepends=True)
            damaged = _damage(defect, orjson.loads(last))
            path.write_bytes(b"".join([*others, _encode(damaged, json_line)]))

        return make

    return plant


PLANTERS: Mapping[str, Callable[[Defect], Fill]] = {
    "activities": plant_in_activities,
    "finess": plant_in_finess,
    "agenda": plant_in_lines("agenda"),
    "cpts": plant_in_lines("cpts"),
}


def _damage(defect: Defect, row: Any) -> Any:
    damaged = defect.damage(row, Random(0))
    assert damaged is not None, f"{defect.name} does not apply to the healthy row"
    return damaged


def _encode(row: Any, encode: Callable[[Any], bytes]) -> bytes:
    return row if isinstance(row, bytes) else encode(row)


def is_trap(kind: str, defect: Defect) -> bool:
    """Whether a defect is one of the sixty; a key twice is met line by line elsewhere."""
    return defect.trap != "-" and not (kind == "cpts" and defect.name == "key_twice")


CATALOGUE = build_catalogue(NOW)
DEFECTS = (
    *(
        build_defect_case(kind, defect)
        for kind in PLANTERS
        for defect in CATALOGUE[kind]
        if is_trap(kind, defect)
    ),
    build_defect_case("activities", rpps.CUT),
    TrapCase(
        int(rpps.RENAMED_HEADER.trap),
        rpps.RENAMED_HEADER.name,
        TrapOutcome.KEPT,
        both(anne(), plant_in_header(rpps.RENAMED_HEADER)),
    ),
)
