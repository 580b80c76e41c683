"""Typing errors: the known word that an unknown one was meant to be, or none.

Bounded by length and never sure of itself: a word that only goes on, or stops short, is as likely
a family name (``Radion``, ``Kinet``).
"""

import csv
from functools import cache
from importlib import resources

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search_engine.understanding.phrases import load_phrases, read_words
from search_engine.understanding.tokens import singular, split_tokens

MIN_LETTERS = 5
"""Shorter words are never corrected: one letter makes another word of them."""

TWO_ERRORS = 8
"""Letters from which two errors are admitted."""

MAX_ERRORS = 2


def find_near_words(word: str) -> list[str]:
    """The known words near to an unknown one, the nearest first.

    A common French word is no error: ``plage`` is no wound, ``couleur`` no pain.
    """
    if len(word) < MIN_LETTERS or not word.isalpha() or word in _common_words():
        return []
    errors = MAX_ERRORS if len(word) >= TWO_ERRORS else 1
    near = [
        (distance, known)
        for known, distance, _ in process.extract(
            word,
            _candidates(len(word)),
            scorer=OSA.distance,
            score_cutoff=errors,
            limit=8,
        )
        if not is_prolonged(word, known)
    ]
    return [known for _, known in sorted(near, key=_preference)]


def _preference(found: tuple[float, str]) -> tuple[float, bool, str]:
    """The fewest errors, then the words in which needs are written: ``cardiologue``."""
    return found[0], found[1] not in _canonical_words(), found[1]


@cache
def _canonical_words() -> frozenset[str]:
    needs = (word for phrase in read_words() for word in phrase.words)
    return frozenset(token.singular for need in needs for token in split_tokens(need))


def is_prolonged(word: str, known: str) -> bool:
    """One word is the other with more letters at its end; a letter doubled is an error."""
    if word.startswith(known):
        return word != known + known[-1] and word != known + "s"
    return known.startswith(word) and len(known) - len(word) > 1


@cache
def _common_words() -> frozenset[str]:
    """Folded singular words of the language that are near to a known word: ``common_words.csv``."""
    text = resources.files(__package__).joinpath("common_words.csv").read_text("utf-8")
    return frozenset(singular(row["word"]) for row in csv.DictReader(text.splitlines()))


@cache
def _candidates(letters: int) -> tuple[str, ...]:
    """The known words that a word of so many letters may be meant for."""
    words = sorted(word for word in load_phrases().known_words if word.isalpha())
    return tuple(
        word
        for word in words
        if len(word) >= MIN_LETTERS and abs(len(word) - letters) <= MAX_ERRORS
    )
