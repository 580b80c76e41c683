"""Names of invented people: frequencies of reality, any combination is chance."""

import random
from dataclasses import dataclass
from functools import cache

from mappings.codes import table_rows
from simulation.draws import WeightedChoice, build_weighted

REGIONAL_SHARE = 0.35
"""Share of surnames drawn from the department's own, where there are some."""
HYPHENATED_SHARE = 0.05
TWO_NAMES_SHARE = 0.06
SECOND_GIVEN_SHARE = 0.03
WOMEN_SHARE = 0.51


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as a directory writes it: family in capitals."""

    family: str
    given: str
    gender: str


@cache
def surnames(department: str = "") -> WeightedChoice[str] | None:
    """Surnames of the whole country, or those of one department; None when it has none."""
    rows = [
        (r["name"], float(r["weight"]))
        for r in table_rows("surnames")
        if _is_from_department(r, department)
    ]
    return build_weighted(rows) if rows else None


def _is_from_department(row: dict[str, str], department: str) -> bool:
    return row["department"] == department


@cache
def first_names(gender: str) -> WeightedChoice[str]:
    """Given names of ``M`` or ``F``."""
    rows = [r for r in table_rows("given_names") if r["gender"] == gender]
    return build_weighted([(r["name"], float(r["weight"])) for r in rows])


def draw_name(rng: random.Random, department: str) -> Name:
    """One invented person of a department."""
    gender = "F" if rng.random() < WOMEN_SHARE else "M"
    given = first_names(gender).draw(rng)
    if rng.random() < SECOND_GIVEN_SHARE:
        given = f"{given} {first_names(gender).draw(rng)}"
    return Name(_family(rng, department, gender), given, gender)


def _family(rng: random.Random, department: str, gender: str) -> str:
    first, kind = _surname(rng, department), rng.random()
    if kind < HYPHENATED_SHARE:
        return f"{first}-{_surname(rng, department)}"
    if kind < HYPHENATED_SHARE + TWO_NAMES_SHARE and gender == "F":
        return f"{first} {_surname(rng, department)}"
    return first


def _surname(rng: random.Random, department: str) -> str:
    own = surnames(department)
    if own is not None and rng.random() < REGIONAL_SHARE:
        return own.draw(rng)
    everywhere = surnames()
    if everywhere is None:
        raise LookupError("tables/surnames.csv has no name of the whole country")
    return everywhere.draw(rng)
