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
from geography.where.phrases import find_street
from geography.where.told import find_begun_communes, is_in_department, is_told_place
from geography.where.usual_places import find_usual_communes
from mappings.analysis import fold
from search_engine.understanding.names import is_family_name, is_person_word
from search_engine.understanding.tokens import Token, join_typed
from search_engine.understanding.word_classes import PARTICLES, PREPOSITIONS

MAX_PLACE_WORDS = 7

MISSPELT_MIN_LETTERS = 6
MISSPELT_MIN_POPULATION = 10_000
"""A misspelt commune is a known town: with 35,000 names every family name is near to one."""

NEEDED_MIN_POPULATION = 1_000
"""That of a commune where the line has no other place: without one nothing is answered."""

BEGUN_MIN_LETTERS = 5
BEGUN_MIN_POPULATION = 1_000
"""A commune is called by its first words, ``Florac``, where it is no hamlet's name."""

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


def find_told_place(
    tokens: Sequence[Token], *, first: int = 0, landmark: bool = True
) -> PlaceInside | None:
    """The longest ending, from the word ``first`` on, that says itself to be a place.

    ``Mende 48``, and with ``landmark`` ``gare de Dijon``; ``Boyer 71`` is somebody, unless a town
    is called so.
    """
    is_told = is_told_place if landmark else is_in_department
    for start in range(max(first, len(tokens) - MAX_PLACE_WORDS), len(tokens) - 1):
        typed = join_typed(tokens[start:])
        small = tokens[start].folded in PARTICLES | PREPOSITIONS
        if not small and is_told(load_gazetteer(), typed) and not _is_somebody(tokens[start]):
            return PlaceInside(typed, len(tokens) - start)
    return None


def _is_somebody(token: Token) -> bool:
    return is_family_name((token,)) and not is_place(token.typed, sure=False)


def find_ending_place(
    tokens: Sequence[Token], *, sure: bool, needed: bool = False
) -> PlaceInside | None:
    """The longest place that the words end with; ``sure`` after a preposition or a need.

    A name beside which it stands leaves only towns, of ``MIN_HOMONYM_POPULATION`` at least. With
    ``needed`` a small commune may be misspelt too.
    """
    for start in range(max(0, len(tokens) - MAX_PLACE_WORDS), len(tokens)):
        typed = join_typed(tokens[start:])
        if is_place(typed, sure=sure):
            return PlaceInside(typed, len(tokens) - start)
    if not (sure and tokens):
        return None
    least = NEEDED_MIN_POPULATION if needed else MISSPELT_MIN_POPULATION
    return _find_begun(tokens) or _find_misspelt(tokens[-1], least)


def add_street(tokens: Sequence[Token], place: PlaceInside, *, first: int = 0) -> PlaceInside:
    """The place with the street, from the word ``first`` on, that stands before it."""
    before = list(tokens[first : len(tokens) - place.length])
    while before and before[-1].folded in PREPOSITIONS | PARTICLES:
        before.pop()
    start = find_street([token.folded for token in before])
    if start is None or place.corrected:
        return place
    street, length = join_typed(before[start:]), len(tokens) - first - start
    typed = join_typed(tokens[len(tokens) - length :])
    return PlaceInside(typed, length, meant=f"{street}, {place.meant or place.typed}")


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


def _find_begun(tokens: Sequence[Token]) -> PlaceInside | None:
    """The commune that the last words begin; none that are somebody's name."""
    for start in range(len(tokens)):
        typed, alone = join_typed(tokens[start:]), start == len(tokens) - 1
        named = is_person_word(tokens[start].folded) if alone else is_family_name(tokens[start:])
        if named or len(typed) < BEGUN_MIN_LETTERS:
            continue
        begun = find_begun_communes(load_gazetteer(), typed)
        if begun and begun[0].population >= BEGUN_MIN_POPULATION:
            return PlaceInside(typed, len(tokens) - start)
    return None


def _find_misspelt(token: Token, least: int) -> PlaceInside | None:
    """The commune of ``least`` inhabitants that a word is one letter away from."""
    word = token.folded
    if len(word) < MISSPELT_MIN_LETTERS or not word.isalpha() or is_person_word(word):
        return None
    near = find_near_communes(load_gazetteer(), word, max_errors=1)
    town = next((c for c in near if c.population >= least), None)
    return None if town is None or town.part else PlaceInside(token.typed, 1, town.name)


@cache
def _department_names() -> frozenset[str]:
    return frozenset(fold(department.name) for department in departments().values())
