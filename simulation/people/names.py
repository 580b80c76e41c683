"""Names of invented people: frequencies of reality, any combination is chance.

A person has an origin, drawn for the department; the family name comes from the names of that
origin, or is a rare one made of parts. Tables: ``simulation/tables/name_origins.csv``,
``surnames.csv``, ``surname_parts.csv``, ``given_names.csv``.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from mappings.codes import table_rows
from simulation.draws import WeightedChoice, build_weighted
from simulation.table_files import read_table, split_texts

FRANCE = "france"
"""Origin of the names that no other one claims."""
HYPHENATED_SHARE = 0.035
TWO_NAMES_SHARE = 0.06
"""Share of women who write two surnames without a hyphen."""
SECOND_GIVEN_SHARE = 0.03
PARTICLE_SHARE = 0.01
"""Share of rare French names with a particle."""
PARTICLES = build_weighted(
    [("DE ", 0.45), ("DU ", 0.15), ("D'", 0.2), ("DE LA ", 0.15), ("DES ", 0.05)]
)
OWN_GIVEN_SHARE = 0.45
"""Share of people with a given name of their own origin, where it has some."""
WOMEN_SHARE = 0.51
VOWELS = frozenset("AEIOUYH")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as a directory writes it: family in capitals."""

    family: str
    given: str
    gender: str


@dataclass(frozen=True, slots=True)
class NameParts:
    """Parts of which the rare names of an origin are made, and the share of people with one."""

    share: float
    root: WeightedChoice[str]
    link: WeightedChoice[str]
    end: WeightedChoice[str]

    def draw(self, rng: random.Random) -> str:
        """A name that most often nobody else has: ``CHASS`` + ``ELL`` + ``IER``."""
        return self.root.draw(rng) + self.link.draw(rng) + self.end.draw(rng)


@cache
def surnames() -> Mapping[str, WeightedChoice[str]]:
    """The known surnames of each origin."""
    return _weigh_texts(
        (row["origin"], row["names"], float(row["weight"])) for row in read_table("surnames")
    )


@cache
def first_names() -> Mapping[str, WeightedChoice[str]]:
    """Given names by origin and gender: ``brittany M``; those of the whole country are France's."""
    known = [
        (f"{FRANCE} {row['gender']}", row["name"], float(row["weight"]))
        for row in table_rows("given_names")
    ]
    own = [
        (f"{row['origin']} {row['gender']}", row["names"], float(row["weight"]))
        for row in read_table("given_names")
    ]
    return _weigh_texts([*known, *own])


@cache
def surname_parts() -> Mapping[str, NameParts]:
    """The parts of rare names, of the origins that have some."""
    rows = read_table("surname_parts")
    shares = {row["origin"]: float(row["weight"]) for row in rows if row["part"] == "share"}
    parts = _weigh_texts(
        (f"{row['origin']} {row['part']}", row["texts"], float(row["weight"])) for row in rows
    )
    return {
        origin: NameParts(
            share, parts[f"{origin} root"], parts[f"{origin} link"], parts[f"{origin} end"]
        )
        for origin, share in shares.items()
    }


def _weigh_texts(rows: Iterable[tuple[str, str, float]]) -> dict[str, WeightedChoice[str]]:
    """Rows (key, texts, weight of each text) as one choice a key."""
    pairs: dict[str, list[tuple[str, float]]] = {}
    for key, texts, weight in rows:
        pairs.setdefault(key, []).extend((text, weight) for text in split_texts(texts))
    return {key: build_weighted(found) for key, found in pairs.items()}


@cache
def name_origins(department: str) -> WeightedChoice[str]:
    """The origins of the names of a department: its own shares, else those of the country."""
    rows = read_table("name_origins")
    shares = {row["origin"]: float(row["share"]) for row in rows if not row["departments"]}
    for row in rows:
        if department in row["departments"].split():
            shares[row["origin"]] = float(row["share"])
    rest = 1 - sum(shares.values())
    return build_weighted([(FRANCE, rest), *sorted(shares.items())])


def draw_name(rng: random.Random, department: str) -> Name:
    """One invented person of a department."""
    gender = "F" if rng.random() < WOMEN_SHARE else "M"
    origin = name_origins(department).draw(rng)
    given = _draw_given(rng, origin, gender)
    if rng.random() < SECOND_GIVEN_SHARE:
        given = f"{given} {_draw_given(rng, FRANCE, gender)}"
    return Name(_draw_family(rng, origin, department, gender), given, gender)


def draw_surname(rng: random.Random, department: str) -> str:
    """One surname of a department, such as a structure is called by."""
    return _draw_of_origin(rng, name_origins(department).draw(rng))


def _draw_given(rng: random.Random, origin: str, gender: str) -> str:
    own = first_names().get(f"{origin} {gender}")
    if own is not None and rng.random() < OWN_GIVEN_SHARE:
        return own.draw(rng)
    return first_names()[f"{FRANCE} {gender}"].draw(rng)


def _draw_family(rng: random.Random, origin: str, department: str, gender: str) -> str:
    first, kind = _draw_of_origin(rng, origin), rng.random()
    if kind < HYPHENATED_SHARE:
        return f"{first}-{draw_surname(rng, department)}"
    if kind < HYPHENATED_SHARE + TWO_NAMES_SHARE and gender == "F":
        return f"{first} {draw_surname(rng, department)}"
    return first


def _draw_of_origin(rng: random.Random, origin: str) -> str:
    parts = surname_parts().get(origin)
    if parts is None or rng.random() >= parts.share:
        return surnames()[origin].draw(rng)
    rare = parts.draw(rng)
    if origin == FRANCE and rng.random() < PARTICLE_SHARE:
        return _with_particle(PARTICLES.draw(rng), rare)
    return rare


def _with_particle(particle: str, name: str) -> str:
    """``D'`` before a vowel, and only there."""
    if name[0] in VOWELS:
        return f"D'{name}"
    return f"DE {name}" if particle == "D'" else f"{particle}{name}"
