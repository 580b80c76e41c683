"""Facts of a subject that a line can hold: its names, its place, its numbers."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from geography.gazetteer import load_gazetteer
from mappings.analysis import fold
from mappings.records import Offer

KIND_WORDS: tuple[str, ...] = (
    "maison de santé pluridisciplinaire",
    "maison de santé pluriprofessionnelle",
    "pôle de santé",
    "maison de santé",
    "msp",
    "maison médicale de garde",
    "centre de santé",
    "centre hospitalier régional universitaire",
    "centre hospitalier universitaire",
    "centre hospitalier régional",
    "centre hospitalier",
    "hôpital local",
    "hôpital",
    "chu",
    "ch",
    "clinique",
    "grande pharmacie",
    "pharmacie",
    "laboratoire",
    "ehpad",
    "cmp",
    "pmi",
    "cpts",
)
"""Words of its kind at the beginning of the name of a structure, the longest first."""


class DrawnItem(NamedTuple):
    """A subject drawn from the index; ``other_family`` is a name there that sounds like its own.

    ``shares_name``: another structure of its kind in the department is called so too, so that its
    name says neither.
    """

    offer: Offer
    other_family: str | None = None
    shares_name: bool = False


def find_own_name(item: DrawnItem) -> str | None:
    """What only this structure of its kind is called around; None when nothing is left."""
    return None if item.shares_name else drop_kind_words(item.offer["names"][0])


def find_whole_name(item: DrawnItem) -> str | None:
    """The name with the words of its kind, of a structure that nobody takes for another."""
    return None if item.shares_name else item.offer["names"][0]


def drop_kind_words(name: str) -> str | None:
    """What a structure is called besides its kind; None when nothing is left."""
    words = name.split()
    for kind in KIND_WORDS:
        count = len(kind.split())
        if fold(" ".join(words[:count])) == fold(kind):
            return " ".join(words[count:]) or None
    return None


def format_national_phone(offer: Offer) -> str | None:
    """The first telephone as it is dialled in the country: ten digits."""
    found = (phone for phone in offer.get("phones", []) if phone.startswith("+33"))
    return next((f"0{re.sub(r'[^0-9]', '', phone[3:])}" for phone in found), None)


def find_town(offer: Offer) -> str | None:
    """The commune as it is said: of a merged one its present name, of a district its city."""
    commune = load_gazetteer().by_insee(offer.get("insee", ""))
    if commune is None:
        return None
    whole = load_gazetteer().by_insee(commune.parent) if commune.parent else None
    return (whole or commune).name


def are_in_one_city(one: Offer, other: Offer) -> bool:
    """Whether two offers lie in one commune, districts of a city taken together."""
    family = load_gazetteer().insee_family(other.get("insee", ""))
    parents = {code for insee in family for code in load_gazetteer().insee_family(insee)}
    return one.get("insee") in {*family, *parents}


def has_unique_town(offer: Offer) -> bool:
    """Whether the name of the commune means it: none of the country has more inhabitants."""
    named = load_gazetteer().by_name(find_town(offer) or "")
    commune = load_gazetteer().by_insee(offer.get("insee", ""))
    return commune is not None and bool(named) and named[0].insee in {commune.insee, commune.parent}


Fact = Callable[[DrawnItem], str | None]

FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "family": lambda item: item.offer.get("family"),
        "other_family": lambda item: item.other_family,
        "given": lambda item: item.offer.get("given"),
        "initial": lambda item: item.offer.get("given", "")[:1] or None,
        "rpps": lambda item: item.offer.get("rpps"),
        "finess": lambda item: item.offer.get("finess"),
        "phone": lambda item: format_national_phone(item.offer),
        "name": find_whole_name,
        "own": find_own_name,
        "town": lambda item: find_town(item.offer) if has_unique_town(item.offer) else None,
        "postcode": lambda item: item.offer.get("postal_code"),
        "department": lambda item: item.offer["department"],
    }
)
"""Every fact, by the name that a placeholder gives; None where the subject lacks it."""
