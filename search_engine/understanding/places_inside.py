"""A place said inside the line of what is looked for: ``pharmacie Mende``, ``Dr Martin à Brest``.

Never a commune out of a family name alone: a bare place is taken at the end of a line that already
says something else, and a person's name keeps its first word.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from geography.departments import departments
from geography.gazetteer import load_gazetteer
from geography.place_names import name_key
from geography.where.districts import find_districts
from geography.where.misspelt import find_near_communes
from geography.where.usual_places import find_usual_communes
from mappings.analysis import fold
from search_engine.understanding.tokens import Token, join_typed

MAX_PLACE_WORDS = 7

MISSPELT_MIN_LETTERS = 6
MISSPELT_MIN_POPULATION = 10_000
"""A misspelt commune is a known town: with 35,000 names every family name is near to one."""

MIN_USUAL_LETTERS = 5
"""Letters from which a usual name is a place inside a line: ``houat``, not ``sein``."""

MIN_HOMONYM_POPULATION = 2_000
"""Inhabitants from which a word beside a name is read as a place."""

_POSTCODE = re.compile(r"\d{5}")
_DEPARTMENT_CODE = re.compile(r"\d{2,3}|2[ab]")


class PlaceInside(NamedTuple):
    """A place at the end of some words: as typed, how many words it takes.

    ``corrected`` is the town that a misspelt name was read as, ``meant`` the place with the
    article that a preposition took in.
    """

    typed: str
    length: int
    corrected: str | None = None
    meant: str | None = None


def find_ending_place(tokens: Sequence[Token], *, sure: bool) -> PlaceInside | None:
    """The longest place that the words end with; ``sure`` after a preposition or a need.

    A name beside which it stands leaves only towns, of ``MIN_HOMONYM_POPULATION`` at least.
    """
    for start in range(max(0, len(tokens) - MAX_PLACE_WORDS), len(tokens)):
        typed = join_typed(tokens[start:])
        if is_place(typed, sure=sure):
            return PlaceInside(typed, len(tokens) - start)
    return _find_misspelt(tokens[-1]) if sure and tokens else None


def count_town_words(tokens: Sequence[Token]) -> int:
    """How many words at the end are one commune of several: 3 for Bourg-en-Bresse, else 0."""
    for start in range(max(0, len(tokens) - MAX_PLACE_WORDS), len(tokens) - 1):
        if load_gazetteer().by_name(" ".join(token.folded for token in tokens[start:])):
            return len(tokens) - start
    return 0


def is_place(text: str, *, sure: bool, inhabitants: int = 0) -> bool:
    """Whether the whole text names a commune, a district, a postcode or a department.

    ``sure`` admits the code of a department and every commune; else a commune has
    ``MIN_HOMONYM_POPULATION``, or ``inhabitants`` where that is more.
    """
    folded = fold(text)
    if _DEPARTMENT_CODE.fullmatch(folded):
        return sure and folded.upper() in departments()
    if _POSTCODE.fullmatch(folded):
        return bool(load_gazetteer().by_postcode(folded))
    if folded in _department_names() or _is_district(text) or (sure and _is_usual_name(text)):
        return True
    communes = load_gazetteer().by_name(text)
    least = 0 if sure else max(MIN_HOMONYM_POPULATION, inhabitants)
    return bool(communes) and communes[0].population >= least


def _is_usual_name(text: str) -> bool:
    """An island or another place by its usual name; Sein and Ré are words of their own here."""
    return len(name_key(text)) >= MIN_USUAL_LETTERS and bool(find_usual_communes(text))


def _is_district(text: str) -> bool:
    districts, alone = find_districts(load_gazetteer(), text)
    return bool(districts) and alone


def _find_misspelt(token: Token) -> PlaceInside | None:
    word = token.folded
    if len(word) < MISSPELT_MIN_LETTERS or not word.isalpha():
        return None
    near = find_near_communes(load_gazetteer(), word, max_errors=1)
    town = next((c for c in near if c.population >= MISSPELT_MIN_POPULATION), None)
    return None if town is None or town.part else PlaceInside(token.typed, 1, town.name)


@cache
def _department_names() -> frozenset[str]:
    return frozenset(fold(department.name) for department in departments().values())
