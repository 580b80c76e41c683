"""Words around a place that are not its name: ``près de Brest``, ``dans le 93``, ``Rennes centre``.

And the words that make a street of a line, out of which no commune is guessed.
"""

import csv
import re
from functools import cache
from pathlib import Path

from geography.address import REPETITIONS, SHORT_WORDS, STREET_TYPES
from mappings.analysis import fold

_OF = r"(?:de la\s+|de l['’\s]\s*|du\s+|des\s+|de\s+|d['’\s]\s*)"
_LEAD = re.compile(
    r"(?:habite|vit|patiente?|domicile|domicilié|résidant)?\s*"
    r"(?:(?:(?:tout\s)?pr[èe]s|proche|autour|[àa] c[ôo]t[ée]|(?:du )?c[ôo]t[ée])\s+"
    + _OF
    + r"|secteur\s|dans\s|vers\s|sur\s|en\s|à\s|a\s|aux?\s)\s*",
    re.IGNORECASE,
)
_LANDMARK = re.compile(
    r"(?:la\s+|le\s+|l['’\s]\s*)?"
    r"(?:(?:gare(?:\s+(?:sncf|tgv|routi[èe]re))?|a[ée]roport|m[ée]tro|mairie|quartier"
    r"|centre[- ]?ville|centre[- ]bourg)\s+"
    + _OF
    + r"?|(?:centre|secteur|bourg|commune|ville|village)\s+"
    + _OF
    + r")",
    re.IGNORECASE,
)
"""What stands in a place: its name follows, tied to it where the word begins other names."""

_TAIL = re.compile(
    r"[\s,-]+(?:centre[- ]?ville|centre[- ]bourg|centre|ville|intra[- ]muros|nord|sud|est|ouest"
    r"|et (?:ses |les )?(?:environs|alentours))\s*",
    re.IGNORECASE,
)
_STREET_WORDS = Path(__file__).parents[1] / "tables" / "street_words.csv"
"""Titles and given names after which a street is named, and words of lieux-dits, by hand."""


LINKS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "en", "sur", "sous", "aux"})
"""Words that tie what follows to a street: ``rue de Mende`` is not in Mende."""

_SAINTS = frozenset({"saint", "sainte", "st", "ste"})
_FULL_TYPES = frozenset({*STREET_TYPES.values(), "lieu", "lieudit", "parvis"})
_TYPES = frozenset({*STREET_TYPES, *_FULL_TYPES, "ld"})
_REPETITIONS = frozenset({*REPETITIONS, *REPETITIONS.values()})


def strip_lead(text: str) -> str:
    """The text without the words before its place; the text itself when there are none."""
    found = _LEAD.match(text.strip())
    return text.strip()[found.end() :] if found else text.strip()


def strip_landmark(text: str) -> str:
    """The text without what stands in its place: ``Dijon`` for ``la gare de Dijon``."""
    found = _LANDMARK.match(text)
    return text[found.end() :] if found else text


def strip_tail(text: str) -> str:
    """The text without the words after its place: ``Rennes`` for ``Rennes centre``."""
    found = next((f for f in _TAIL.finditer(text) if f.end() == len(text)), None)
    return text[: found.start()] if found else text


def ends_in_street(words: list[str]) -> bool:
    """Whether folded words tie what follows to them: ``rue de``, ``residence``, ``saint``."""
    return any(words[-1] in tying for tying in (LINKS, _TYPES, _SAINTS))


def find_street(words: list[str]) -> int | None:
    """The position at which folded words go on as the address of a street, None without one.

    A type that is written in full and has a name, ``rue de la Paix``; an abbreviation after its
    number alone, as ``R. Martin`` is somebody.
    """
    for at, word in enumerate(words):
        named = not LINKS.issuperset(words[at + 1 :])
        start = _step_over_number(words, at)
        if named and (word in _FULL_TYPES or (word in _TYPES and start < at)):
            return start
    return None


def _step_over_number(words: list[str], at: int) -> int:
    """The position of the number before a street type, its own where there is none."""
    while at and (words[at - 1][0].isdigit() or words[at - 1] in _REPETITIONS):
        at -= 1
    return at


def find_street_start(words: list[str]) -> int:
    """The position of the first number or type of a street among folded words, their count if
    there is none."""
    starts = (at for at, word in enumerate(words) if word[0].isdigit() or word in _TYPES)
    return next(starts, len(words))


def has_street_words(text: str) -> bool:
    """Whether a text begins like an address: with a number, or the type of a street."""
    words = fold(text).split()
    return bool(words) and find_street_start(words) == 0


def names_person(words: list[str]) -> bool:
    """Whether the last of some folded words is a title or a given name: ``rue Paul Bert``.

    Saints are no persons here: ``rue Saint Jean Brest``.
    """
    last = words[-1] if words else ""
    titled = last in SHORT_WORDS or (len(last) == 1 and last.isalpha() and last != "a")
    if last in _SAINTS or _SAINTS & set(words[-2:-1]):
        return False
    return titled or last in _load_words("title") or last in _load_words("given_name")


def has_lieu_dit(key: str) -> bool:
    """Whether a folded name has a word of places inside a commune: ``le bourg``, ``la plage``."""
    return not _load_words("lieu_dit").isdisjoint(key.split())


@cache
def _load_words(kind: str) -> frozenset[str]:
    with _STREET_WORDS.open(encoding="utf-8", newline="") as lines:
        return frozenset(row["word"] for row in csv.DictReader(lines) if row["kind"] == kind)
