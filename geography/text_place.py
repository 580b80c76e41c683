"""The commune or department a line of text names, without any network."""

import re
from functools import cache
from typing import NamedTuple

from geography.communes_of import NamedCommune, PostalAddress, commune_of
from geography.departments import corrected, departments
from geography.distance import distance_km
from geography.gazetteer import Commune, Gazetteer
from geography.place_names import name_key, split_place
from mappings.analysis import fold

EXACT, OF_ADDRESS, GUESSED = 1.0, 0.5, 0.3
"""Scores: the text is the commune; it is the commune of an address; its last words are."""

TOWN_OVER_DEPARTMENT = 10_000
"""Inhabitants from which a town wins over the department of its name: Paris, Vienne, Mayenne."""

TOWN_IN_STREET = 2_000
"""Inhabitants a commune needs to be read in the last words of a street without postcode."""

LINKS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "a", "en", "sur", "sous"})
"""Words that tie what follows to a street: ``rue de Mende`` is not in Mende."""

MAX_NAME_WORDS = 6

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


class SaidCommune(NamedTuple):
    """A commune a text names, and how sure that is (EXACT, OF_ADDRESS, GUESSED)."""

    commune: Commune
    score: float


def commune_said(
    gazetteer: Gazetteer,
    text: str,
    *,
    insee: str | None = None,
    postcode: str | None = None,
    near: Point | None = None,
) -> SaidCommune | None:
    """The commune of a text such as ``12 rue X 48000 Mende``; the codes win over the text."""
    place = split_place(text)
    code = postcode or place.postcode or ""
    if insee or code:
        found = _by_codes(gazetteer, text, insee or "", code)
        if found is not None:
            return found
    named = gazetteer.by_name(place.city, department=place.department) if place.city else []
    if named:
        score = OF_ADDRESS if place.street else EXACT
        return SaidCommune(_nearest(named, near), score)
    return _in_last_words(gazetteer, place.city, near)


def department_said(gazetteer: Gazetteer, text: str) -> str | None:
    """The code of the department a whole text names: ``48``, ``Lozère``, ``département du Nord``.

    A town of the same name wins (Paris, Vienne), unless the word "département" is there.
    """
    words = fold(text)
    said = re.sub(r"^departement (de la |de l |du |des |de |d )?", "", words)
    code = said.upper().zfill(2)
    found = code if code in corrected() else _department_names().get(said)
    if found is None or said != words or said[:1].isdigit():
        return found
    towns = gazetteer.by_name(text)
    return None if towns and towns[0].population >= TOWN_OVER_DEPARTMENT else found


@cache
def _department_names() -> dict[str, str]:
    names = {fold(d.name): d.code for d in departments().values()}
    return {re.sub(r"^(la|le|les) ", "", name): code for name, code in names.items()} | names


def _by_codes(gazetteer: Gazetteer, text: str, insee: str, postcode: str) -> SaidCommune | None:
    """By the codes, the town of the text telling communes of one postcode apart."""
    place = split_place(text)
    served = gazetteer.by_postcode(postcode)
    suffix = _named_suffix(served, place.city)
    city = suffix or place.city
    named = commune_of(gazetteer, PostalAddress("", postcode, city, insee))
    if not isinstance(named, NamedCommune):
        return None
    known = gazetteer.by_name(place.city, postcode=postcode if served else None)
    whole = not place.city or named.commune.insee in {commune.insee for commune in known}
    return SaidCommune(named.commune, EXACT if whole and not place.street else OF_ADDRESS)


def _named_suffix(served: list[Commune], city: str) -> str | None:
    """The last words that name a commune of the postcode: ``12 rue X Mende`` with 48000."""
    keys = {name_key(commune.name): commune.name for commune in served}
    words = city.split()
    suffixes = (name_key(" ".join(words[start:])) for start in range(len(words)))
    return next((keys[suffix] for suffix in suffixes if suffix in keys), None)


def _in_last_words(gazetteer: Gazetteer, text: str, near: Point | None) -> SaidCommune | None:
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
            return SaidCommune(_nearest(named, near), GUESSED)
    return None


def _nearest(communes: list[Commune], near: Point | None) -> Commune:
    """The nearest homonym when the asker's place is known, else the largest."""
    if near is None:
        return communes[0]
    return min(communes, key=lambda c: distance_km(*near, c.lat, c.lon))
