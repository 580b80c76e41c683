"""Typing errors: the known word that an unknown one was meant to be, or none.

Bounded by length and never sure of itself: a word that only goes on, or stops short, is as likely
a family name (``Radion``, ``Kinet``).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search_engine.understanding.phrases import load_phrases, read_words
from search_engine.understanding.tokens import split_tokens

MIN_LETTERS = 5
"""Shorter words are never corrected: one letter makes another word of them."""

TWO_ERRORS = 8
"""Letters from which two errors are admitted."""


def find_near_words(word: str) -> list[str]:
    """The known words near to an unknown one, the nearest first."""
    if len(word) < MIN_LETTERS or not word.isalpha():
        return []
    errors = 2 if len(word) >= TWO_ERRORS else 1
    near = [
        (distance, known)
        for known, distance, _ in process.extract(
            word,
            _candidates(word),
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


def _candidates(word: str) -> list[str]:
    by_length = _words_by_length()
    return [
        known
        for length in range(len(word) - 2, len(word) + 3)
        for known in by_length.get(length, ())
    ]


@cache
def _words_by_length() -> Mapping[int, tuple[str, ...]]:
    return group_by_length(word for word in load_phrases().known_words if word.isalpha())


def group_by_length(words: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    """The words that may be meant, by their number of letters."""
    groups: dict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        if len(word) >= MIN_LETTERS:
            groups[len(word)].append(word)
    return {length: tuple(group) for length, group in groups.items()}
