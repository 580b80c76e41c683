"""Addresses as people write them, folded so that two spellings of one place compare equal."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

from mappings.analysis import fold

STREET_TYPES = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "boul": "boulevard",
    "blvd": "boulevard",
    "r": "rue",
    "rte": "route",
    "ch": "chemin",
    "che": "chemin",
    "chem": "chemin",
    "imp": "impasse",
    "pl": "place",
    "all": "allee",
    "sq": "square",
    "crs": "cours",
    "fg": "faubourg",
    "fbg": "faubourg",
    "res": "residence",
    "qu": "quai",
    "qua": "quai",
    "pass": "passage",
    "lot": "lotissement",
    "rpt": "rond point",
    "ham": "hameau",
    "zi": "zone industrielle",
    "za": "zone artisanale",
    "esp": "esplanade",
    "tra": "traverse",
    "rle": "ruelle",
    "mte": "montee",
    "cite": "cite",
    "sen": "sente",
    "pro": "promenade",
}
"""Abbreviations of street types of the RPPS, FINESS and postal usage."""

REPETITIONS = {"b": "bis", "t": "ter", "q": "quater"}
"""Repetition letters after a number; A, C and D are real letters and stay."""
_REPETITION_WORDS = frozenset(REPETITIONS.values())

SHORT_WORDS = {
    "st": "saint",
    "ste": "sainte",
    "mme": "madame",
    "gal": "general",
    "mal": "marechal",
    "dr": "docteur",
    "pdt": "president",
    "cdt": "commandant",
    "cne": "capitaine",
    "prof": "professeur",
}
"""Titles and saints that street names abbreviate, at any place."""

_CACHE_SIZE = 1 << 16
"""Texts remembered: the practices of a street, and the towns, come back."""

_GLUED = re.compile(r"(\d)([A-Za-z])\b")
_POSTCODE = re.compile(r"^\d{5} (?=\D)")
_DISTRIBUTION = re.compile(r"\b(bp|cs|tsa) ?\d+\b|\bcedex( \d+)?\b")


@lru_cache(maxsize=_CACHE_SIZE)
def normalise_line(line: str) -> str:
    """The street line folded, its street type spelled out: ``12 B av. St-Jean``.

    gives ``12 bis avenue saint jean``. Postal distribution (BP, CS, TSA, CEDEX) is left out.
    """
    if not line:
        return ""
    words = _DISTRIBUTION.sub(" ", fold(_GLUED.sub(r"\1 \2", line))).split()
    return " ".join(_expand_words(words))


def _expand_words(words: list[str]) -> Iterator[str]:
    """The words spelled out; a street type comes after numbers only, and is not the last word."""
    before, numbered, last = "", True, len(words) - 1
    for position, word in enumerate(words):
        if word in REPETITIONS and before.isdigit():
            yield REPETITIONS[word]
        elif word in SHORT_WORDS:
            yield SHORT_WORDS[word]
        else:
            yield STREET_TYPES.get(word, word) if numbered and position < last else word
        numbered = numbered and (word.isdigit() or word in _REPETITION_WORDS or len(word) == 1)
        before = word


@lru_cache(maxsize=_CACHE_SIZE)
def normalise_city(city: str) -> str:
    """The post-office label folded, without CEDEX and its number, Saint spelled out.

    A postcode before the label is left out, as FINESS writes it: ``48000 MENDE``.
    """
    words = _DISTRIBUTION.sub(" ", _POSTCODE.sub("", fold(city))).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def address_parts(line: str, postal_code: str, city: str) -> tuple[str, str, str]:
    """Key of an address: normalised street line, postcode and town."""
    return normalise_line(line), postal_code.strip(), normalise_city(city)


@lru_cache(maxsize=_CACHE_SIZE)
def address_key(line: str, postal_code: str, city: str) -> str:
    """The place key of an address without any national identifier: stable over reloads (W12)."""
    text = "|".join(address_parts(line, postal_code, city))
    return "addr-" + hashlib.sha256(text.encode()).hexdigest()[:16]
