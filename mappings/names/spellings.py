"""The words of a name, joined and apart, and the fields by which the index finds it.

A particle, a compound or an apostrophe is written joined by one and apart by another: Le Gall and
Legall, Anne-Sophie and Annesophie, Mc Donald, N'Guyen. So the index holds the words of a name and
their joins, and a search tries both.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mappings import codes
from mappings.analysis import ABBREVIATIONS, ARTICLES, PARTICLES, TITLES, fold
from mappings.fields import drop_empty_fields
from mappings.names.sounds import build_sound_key
from mappings.offer_ids import both_orders, distinct

MAX_JOINED = 3
"""Words joined at most: Van den Berghe."""

MOMENTS = frozenset({"pharmacie de garde"})
"""Synonyms of a category that say when it is open: no structure is called so."""

MAX_WORDS = 5
"""Words of a searched name that are tried joined; a longer text is searched as it is written."""

NAME_CACHE_SIZE = 1 << 14
"""Names whose words are kept: given names and frequent family names come back."""

SMALL = frozenset((*PARTICLES, *ARTICLES))
"""Words that a name is seldom made of alone."""

_SPELLED_OUT = dict(rule.split(" => ") for rule in ABBREVIATIONS)


class PersonName(NamedTuple):
    """A family name and given names, as one row writes them."""

    family: str
    given: str


def split_name(text: str) -> tuple[str, ...]:
    """The folded words of a name, titles left out, ``St`` spelled out."""
    return tuple(_SPELLED_OUT.get(word, word) for word in fold(text).split() if word not in TITLES)


@lru_cache(maxsize=NAME_CACHE_SIZE)
def list_joins(text: str) -> tuple[str, ...]:
    """Neighbouring words of a name written as one: ``Le Gall`` gives ``legall``; all the words of a
    longer name too: ``Rosenberg-Ho-A-Chuck``."""
    words = split_name(text)
    sizes = [*range(2, min(len(words), MAX_JOINED) + 1)]
    if MAX_JOINED < len(words) <= MAX_WORDS:
        sizes.append(len(words))
    return tuple(
        "".join(words[at : at + size]) for size in sizes for at in range(len(words) - size + 1)
    )


def list_ways_to_write(text: str) -> list[tuple[str, ...]]:
    """The words of a searched name, each neighbouring two or three joined or not.

    As written first. Particles alone are left out, unless nothing else was written: ``de la Tour``
    gives ``la tour``, ``latour``, ``dela tour`` and ``delatour``.
    """
    words = split_name(text)
    ways = list(_compose(words)) if len(words) <= MAX_WORDS else [words]
    kept = (way if is_made_of_small_words(way) else _drop_particles(way) for way in ways)
    return list(dict.fromkeys(kept))


def is_made_of_small_words(words: Iterable[str]) -> bool:
    """Whether a name is nothing but particles and articles: ``Le Dû``, whose words all count."""
    return all(word in SMALL for word in words)


def _drop_particles(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in PARTICLES)


def _compose(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not words:
        yield ()
        return
    for size in range(1, min(len(words), MAX_JOINED) + 1):
        for rest in _compose(words[size:]):
            yield ("".join(words[:size]), *rest)


def build_person_name_fields(people: Sequence[PersonName]) -> dict[str, list[str]]:
    """``names``, ``family_words``, ``name_sound`` and ``family_sound`` of one person.

    ``people`` are the spellings of his name, at least one. Initials of compound given names are
    held too: JP for Jean-Pierre.
    """
    written = [name for person in people for name in both_orders(person.family, person.given)]
    family = _list_words(person.family for person in people)
    given = _list_words(person.given for person in people)
    joined = [word for person in people for word in _list_joined(person)]
    return drop_empty_fields(
        names=distinct([*written, " ".join(distinct(joined))]),
        family_words=family,
        family_sound=_list_sounds(family),
        name_sound=_list_sounds([*family, *given]),
    )


def build_place_name_fields(names: Iterable[str], category: str, city: str) -> dict[str, list[str]]:
    """``names``, ``structure_words`` and ``name_sound`` of a structure, whoever works there.

    Its own name, the words for its category and its commune are searched together:
    ``MSP Plouzévédé``.
    """
    own = distinct(names)
    kinds = _category_words(category)
    words = [*_list_words([*own, city]), *(word for kind in kinds for word in split_name(kind))]
    return drop_empty_fields(
        names=own,
        structure_words=distinct([*own, *kinds, city]),
        name_sound=_list_sounds(words),
    )


@lru_cache(maxsize=256)
def _category_words(category: str) -> tuple[str, ...]:
    """The label of a FINESS category and its synonyms; none for an unknown one."""
    known = codes.structure_categories().get(category)
    if known is None:
        return ()
    words = (text for text, code in codes.synonyms() if code == known)
    return known.label, *(text for text in words if text not in MOMENTS)


def _list_joined(person: PersonName) -> Iterator[str]:
    yield from list_joins(person.family)
    yield from list_joins(person.given)
    words = split_name(person.given)
    if len(words) > 1:
        yield "".join(word[0] for word in words)


def _list_words(names: Iterable[str]) -> list[str]:
    return distinct(word for name in names for word in (*split_name(name), *list_joins(name)))


def _list_sounds(words: Iterable[str]) -> list[str]:
    return distinct(map(build_sound_key, words))
