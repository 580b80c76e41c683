"""The commune or department a line of text names, without any network."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from geography.commune_lookup import NamedCommune, PostalAddress, find_commune
from geography.departments import departments, load_corrected_departments
from geography.distance import distance_km
from geography.gazetteer import Commune, Gazetteer
from geography.place_names import PlaceText, name_key, split_place
from mappings.analysis import fold

EXACT, OF_ADDRESS, GUESSED = 1.0, 0.5, 0.3
"""Scores: the text is the commune; it is the commune of an address; its last words are."""

TOWN_OVER_DEPARTMENT = 10_000
"""Inhabitants from which a town wins over the department of its name: Paris, Vienne, Mayenne."""

TOWN_IN_STREET = 2_000
"""Inhabitants a commune needs to be read in the last words of a street without postcode."""

DOMINANT = 5
"""Times the inhabitants of the next one: then a name begun means the largest commune."""

MIN_BEGINNING_LETTERS = 4
"""Shortest prefix that may denote a name: ``Issy``."""

MAX_OTHER_COMMUNES = 3
"""Communes named beside the one that was chosen."""

LINKS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "a", "en", "sur", "sous"})
"""Words that tie what follows to a street: ``rue de Mende`` is not in Mende."""

MAX_NAME_WORDS = 6

DEPARTMENT_CODE = re.compile(r"\d{2,3}|2[ab]")
ENDINGS = (re.compile(r"(.+)\(([^()]+)\)\s*"), re.compile(r"(.+),([^,]+)"))
"""A department after its commune: ``Saint-Denis (Réunion)``, ``Saint-Denis, La Réunion``."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


class CommuneMatch(NamedTuple):
    """A commune a text names, and how sure that is (EXACT, OF_ADDRESS, GUESSED)."""

    commune: Commune
    score: float


def match_commune(
    gazetteer: Gazetteer,
    text: str,
    *,
    insee: str | None = None,
    postcode: str | None = None,
    near: Point | None = None,
) -> CommuneMatch | None:
    """The commune of a text such as ``12 rue X 48000 Mende``; the codes win over the text."""
    code = postcode or split_place(text).postcode or ""
    if insee or code:
        found = _match_codes(gazetteer, text, insee or "", code)
        if found is not None:
            return found
    place = _parse_place(gazetteer, text)
    named = _find_by_name(gazetteer, place.city, place.department)
    if named:
        score = OF_ADDRESS if place.street else EXACT
        return CommuneMatch(_pick_nearest(named, near), score)
    return _match_last_words(gazetteer, place.city, near)


def find_other_communes(gazetteer: Gazetteer, text: str, chosen: Commune) -> list[Commune]:
    """The other communes a text may mean, the largest first: homonyms, longer names.

    None when a postcode was given. A name given in full leaves out who is a dwarf beside it.
    """
    place = _parse_place(gazetteer, text)
    if place.postcode or not place.city:
        return []
    longer = [c for c in _find_longer_names(gazetteer, place.city) if c.part is None]
    homonyms = gazetteer.by_name(place.city)
    least = chosen.population / DOMINANT if homonyms else 0
    found = {
        c.insee: c
        for c in (*longer, *homonyms)
        if place.department in (None, c.department)
        and chosen.insee not in (c.insee, c.parent)
        and c.population > least
    }
    return sorted(found.values(), key=lambda c: -c.population)[:MAX_OTHER_COMMUNES]


def _parse_place(gazetteer: Gazetteer, text: str) -> PlaceText:
    """The text cut at its place, a department named after the commune being read as such."""
    place = split_place(text)
    known = place.department or place.postcode
    if known or (not place.street and gazetteer.by_name(place.city)):
        return place
    for before, code in _split_departments(text):
        cut = split_place(before)
        if _find_by_name(gazetteer, cut.city, code):
            return cut._replace(department=code)
    return place


def _split_departments(text: str) -> Iterator[tuple[str, str]]:
    """The words before each ending that names a department, with its code."""
    cut = [found.groups() for ending in ENDINGS if (found := ending.fullmatch(text.strip()))]
    words = text.split()
    spans = range(max(1, len(words) - MAX_NAME_WORDS), len(words))
    cut += [(" ".join(words[:start]), " ".join(words[start:])) for start in spans]
    for before, ending in cut:
        name = fold(ending)
        code = name.upper() if DEPARTMENT_CODE.fullmatch(name) else _department_names().get(name)
        if code is not None and code in load_corrected_departments():
            yield before, code


def _find_by_name(gazetteer: Gazetteer, city: str, department: str | None) -> list[Commune]:
    """The communes of a name, else the one that it begins."""
    if not city:
        return []
    return gazetteer.by_name(city, department=department) or _find_by_beginning(
        gazetteer, city, department
    )


def _find_by_beginning(gazetteer: Gazetteer, city: str, department: str | None) -> list[Commune]:
    """The commune a name begins: by whole words the dominant one, by letters the only one."""
    if len(name_key(city)) < MIN_BEGINNING_LETTERS:
        return []
    longer = [c for c in _find_longer_names(gazetteer, city) if department in (None, c.department)]
    if not longer:
        lettered = gazetteer.starting_with(city, limit=None)
        only = [c for c in lettered if department in (None, c.department)]
        return only if len(only) == 1 else []
    first, *others = [c for c in longer if c.part is None] or longer
    dominates = all(first.population >= DOMINANT * other.population for other in others)
    return [first] if dominates else []


def _find_longer_names(gazetteer: Gazetteer, city: str) -> list[Commune]:
    """The communes whose name goes on after these words, districts left out.

    A letter alone is a word being typed: ``Saint-M`` does not mean Saint-M'Hervé.
    """
    if re.search(r"(^| ).?$", name_key(city)):
        return []
    found = gazetteer.starting_with(city, limit=None, whole_words=True)
    return [c for c in found if c.parent is None]


def match_department(gazetteer: Gazetteer, text: str) -> str | None:
    """The code of the department a whole text names: ``48``, ``Lozère``, ``département du Nord``.

    A town of the same name wins (Paris, Vienne), unless the word "département" is there.
    """
    words = fold(text)
    name = re.sub(r"^departement (de la |de l |du |des |de |d )?", "", words)
    code = name.upper().zfill(2)
    found = code if code in load_corrected_departments() else _department_names().get(name)
    if found is None or name != words or name[:1].isdigit():
        return found
    towns = gazetteer.by_name(text)
    return None if towns and towns[0].population >= TOWN_OVER_DEPARTMENT else found


@cache
def _department_names() -> dict[str, str]:
    names = {fold(d.name): d.code for d in departments().values()}
    return {re.sub(r"^(la|le|les) ", "", name): code for name, code in names.items()} | names


def _match_codes(gazetteer: Gazetteer, text: str, insee: str, postcode: str) -> CommuneMatch | None:
    """By the codes, the town of the text telling communes of one postcode apart."""
    place = split_place(text)
    served = gazetteer.by_postcode(postcode)
    suffix = _find_commune_suffix(served, place.city)
    city = suffix or place.city
    named = find_commune(gazetteer, PostalAddress("", postcode, city, insee))
    if not isinstance(named, NamedCommune):
        return None
    known = gazetteer.by_name(place.city, postcode=postcode if served else None)
    whole = not place.city or named.commune.insee in {commune.insee for commune in known}
    return CommuneMatch(named.commune, EXACT if whole and not place.street else OF_ADDRESS)


def _find_commune_suffix(served: list[Commune], city: str) -> str | None:
    """The last words that name a commune of the postcode: ``12 rue X Mende`` with 48000."""
    keys = {name_key(commune.name): commune.name for commune in served}
    words = city.split()
    suffixes = (name_key(" ".join(words[start:])) for start in range(len(words)))
    return next((keys[suffix] for suffix in suffixes if suffix in keys), None)


def _match_last_words(gazetteer: Gazetteer, text: str, near: Point | None) -> CommuneMatch | None:
    """A sizeable commune in the last words of a street, unless a link ties them to the street."""
    words = text.split()
    for start in range(max(1, len(words) - MAX_NAME_WORDS), len(words)):
        if fold(words[start - 1]) in LINKS:
            continue
        named = [
            commune
            for commune in gazetteer.by_name(" ".join(words[start:]))
            if commune.population >= TOWN_IN_STREET and commune.part is None
        ]
        if named:
            return CommuneMatch(_pick_nearest(named, near), GUESSED)
    return None


def _pick_nearest(communes: list[Commune], near: Point | None) -> Commune:
    """The nearest homonym when the asker's place is known, else the largest."""
    if near is None:
        return communes[0]
    return min(communes, key=lambda c: distance_km(*near, c.lat, c.lon))
