"""A commune in the last words of an address without comma or postcode, or before it.

``16 rue Gabarret Attenschwiller``. Nothing is taken out of the street itself: ``rue Paul Bert``,
``rue de Mende``, ``10 rue des 4 Frères Robert`` name no commune, though Bert is one.
"""

from collections.abc import Collection
from functools import cache

from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.landmass import MAINLAND, find_commune_landmass
from geography.place_names import name_key
from geography.where.phrases import (
    ends_in_street,
    find_street_start,
    has_lieu_dit,
    names_person,
)
from mappings.analysis import fold

MAX_NAME_WORDS = 6

LIEU_DIT_WORDS = 2
"""Words of a lieu-dit at most: ``le bourg``; Bourg-en-Bresse is a town."""


def find_last_communes(gazetteer: Gazetteer, text: str, home: Collection[str]) -> list[Commune]:
    """The communes whose very name ends a line, the longest name first; none of a street's words.

    Only on the mainland, or the caller's own island: ``Saint-Pierre`` after a street is not an
    ocean away. A name of several words that one commune alone bears is told wherever it is.
    """
    words = text.replace(",", " ").split()
    for start in range(max(1, len(words) - MAX_NAME_WORDS), len(words)):
        named = _find_communes(gazetteer, words, start, home)
        if named:
            return named
    return []


def _find_communes(
    gazetteer: Gazetteer, words: list[str], start: int, home: Collection[str]
) -> list[Commune]:
    name, before = " ".join(words[start:]), fold(" ".join(words[:start])).split()
    key = name_key(name)
    if not before or not key or _belongs_to_street(before, key):
        return []
    return _find_bearers(gazetteer, name, home)


def find_first_communes(gazetteer: Gazetteer, text: str, home: Collection[str]) -> list[Commune]:
    """The communes whose very name comes before an address: ``Brest, 12 rue de Siam``."""
    words = text.replace(",", " ").split()
    start = find_street_start(fold(" ".join(words)).split())
    name = " ".join(words[:start])
    if not 0 < start <= min(MAX_NAME_WORDS, len(words) - 2) or has_lieu_dit(name_key(name)):
        return []
    return _find_bearers(gazetteer, name, home)


def _find_bearers(gazetteer: Gazetteer, name: str, home: Collection[str]) -> list[Commune]:
    """The communes of that very name, else the merged ones, on the mainland and near shores."""
    key = name_key(name)
    bearers = [c for c in gazetteer.by_name(name) if _bears(c, key)]
    named = [c for c in bearers if c.part is None] or bearers
    sole = len(named) == 1 and " " in key
    return named if sole else keep_near_shores(named, home)


def _belongs_to_street(before: list[str], key: str) -> bool:
    """Whether the last words go on what stands before them, or are those of a lieu-dit."""
    is_short = len(key.split()) <= LIEU_DIT_WORDS
    is_lieu_dit = is_short and has_lieu_dit(key)
    return ends_in_street([key]) or ends_in_street(before) or names_person(before) or is_lieu_dit


def _bears(commune: Commune, key: str) -> bool:
    """Whether a commune has that very name: Robert is not Le Robert."""
    return bool(commune.parent) or name_key(commune.part or commune.name) == key


def keep_near_shores(communes: list[Commune], home: Collection[str]) -> list[Commune]:
    """The communes on the mainland and on the landmasses of the caller's departments."""
    shores = {MAINLAND, *map(_find_department_landmass, home)} if home else {MAINLAND}
    return [c for c in communes if find_commune_landmass(c.insee) in shores]


@cache
def _find_department_landmass(code: str) -> str:
    """The landmass of the largest commune of a department."""
    communes = load_gazetteer().in_department(code)
    return find_commune_landmass(communes[0].insee) if communes else MAINLAND
