"""A line that may be a name as it is written, where its words are read as something else.

The parser knows no index. Where it took a word for a typing error, or the words of a structure's
name for needs, it hands back the other reading too: the index says whether somebody is called so.
"""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from geography.gazetteer import load_gazetteer
from mappings.analysis import fold
from search_engine.request.criteria import Criteria
from search_engine.understanding.names import is_family_name
from search_engine.understanding.read_what import read_search
from search_engine.understanding.reading import NEEDS_WORDS, PartKind, Reading, TextPart
from search_engine.understanding.tokens import Token, join_typed, split_tokens
from search_engine.understanding.vocabulary import is_structure_need
from search_engine.understanding.word_classes import (
    PREPOSITIONS,
    SIGN_WORDS,
    SMALL_WORDS,
    STRUCTURE_WORDS,
)

NAMES = (PartKind.NAME, PartKind.STRUCTURE)

SURE_TOWN = 20_000
"""Inhabitants from which a word beside a need is a town and nobody's name, where the town of the
patient is not known."""

NAME_WORDS = 4
"""Words of a line that may be the whole name of a structure: fewer are a kind and a quality. One
fewer where the last is a place beside which another is given: ``clinique de la main L'Hôpital``."""

TWO_TITLES = TWO_WORDS = SIGN_NAME_WORDS = 2

GLUED, GLUED_LETTERS = "dr", 7
"""The civility that is written with a name, and the letters of both together."""


def find_written_name(criteria: Criteria, reading: Reading) -> Reading | None:
    """The other reading of the line that names somebody in the same place, None without one."""
    text = criteria.what
    if reading.corrections:
        written = read_search(text, place_given=criteria.has_place, mended=False)
        return written if written != reading and _is_name_there(written, reading) else None
    return (
        _read_place_as_name(criteria, reading)
        or _read_whole_structure(text, reading)
        or _read_glued_name(text, reading)
        or _read_ignored_name(text, reading)
    )


def _read_glued_name(text: str, reading: Reading) -> Reading | None:
    """``DRZYFUS``: Dreyfus with an error, where ``drmartin`` has a space forgotten."""
    name = next(iter(reading.find_parts(PartKind.NAME)), None)
    glued = [word for word in text.split() if name and fold(word) == f"{GLUED}{name.value}"]
    if name is None or not glued:
        return None
    whole = name._replace(typed=glued[0], value=fold(glued[0]))
    return reading._replace(parts=tuple(whole if one is name else one for one in reading.parts))


def cut_title(name: TextPart) -> TextPart | None:
    """The name without the civility that one long word may begin with, None for any other."""
    if not name.value.startswith(GLUED) or len(name.value) < GLUED_LETTERS or " " in name.value:
        return None
    return name._replace(typed=name.typed[len(GLUED) :], value=name.value[len(GLUED) :])


def _read_ignored_name(text: str, reading: Reading) -> Reading | None:
    """A name of which a word says nothing elsewhere: ``Georges PATIENT``, ``PATIENT psychiatre``,
    ``Dr M'SA-ABDOU`` whose ``M`` is no civility after another."""
    tokens = split_tokens(text)
    if len(reading.ignored) == TWO_TITLES and _is_initial_after_title(tokens, reading):
        name = _name_person(tokens[1:])
        return reading._replace(parts=(name,), ignored=reading.ignored[:1])
    if len(tokens) != TWO_WORDS or len(reading.parts) != 1 or len(reading.ignored) != 1:
        return None
    ignored = next((token for token in tokens if token.typed == reading.ignored[0]), None)
    if ignored is None or not is_family_name((ignored,)):
        return None
    return _join_ignored(tokens, ignored, reading.parts[0])


def _is_initial_after_title(tokens: Sequence[Token], reading: Reading) -> bool:
    """The second word is one letter that was taken for a civility, and a name follows alone."""
    named = [part.kind for part in reading.parts] == [PartKind.NAME]
    first = tuple(token.typed for token in tokens[:TWO_TITLES])
    return named and first == reading.ignored and len(tokens[1].folded) == 1


def _join_ignored(tokens: Sequence[Token], ignored: Token, part: TextPart) -> Reading | None:
    """The ignored word as the surname of a person, or beside his need."""
    if part.kind is PartKind.NAME:
        return Reading((_name_person(tokens),))
    return Reading((part, _name_person((ignored,)))) if part.kind is PartKind.NEED else None


def _name_person(tokens: Sequence[Token]) -> TextPart:
    typed = join_typed(tokens)
    return TextPart(PartKind.NAME, typed, fold(typed))


def _read_place_as_name(criteria: Criteria, reading: Reading) -> Reading | None:
    """``kiné Payre``, ``hôpital Pouilly Sud`` where another place is given: a surname as likely as
    a village, what the hospital is called."""
    if not reading.unused or not criteria.has_place:
        return None
    *others, last = reading.unused
    tokens, size = split_tokens(criteria.what), len(split_tokens(last))
    ending, before = join_typed(tokens[len(tokens) - size :]), tokens[: len(tokens) - size]
    if ending != last or (before and before[-1].folded in PREPOSITIONS):
        return None
    if not before:
        return _read_lone_place(criteria, tokens)
    if [part.kind for part in reading.parts] == [PartKind.NAME]:
        return _join_place_to_name(criteria, reading, last)
    return _read_place_beside_need(criteria, reading, last, tuple(others))


def _read_place_beside_need(
    criteria: Criteria, reading: Reading, last: str, others: tuple[str, ...]
) -> Reading | None:
    needs = reading.find_parts(*NEEDS_WORDS)
    if reading.parts == needs[:1] and all(map(is_structure_need, needs[0].words)):
        return Reading((_name_structure(needs[0], last),), others, reading.ignored)
    if not _is_name_beside_need(criteria, reading, last):
        return None
    name = TextPart(PartKind.NAME, last, fold(last))
    return Reading((*reading.parts, name), others, reading.ignored)


def _join_place_to_name(criteria: Criteria, reading: Reading, last: str) -> Reading | None:
    """``Dr Rosemay SAUTRON``: a given name that no table holds, and a surname that is a village."""
    (name,), (*others, _) = reading.parts, reading.unused
    if others or _is_said_again(criteria, last):
        return None
    typed = f"{name.typed} {last}"
    return Reading((TextPart(PartKind.NAME, typed, fold(typed)),), (), reading.ignored)


def _is_name_beside_need(criteria: Criteria, reading: Reading, last: str) -> bool:
    """Whether the last words, a place, may be the surname of somebody who meets the need."""
    needs = reading.find_parts(*NEEDS_WORDS)
    if not needs or is_structure_need(needs[0].words[0]) or _is_said_again(criteria, last):
        return False
    return not _is_large_town(last) or _read_whole_structure(criteria.what, reading) is None


def _read_lone_place(criteria: Criteria, tokens: Sequence[Token]) -> Reading | None:
    """``Espagneux`` alone, near to the name of a village: whoever is called so."""
    name = _name_person(tokens)
    return None if _is_said_again(criteria, name.typed) else Reading((name,))


def _name_structure(need: TextPart, own: str) -> TextPart:
    typed = f"{need.typed} {own}"
    return TextPart(PartKind.STRUCTURE, typed, fold(typed), need.words, None, fold(own))


def _is_said_again(criteria: Criteria, name: str) -> bool:
    """The word is the town that is given beside it; any large one, where that is not known."""
    gazetteer = load_gazetteer()
    given = gazetteer.by_insee(criteria.insee) if criteria.insee else None
    where = " ".join(filter(None, [criteria.where, given.name if given else None]))
    return f" {fold(name)} " in f" {fold(where)} " if where else _is_large_town(name)


def _is_large_town(name: str) -> bool:
    communes = load_gazetteer().by_name(name)
    return bool(communes) and communes[0].population >= SURE_TOWN


def is_far_mended(reading: Reading, written: Reading) -> bool:
    """Every word that was taken for an error has two, a civility was cut off a word, or the kind of
    a structure was read in none: a name with one error is nearer to it."""
    if not reading.corrections:
        glued = any(part.value.startswith(GLUED) for part in written.find_parts(PartKind.NAME))
        structure = bool(written.find_parts(PartKind.STRUCTURE))
        return glued or (structure and bool(reading.find_parts(PartKind.NAME)))
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
    least = SIGN_NAME_WORDS if _is_sign(tokens[0], reading) else NAME_WORDS - bool(reading.unused)
    if sum(token.folded not in SMALL_WORDS for token in tokens) < least:
        return None
    name = TextPart(PartKind.STRUCTURE, text.strip(), fold(text))
    return Reading((name, *reading.find_parts(PartKind.WHERE)))


def _says_more(reading: Reading) -> bool:
    """Not only a kind, a name of that kind and a place; a place said again is of the name, and so
    is a kind with an error: ``pole fe santé``."""
    who = [part for part in reading.parts if part.kind is not PartKind.WHERE]
    misspelt = [part.kind for part in who] == [PartKind.NAME]
    return misspelt or len(who) > 1 or bool(who and reading.unused)


def _is_sign(first: Token, reading: Reading) -> bool:
    """``pharmacie de l'hôpital`` has the name of another structure, and no other quality."""
    structures = (part.words and all(map(is_structure_need, part.words)) for part in reading.parts)
    return first.singular in SIGN_WORDS and all(structures)


def _begins_with_structure(tokens: Sequence[Token], reading: Reading) -> bool:
    """The first word, or the need that the line begins with, is the word for a structure."""
    if not STRUCTURE_WORDS.isdisjoint((tokens[0].folded, tokens[0].singular)):
        return True
    first = reading.parts[0]
    begins = " ".join(token.folded for token in tokens).startswith(fold(first.typed))
    return begins and bool(first.words) and all(map(is_structure_need, first.words))
