"""Names of communes given in part, and departments named after a commune."""

import re
from collections.abc import Iterator

from geography.departments import load_corrected_departments
from geography.gazetteer import Commune, Gazetteer
from geography.place_names import PlaceText, name_key, split_place
from geography.where.department_text import find_department_code

DOMINANT = 5
"""Times the inhabitants of the next one: then a name begun means the largest commune."""

MIN_BEGINNING_LETTERS = 4
"""Shortest prefix that may denote a name: ``Issy``."""

MAX_NAME_WORDS = 6

ENDINGS = (re.compile(r"(.+)\(([^()]+)\)\s*"), re.compile(r"(.+),([^,]+)"))
"""A department after its commune: ``Saint-Denis (Réunion)``, ``Saint-Denis, La Réunion``."""


def parse_place(gazetteer: Gazetteer, text: str) -> PlaceText:
    """The text cut at its place, a department named after the commune being read as such."""
    place = split_place(text)
    known = place.department or place.postcode
    if known or (not place.street and gazetteer.by_name(place.city)):
        return place
    for before, code in _split_departments(text):
        cut = split_place(before)
        if gazetteer.by_name(cut.city, department=code) or find_by_beginning(
            gazetteer, cut.city, code
        ):
            return cut._replace(department=code)
    return place


def _split_departments(text: str) -> Iterator[tuple[str, str]]:
    """The words before each ending that names a department, with its code."""
    cut = [found.groups() for ending in ENDINGS if (found := ending.fullmatch(text.strip()))]
    words = text.split()
    spans = range(max(1, len(words) - MAX_NAME_WORDS), len(words))
    cut += [(" ".join(words[:start]), " ".join(words[start:])) for start in spans]
    for before, ending in cut:
        code = find_department_code(ending)
        if code is not None and code in load_corrected_departments():
            yield before, code


def find_by_beginning(gazetteer: Gazetteer, city: str, department: str | None) -> list[Commune]:
    """The commune a name begins: by whole words the dominant one, by letters the only one."""
    if len(name_key(city)) < MIN_BEGINNING_LETTERS:
        return []
    longer = find_longer_names(gazetteer, city, department)
    if not longer:
        lettered = gazetteer.starting_with(city, limit=None)
        only = [c for c in lettered if department in (None, c.department)]
        return only if len(only) == 1 else []
    return find_dominant([c for c in longer if c.part is None] or longer)


def find_dominant(communes: list[Commune]) -> list[Commune]:
    """The first of some communes, largest first, when none rivals it; else none."""
    if not communes:
        return []
    first, *others = communes
    dominates = all(first.population >= DOMINANT * other.population for other in others)
    return [first] if dominates else []


def find_longer_names(
    gazetteer: Gazetteer, city: str, department: str | None = None
) -> list[Commune]:
    """The communes whose name goes on after these words, districts left out, largest first.

    A letter alone is a word being typed: ``Saint-M`` does not mean Saint-M'Hervé.
    """
    if not city or re.search(r"(^| ).?$", name_key(city)):
        return []
    found = gazetteer.starting_with(city, limit=None, whole_words=True)
    return [c for c in found if c.parent is None and department in (None, c.department)]
