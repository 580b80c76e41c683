"""The words of a line, each as typed and folded; abbreviations with dots are one word."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from mappings.analysis import fold

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}|\b(?:[^\W\d_]\.)+[^\W\d_]\b")
_OPTIONAL_ENDING = re.compile(r"\((?:e|ne|ère|ere|trice|euse|s|es)\)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

_GLUED_TITLE = re.compile(r"\b(dr)(?=[bcdfghjklmnpqstvwxz][^\W\d_]{2})", re.IGNORECASE)
"""``drMartin``: no French word goes on with a consonant after ``dr``."""

_LOOKALIKES = str.maketrans("авекмнорстухАВЕКМНОРСТУХ", "abekmhopctyxABEKMHOPCTYX")
"""Cyrillic letters that look like Latin ones, from a text that was copied."""

ABBREVIATION = 3
"""Letters up to which a word is an abbreviation, which has no plural mark: MSP, ORL, les."""

IRREGULAR: Mapping[str, str] = MappingProxyType(
    {
        "yeux": "oeil",
        "clin": "clinique",
        "ctre": "centre",
        "hop": "hopital",
        "phcie": "pharmacie",
        "phie": "pharmacie",
    }
)
"""The one plural of the trade that has another root; the abbreviations of FINESS, which writes the
names of structures in 38 signs."""


class Token(NamedTuple):
    """One word: as typed, folded, and its singular, which the table of phrases is read by."""

    typed: str
    folded: str
    singular: str


def split_tokens(text: str) -> tuple[Token, ...]:
    """The words of a line.

    ``M.G.`` gives ``mg``, ``infirmier(e)`` gives ``infirmier``, ``l'ophtalmo`` gives two words, and
    so does ``drmartin``.
    """
    plain = _OPTIONAL_ENDING.sub("", text.translate(_LOOKALIKES))
    plain = _GLUED_TITLE.sub(r"\1 ", plain)
    joined = _DOTTED.sub(lambda found: found[0].replace(".", "") + " ", plain)
    spelled = joined.replace("œ", "oe").replace("Œ", "OE")
    found = ((word[0], fold(word[0])) for word in _WORD.finditer(spelled))
    return tuple(Token(typed, folded, singular(folded)) for typed, folded in found if folded)


def singular(word: str) -> str:
    """The word without its plural mark; three letters and fewer are abbreviations, left alone."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) <= ABBREVIATION:
        return word
    if word.endswith("aux") and not word.endswith("eaux"):
        return word[:-3] + "al"
    return word[:-1] if word[-1] in "sx" else word


def join_typed(tokens: Sequence[Token]) -> str:
    """The words as typed, one space between."""
    return " ".join(token.typed for token in tokens)
