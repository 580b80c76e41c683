"""A line that may be a name as it is written, where its words are read as something else.

The parser knows no index. Where it took a word for a typing error, or the words of a structure's
name for needs, it hands back the other reading too: the index says whether somebody is called so.
"""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from geography.gazetteer import load_gazetteer
from mappings.analysis import fold
from search_engine.understanding.read_what import read_search
from search_engine.understanding.reading import NEEDS_WORDS, PartKind, Reading, TextPart
from search_engine.understanding.tokens import Token, join_typed, split_tokens
from search_engine.understanding.vocabulary import is_structure_need
from search_engine.understanding.word_classes import PREPOSITIONS, SMALL_WORDS, STRUCTURE_WORDS

NAMES = (PartKind.NAME, PartKind.STRUCTURE)

SURE_TOWN = 20_000
"""Inhabitants from which a word beside a need is a town, said again, and nobody's name."""

NAME_WORDS = 4
"""Words of a line that may be the whole name of a structure: fewer are a kind and a quality."""


def find_written_name(text: str, reading: Reading, *, place_given: bool) -> Reading | None:
    """The other reading that names somebody in the same place, None without one."""
    if reading.corrections:
        written = read_search(text, place_given=place_given, mended=False)
        return written if written != reading and _is_name_there(written, reading) else None
    named = _read_place_as_name(text, reading) if reading.unused and place_given else None
    return named or _read_whole_structure(text, reading)


def _read_place_as_name(text: str, reading: Reading) -> Reading | None:
    """``kiné Payre``, ``hôpital Pouilly Sud`` where another place is given: a surname as likely as
    a village, what the hospital is called."""
    *others, last = reading.unused
    tokens, size = split_tokens(text), len(split_tokens(last))
    ending, before = join_typed(tokens[len(tokens) - size :]), tokens[: len(tokens) - size]
    if ending != last or not before or before[-1].folded in PREPOSITIONS:
        return None
    needs = reading.find_parts(*NEEDS_WORDS)
    if reading.parts == needs[:1] and all(map(is_structure_need, needs[0].words)):
        return Reading((_name_structure(needs[0], last),), tuple(others), reading.ignored)
    if not needs or not _is_small_town(last):
        return None
    name = TextPart(PartKind.NAME, last, fold(last))
    return Reading((*reading.parts, name), tuple(others), reading.ignored)


def _name_structure(need: TextPart, own: str) -> TextPart:
    typed = f"{need.typed} {own}"
    return TextPart(PartKind.STRUCTURE, typed, fold(typed), need.words, None, fold(own))


def _is_small_town(name: str) -> bool:
    communes = load_gazetteer().by_name(name)
    return bool(communes) and communes[0].population < SURE_TOWN


def is_far_mended(reading: Reading) -> bool:
    """Every word that was taken for an error has two: a name with one error is nearer to it."""
    errors = [OSA.distance(fold(typed), fold(meant)) for typed, meant in reading.corrections]
    return bool(errors) and min(errors) > 1


def _is_name_there(written: Reading, reading: Reading) -> bool:
    same_place = written.find_parts(PartKind.WHERE) == reading.find_parts(PartKind.WHERE)
    return same_place and bool(written.find_parts(*NAMES))


def _read_whole_structure(text: str, reading: Reading) -> Reading | None:
    """``CMP enfants et adolescents Dijon``: the name of a structure in which more is read than its
    kind, its own name and its place."""
    tokens = split_tokens(text)
    if not _says_more(reading) or not _begins_with_structure(tokens, reading):
        return None
    if sum(token.folded not in SMALL_WORDS for token in tokens) < NAME_WORDS:
        return None
    name = TextPart(PartKind.STRUCTURE, text.strip(), fold(text))
    return Reading((name, *reading.find_parts(PartKind.WHERE)))


def _says_more(reading: Reading) -> bool:
    """Not only a kind, a name of that kind and a place; a place said again is of the name."""
    who = [part for part in reading.parts if part.kind is not PartKind.WHERE]
    return len(who) > 1 or bool(who and reading.unused)


def _begins_with_structure(tokens: Sequence[Token], reading: Reading) -> bool:
    """The first word, or the need that the line begins with, is the word for a structure."""
    if not STRUCTURE_WORDS.isdisjoint((tokens[0].folded, tokens[0].singular)):
        return True
    first = reading.parts[0]
    begins = " ".join(token.folded for token in tokens).startswith(fold(first.typed))
    return begins and bool(first.words) and all(map(is_structure_need, first.words))
