"""The table of phrases: what people say, and what it means; longest phrase first.

``words.csv`` is the one table a person edits. The words of the code tables (``mappings/tables``)
are phrases too; a row of ``words.csv`` wins over them.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

from search_engine.understanding.reading import PartKind
from search_engine.understanding.tokens import Token, split_tokens
from search_engine.understanding.vocabulary import list_table_words
from search_engine.understanding.word_classes import LINK_WORDS

FILLER, TITLE, UNUSED = "filler", "title", "unused"
"""Kinds of rows that are no part: politeness and verbs; civilities before a name; wishes that no
data answers (a language spoken), told back."""

VALUELESS = frozenset({FILLER, TITLE, UNUSED})
"""Of these kinds, whose rows have no reading."""


class Phrase(NamedTuple):
    """One row: the phrase as written, the kind of part, its value, and the needs it means."""

    text: str
    kind: str
    value: str = ""
    words: tuple[str, ...] = ()


class PhraseMatch(NamedTuple):
    """A phrase found at the start of some words, and how many of them it takes."""

    phrase: Phrase
    length: int


class PhraseTable:
    """The phrases by the folded singular words they are made of."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        self._exact: dict[tuple[str, ...], Phrase] = {}
        self._content: dict[tuple[str, ...], Phrase] = {}
        for phrase in phrases:
            words = phrase_words(phrase)
            self._exact.setdefault(words, phrase)
            content = drop_link_words(words)
            if len(content) > 1:
                self._content.setdefault(content, phrase)
        self.longest = max(map(len, self._exact), default=0)
        self.known_words = _spell_words(phrases)
        """How each word is spelt, by its folded singular."""

    def find_longest(self, tokens: Sequence[Token]) -> PhraseMatch | None:
        """The longest phrase that the words begin with; small words inside it count for nothing."""
        for length in range(min(len(tokens), self.longest + 2), 0, -1):
            words = tuple(token.singular for token in tokens[:length])
            phrase = self._exact.get(words) or self._find_content(words)
            if phrase is not None:
                return PhraseMatch(phrase, length)
        return None

    def has_phrase(self, words: tuple[str, ...]) -> bool:
        """Whether the folded singular words are a phrase, as they stand."""
        return words in self._exact

    def find_inside(self, words: tuple[str, ...]) -> Phrase | None:
        """A phrase of several words among the folded singular words, or all of them."""
        for start in range(len(words)):
            for end in range(len(words), start, -1):
                several = end - start > 1 or len(words) == 1
                if several and words[start:end] in self._exact:
                    return self._exact[words[start:end]]
        return None

    def _find_content(self, words: tuple[str, ...]) -> Phrase | None:
        if words[0] in LINK_WORDS or words[-1] in LINK_WORDS:
            return None
        return self._content.get(drop_link_words(words))


def phrase_words(phrase: Phrase) -> tuple[str, ...]:
    """The folded singular words of a phrase, by which it is found."""
    return tuple(token.singular for token in split_tokens(phrase.text))


def drop_link_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words without those that may stand between them or not."""
    return tuple(word for word in words if word not in LINK_WORDS)


def _spell_words(phrases: Sequence[Phrase]) -> Mapping[str, str]:
    tokens = (token for phrase in phrases for token in split_tokens(phrase.text))
    spelled: dict[str, str] = {}
    plurals: dict[str, str] = {}
    for token in tokens:
        if token.folded == token.singular:
            spelled.setdefault(token.singular, token.typed)
        else:
            plurals.setdefault(token.singular, token.typed)
    return MappingProxyType(plurals | spelled)


@cache
def load_phrases() -> PhraseTable:
    """The table of this process, read once; a canonical word is spelt as the needs spell it."""
    return PhraseTable([*read_words(), *_table_phrases()])


@cache
def load_dangers() -> PhraseTable:
    """The words of danger alone: they are looked for whatever else the line holds."""
    return PhraseTable([phrase for phrase in read_words() if phrase.kind == PartKind.DANGER])


def read_words() -> Iterator[Phrase]:
    """The rows of ``words.csv``."""
    text = resources.files(__package__).joinpath("words.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield build_phrase(row)


def build_phrase(row: Mapping[str, str]) -> Phrase:
    """The phrase of a row: ``reading`` is the value, the needs, or ``value>need|need``."""
    kind, reading = row["kind"], row["reading"]
    if kind == PartKind.NEED:
        return Phrase(row["phrase"], kind, reading, tuple(reading.split("|")))
    value, _, needs = reading.partition(">")
    return Phrase(row["phrase"], kind, value, tuple(needs.split("|")) if needs else ())


def _table_phrases() -> Iterator[Phrase]:
    for text in list_table_words():
        yield Phrase(text, PartKind.NEED.value, text, (text,))


def is_title_word(text: str) -> bool:
    """Whether the text is a civility, which a name follows: ``Dr``, ``Mme``."""
    found = load_phrases().find_longest(split_tokens(text))
    return found is not None and found.phrase.kind == TITLE


PARTS: Mapping[str, PartKind] = MappingProxyType({kind.value: kind for kind in PartKind})
"""Kinds of rows that are parts of the line."""
