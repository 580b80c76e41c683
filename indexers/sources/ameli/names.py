"""Names compared with caution: whole, or one of a woman's two names; never by likeness."""

from enum import IntEnum

from mappings.analysis import fold

_MARRIAGE = frozenset({"ep", "epouse", "epse", "nee", "veuve", "vve"})
"""Words that are no part of a name: ``DURAND EP MARTIN``."""

_PARTICLES = frozenset(
    {"al", "ben", "d", "da", "de", "del", "des", "di", "dos", "du", "el", "l", "la", "le", "les"}
    | {"van", "von"}
)
"""Words that many names share: they never identify a name by themselves."""

_MEN = frozenset({"m", "mr", "monsieur"})


class Likeness(IntEnum):
    """How two family names compare."""

    OTHER = 0
    ONE_OF_TWO = 1
    SAME = 2


def family_words(name: str) -> frozenset[str]:
    """The words of a family name in any order, without accents nor ``épouse``."""
    return frozenset(fold(name).split()) - _MARRIAGE


def distinctive_words(words: frozenset[str]) -> frozenset[str]:
    """The words a name is looked up by: all but particles, unless there is nothing else."""
    return words - _PARTICLES or words


def likeness(one: frozenset[str], other: frozenset[str], man: bool = False) -> Likeness:
    """``MARTIN DURAND`` is ``DURAND-MARTIN``, and may be the ``MARTIN`` of before a marriage.

    A man has one name, and a particle is part of it: GALL is not LE GALL.
    """
    if one == other:
        return Likeness.SAME
    shared, apart = one & other, one ^ other
    nested = one <= other or other <= one
    partly = nested and not man and bool(shared - _PARTICLES) and bool(apart - _PARTICLES)
    return Likeness.ONE_OF_TWO if partly else Likeness.OTHER


def is_man(civility: str) -> bool:
    """True when the civility is a man's; a title such as Dr is neither."""
    return fold(civility) in _MEN
