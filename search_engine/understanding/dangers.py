"""Words of danger with a typing error, in one word or across several.

A phrase of danger is compared whole and without spaces: ``douleurthoracique``, ``in conscient``,
``mal à respire`` are found, whatever else the line holds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from search_engine.understanding.names import is_proper_noun
from search_engine.understanding.phrases import Phrase, load_dangers, load_phrases
from search_engine.understanding.tokens import Token, split_tokens
from search_engine.understanding.word_classes import LINK_WORDS

MIN_LETTERS = 5
"""Shorter phrases (``AVC``, ``coma``) are found with a letter doubled, and else as written: one
letter makes another word of them."""

ERRORS = 1
"""Letters wrong, missing, added or swapped in the whole phrase."""


class NearDanger(NamedTuple):
    """A phrase of danger nearly written, and how many words it takes."""

    phrase: Phrase
    length: int


class Joined(NamedTuple):
    """Words without the spaces between them, and how many they were."""

    letters: str
    words: int


def find_near_danger(ahead: Sequence[Token]) -> NearDanger | None:
    """The longest phrase of danger that the words begin with, one error allowed in it."""
    for length in range(min(len(ahead), load_dangers().longest + 1), 0, -1):
        words = ahead[:length]
        if _begins_later(words):
            return None
        phrase = None if _is_said_otherwise(words) else _find_near(words)
        if phrase is not None:
            return NearDanger(phrase, length)
    return None


def _begins_later(words: Sequence[Token]) -> bool:
    """The first word is a small one before a phrase that needs none: ``de douleur thoracique``."""
    if words[0].folded not in LINK_WORDS or len(words) == 1:
        return False
    rest = words[1:]
    return load_dangers().find_longest(rest) is not None or _find_near(rest) is not None


def _is_said_otherwise(words: Sequence[Token]) -> bool:
    """The words are a phrase as they stand, or one word that is known or a name."""
    known = load_phrases()
    if known.has_phrase(tuple(word.singular for word in words)):
        return True
    if len(words) > 1:
        return False
    return words[0].singular in known.known_words or is_proper_noun(words[0].folded)


def _find_near(words: Sequence[Token]) -> Phrase | None:
    index = _dangers_by_deletion()
    for joined in _join_words(words):
        if len(joined.letters) > _longest_letters():
            continue
        for shorter in (joined.letters, *_delete_letters(joined.letters)):
            for danger, phrase in index.get(shorter, ()):
                if _is_near(joined, danger):
                    return phrase
    return None


def _is_near(joined: Joined, danger: Joined) -> bool:
    """One error where the words are as many; else only the spaces differ.

    ``in conscient`` is meant, ``suivi de`` is no ``suicide``.
    """
    if joined.words != danger.words:
        return joined.letters == danger.letters
    if len(danger.letters) < MIN_LETTERS:
        return joined.letters in _double_letters(danger.letters)
    return OSA.distance(joined.letters, danger.letters, score_cutoff=ERRORS) <= ERRORS


def _join_words(words: Sequence[Token]) -> dict[Joined, None]:
    """The words without spaces: all of them, and without the small ones, each once."""
    content = [word for word in words if word.folded not in LINK_WORDS]
    return dict.fromkeys(
        (
            Joined("".join(word.folded for word in words), len(words)),
            Joined("".join(word.folded for word in content), len(content)),
            Joined("".join(word.singular for word in content), len(content)),
        )
    )


@cache
def _longest_letters() -> int:
    """Letters of the longest phrase of danger with its error: more is none of them."""
    return max(map(len, _dangers_by_deletion())) + ERRORS


def _delete_letters(joined: str) -> Iterator[str]:
    for position in range(len(joined)):
        yield joined[:position] + joined[position + 1 :]


def _double_letters(danger: str) -> Iterator[str]:
    for position, letter in enumerate(danger):
        yield danger[:position] + letter + danger[position:]


@cache
def _dangers_by_deletion() -> Mapping[str, Sequence[tuple[Joined, Phrase]]]:
    """The phrases of danger without spaces, by themselves and by each of them less one letter.

    Two texts one error apart share such a key, so that no phrase is compared in vain.
    """
    index: dict[str, list[tuple[Joined, Phrase]]] = defaultdict(list)
    for phrase in load_dangers().phrases:
        for joined in _join_words(split_tokens(phrase.text)):
            for key in dict.fromkeys((joined.letters, *_delete_letters(joined.letters))):
                index[key].append((joined, phrase))
    return dict(index)
