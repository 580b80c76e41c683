"""Names of people that are frequent in France: what is typed as one is never mended.

The tables are ``mappings/tables``; the invented country draws from larger ones of its own.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from geography.gazetteer import load_gazetteer
from mappings.analysis import fold
from mappings.codes import table_rows
from search_engine.understanding.reading import Reading
from search_engine.understanding.tokens import Token
from search_engine.understanding.word_classes import DOCTOR_TITLES


def is_family_name(tokens: Sequence[Token]) -> bool:
    """Whether all the words are one frequent family name: ``Le Dû``, ``Marie-Sainte``."""
    return " ".join(token.folded for token in tokens) in _family_names()


def is_proper_noun(folded: str) -> bool:
    """Whether a folded word is of a frequent family or given name, or is a commune."""
    return is_person_word(folded) or bool(load_gazetteer().by_name(folded))


def is_person_word(folded: str) -> bool:
    """Whether a folded word is of a frequent family or given name."""
    return folded in _name_words()


def begins_family_name(folded: str) -> bool:
    """Whether a folded word is the start of a frequent family name: ``marti``, typed on the way."""
    names = _sort_family_names()
    position = bisect_left(names, folded)
    return position < len(names) and names[position].startswith(folded)


def is_doctor_named(reading: Reading) -> bool:
    """Whether the civility of a doctor stands in the line: ``Dr Martin``."""
    return any(fold(word) in DOCTOR_TITLES for word in reading.ignored)


@cache
def _sort_family_names() -> tuple[str, ...]:
    return tuple(sorted(_family_names()))


@cache
def _family_names() -> frozenset[str]:
    return frozenset(fold(row["name"]) for row in table_rows("surnames"))


def is_given_name(folded: str) -> bool:
    """Whether a folded word is a frequent given name, or the first of a compound one."""
    return folded in _load_given_words()


@cache
def _load_given_words() -> frozenset[str]:
    names = (fold(row["name"]) for row in table_rows("given_names"))
    return frozenset(word for name in names for word in name.split())


@cache
def _name_words() -> frozenset[str]:
    families = (word for name in _family_names() for word in name.split())
    return frozenset((*families, *_load_given_words()))
