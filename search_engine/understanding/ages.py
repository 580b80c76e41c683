"""Ages told in figures: ``4 ans``, ``18 mois``; and spans of time that are no age."""

import re
from typing import NamedTuple

from search_engine.understanding.reading import PartKind, TextPart

PAEDIATRIC_AGE = 16
"""Years under which a paediatrician is one of those who treat (design of the order, F027)."""

GERIATRIC_AGE = 75
"""Years from which a geriatrician is one of those who treat (the same)."""

CHILD_WORDS = frozenset({"child", "baby"})
"""Values of an age told in a word under ``PAEDIATRIC_AGE`` without doubt."""

MAX_AGE = 125
"""Years that somebody may be; more is no age."""

_UNIT = r"(?:ans?|mois|semaines?|jours?|heures?)"
_SPAN = re.compile(
    rf"\b(?:dans|depuis|il y a|pendant|enceinte(?: de)?|grossesse(?: de)?) (\d{{1,3}} ?{_UNIT})\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(\d{1,3}) ?ans?\b", re.IGNORECASE)
_MONTHS = re.compile(r"\b\d{1,2} ?mois\b", re.IGNORECASE)


class SplitAges(NamedTuple):
    """The age of a line, the spans that are told back unused, and the line without them."""

    age: TextPart | None
    unused: tuple[str, ...]
    rest: str


def split_ages(text: str) -> SplitAges:
    """The first age told in figures, years before months, taken out of the text.

    ``depuis 3 mois`` and ``enceinte de 6 mois`` tell no age: the number is not used.
    """
    unused = tuple(found[1] for found in _SPAN.finditer(text))
    rest = _SPAN.sub(lambda found: found[0].removesuffix(found[1]), text)
    for pattern in (_YEARS, _MONTHS):
        found = pattern.search(rest)
        if found is not None and (pattern is _MONTHS or int(found[1]) <= MAX_AGE):
            value = "baby" if pattern is _MONTHS else str(int(found[1]))
            left = f"{rest[: found.start()]} {rest[found.end() :]}"
            return SplitAges(TextPart(PartKind.AGE, found[0], value), unused, left)
    return SplitAges(None, unused, rest)


def is_child(age: str) -> bool:
    """An age under ``PAEDIATRIC_AGE``, in figures or in a word."""
    return age in CHILD_WORDS or (age.isdigit() and int(age) < PAEDIATRIC_AGE)


def is_old(age: str) -> bool:
    """An age of ``GERIATRIC_AGE`` or over, in figures: ``personne âgée`` may be 65."""
    return age.isdigit() and int(age) >= GERIATRIC_AGE
