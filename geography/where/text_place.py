"""The commune a line of text names, without any network."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import NamedTuple

from geography.commune_lookup import NamedCommune, PostalAddress, find_commune
from geography.departments import departments
from geography.distance import distance_km
from geography.gazetteer import Commune, Gazetteer
from geography.place_names import PlaceText, name_key, split_place
from geography.where.beginnings import (
    DOMINANT,
    find_by_beginning,
    find_dominant,
    find_longer_names,
    parse_place,
)
from geography.where.districts import find_districts
from geography.where.last_words import find_first_communes, find_last_communes, keep_near_shores
from geography.where.misspelt import find_near_communes
from geography.where.phrases import (
    has_lieu_dit,
    has_street_words,
    strip_landmark,
    strip_lead,
    strip_tail,
)
from geography.where.usual_places import find_usual_communes

EXACT, OF_ADDRESS, MISSPELT, GUESSED = 1.0, 0.5, 0.4, 0.3
"""Scores: the text is the commune; it is the commune of an address; its name has an error; it
stands in the last words of an address."""

MAX_OTHER_COMMUNES = 5
"""Communes named beside the one that was chosen."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

Home = Collection[str]
"""Codes of the departments of the caller's territory; empty when it is not known."""


class CommuneMatch(NamedTuple):
    """A commune a text names, and how sure that is: one of the scores above."""

    commune: Commune
    score: float


class Candidates(NamedTuple):
    """The communes a text may mean, the likeliest first, and how sure the reading is.

    ``longer`` are those whose name goes on: a caller may be at home among them only. ``begun`` is
    True when no commune has the whole name.
    """

    communes: list[Commune]
    score: float
    longer: tuple[Commune, ...] = ()
    begun: bool = False


def match_commune(
    gazetteer: Gazetteer,
    text: str,
    *,
    insee: str | None = None,
    postcode: str | None = None,
    near: Point | None = None,
    home: Home = (),
) -> CommuneMatch | None:
    """The commune of a text such as ``12 rue X 48000 Mende``; the codes win over the text.

    Among several of one name: that of the caller's departments, else the nearest to ``near``, else
    the largest.
    """
    code = postcode or split_place(text).postcode or ""
    if insee or code:
        found = _match_codes(gazetteer, text, insee or "", code)
        if found is not None:
            return found
    read = read_candidates(gazetteer, text, home)
    return CommuneMatch(_choose(read, near, home), read.score) if read else None


def find_other_communes(
    gazetteer: Gazetteer, text: str, chosen: Commune, home: Home = ()
) -> list[Commune]:
    """The other communes a text may mean, the caller's first, then the largest.

    Homonyms whatever their size, longer names that are no dwarfs beside the chosen one, and the
    communes of a postcode without its town. None when a postcode and a town were given.
    """
    place = split_place(text)
    if place.postcode:
        others = _find_served_without_town(gazetteer, place)
    else:
        read = read_candidates(gazetteer, text, home)
        others = _list_others(read, chosen) if read else []
        others += find_homonyms(gazetteer, text, chosen, home)
    return _order_others((c for c in others if chosen.insee not in (c.insee, c.parent)), home)


def find_homonyms(
    gazetteer: Gazetteer, text: str, chosen: Commune, home: Home = ()
) -> list[Commune]:
    """The communes of the same name as that of an address, when the text gives that name and
    neither postcode nor department, nor the usual name of one; the caller's first, then the
    largest."""
    place, key = parse_place(gazetteer, text), name_key(chosen.name)
    told = place.postcode or place.department or find_usual_communes(text)
    if told or f" {key} " not in f" {name_key(text)} ":
        return []
    named = [c for c in gazetteer.by_name(chosen.name) if c.part is None]
    return _order_others([c for c in named if c.insee != chosen.insee], home)


def _order_others(communes: Iterable[Commune], home: Home) -> list[Commune]:
    """The caller's first, then the largest, each once."""
    found = {c.insee: c for c in communes}.values()
    ordered = sorted(found, key=lambda c: (c.department not in home, -c.population))
    return ordered[:MAX_OTHER_COMMUNES]


def read_candidates(gazetteer: Gazetteer, text: str, home: Home = ()) -> Candidates | None:
    """The candidates of a text without postcode: as it is, then without the words around it, then
    in its last words, then misspelt."""
    stripped = strip_lead(text)
    plain = strip_landmark(stripped)
    wordings = dict.fromkeys((text, stripped, plain, strip_tail(plain)))
    readers: tuple[Callable[[Gazetteer, str, Home], Candidates | None], ...]
    readers = (_read_district, _read_name)
    found = (read(gazetteer, line, home) for line in wordings if line for read in readers)
    whole = next((candidates for candidates in found if candidates), None)
    return (
        whole or _read_last_words(gazetteer, text, home) or _read_misspelt(gazetteer, plain, home)
    )


def _read_district(gazetteer: Gazetteer, text: str, _: Home) -> Candidates | None:
    districts, alone = find_districts(gazetteer, text)
    return Candidates(districts, EXACT if alone else OF_ADDRESS) if districts else None


def _read_name(gazetteer: Gazetteer, text: str, home: Home) -> Candidates | None:
    """The communes named by the text, or by what follows its last comma."""
    place = parse_place(gazetteer, text)
    if not place.city:
        return None
    longer = find_longer_names(gazetteer, place.city, place.department)
    whole = gazetteer.by_name(place.city, department=place.department)
    usual = whole or _find_usual(place)
    named = usual or find_by_beginning(gazetteer, place.city, place.department)
    if place.street and not place.department:
        named = keep_near_shores(named, home) or named
    score = OF_ADDRESS if place.street else EXACT
    longer = [c for c in longer if c.part is None]
    return Candidates(named, score, tuple(longer), begun=not usual) if named else None


def _find_usual(place: PlaceText) -> list[Commune]:
    """The communes of a name in use that none of them bears: an island, a sorting office."""
    usual = find_usual_communes(place.city)
    return [c for c in usual if place.department in (None, c.department)]


def _read_last_words(gazetteer: Gazetteer, text: str, home: Home) -> Candidates | None:
    named = find_last_communes(gazetteer, text, home) or find_first_communes(gazetteer, text, home)
    return Candidates(named, GUESSED) if named else None


def _read_misspelt(gazetteer: Gazetteer, text: str, home: Home) -> Candidates | None:
    """The communes near to a name that nothing else explains, never to the words of a street.

    Nor to a name that several communes begin with: ``La Roche`` is not Laroche.
    """
    place = split_place(text)
    key = name_key(place.city)
    if has_street_words(place.city) or has_lieu_dit(key) or key in _region_names():
        return None
    if find_longer_names(gazetteer, place.city, place.department):
        return None
    near = find_near_communes(gazetteer, place.city)
    if place.department:
        near = [c for c in near if c.department == place.department]
    if place.street:
        near = keep_near_shores(near, home)
    return Candidates(near, MISSPELT) if near else None


def _choose(read: Candidates, near: Point | None, home: Home) -> Commune:
    """The caller's own, else one on his shore, the nearest when his place is known, the largest."""
    at_home = any(c.department in home for c in read.communes)
    longer = find_dominant([c for c in read.longer if c.department in home])
    communes = longer if longer and not at_home else read.communes
    return choose_homonym(communes, home, near)


def choose_homonym(communes: list[Commune], home: Home, near: Point | None = None) -> Commune:
    """One of several communes of a name, at least one given: in the caller's departments, else on
    the shore of them, else the nearest to ``near``, else the first."""
    at_home = [c for c in communes if c.department in home]
    shore = keep_near_shores(communes, home) if home else []
    likeliest = at_home or shore or communes
    if near is None:
        return likeliest[0]
    return min(likeliest, key=lambda c: distance_km(*near, c.lat, c.lon))


@cache
def _region_names() -> frozenset[str]:
    """Keys of the regions: too large a place, and no misspelt commune, ``Corse``."""
    return frozenset(name_key(department.region) for department in departments().values())


def _list_others(read: Candidates, chosen: Commune) -> list[Commune]:
    """Homonyms whatever their size; longer and near names of a fifth of the inhabitants.

    Any longer name counts where none was whole: ``Roissy`` is Roissy-en-Brie or Roissy-en-France.
    """
    least = chosen.population / DOMINANT
    homonyms = [c for c in read.communes if read.score != MISSPELT or c.population > least]
    return homonyms + [c for c in read.longer if read.begun or c.population > least]


def _find_served_without_town(gazetteer: Gazetteer, place: PlaceText) -> list[Commune]:
    """Every commune of a postcode beside which no town is written."""
    served = gazetteer.by_postcode(place.postcode or "")
    return [] if _find_commune_suffix(served, place.city) else served


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
