"""A line of spoken French read in parts: numbers, phrases, qualities, name, place, what is left.

Pure: the same text always has the same reading. Never a triage: a complaint names who treats it, a
word of danger names the sentence of the medical regulation, whatever else the line holds.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from search_engine.understanding.numbers import split_numbers
from search_engine.understanding.phrases import PARTS
from search_engine.understanding.pieces import Piece, is_title, split_pieces
from search_engine.understanding.reading import NEEDS_WORDS, PartKind, Reading, TextPart
from search_engine.understanding.remainder import Remainder, find_runs, read_run
from search_engine.understanding.tokens import split_tokens
from search_engine.understanding.word_classes import EMERGENCY_WORDS, GENERAL_WORDS

PAEDIATRIC_AGE = 16
"""Years under which a paediatrician is one of those who treat (design of the order, F027)."""

CHILD_VALUES = frozenset({"child", "baby"})
GENERALIST, PAEDIATRICIAN = "généraliste", "pédiatre"

_AGE = re.compile(r"\b(\d{1,3}) ?ans?\b", re.IGNORECASE)
_MONTHS = re.compile(r"\b\d{1,2} ?mois\b", re.IGNORECASE)


def read_what(text: str, *, place_given: bool = False) -> Reading:
    """The reading of a line; with ``place_given`` no place is looked for inside it."""
    numbers = split_numbers(text)
    ages = _read_ages(numbers.rest)
    pieces = split_pieces(split_tokens(_MONTHS.sub(" ", _AGE.sub(" ", numbers.rest))))
    rest = _read_remainder(pieces, place_given=place_given, alone=not numbers.parts)
    known = [_build_part(piece) for piece in pieces if _is_part(piece, rest)]
    needs = [] if rest.parts else _needs_of_titles(pieces)
    found = _prefer_specific([*numbers.parts, *known, *needs, *rest.parts])
    return Reading(tuple(_add_paediatrician(_merge_same(found), ages)))


def _read_ages(text: str) -> tuple[TextPart, ...]:
    years, months = _AGE.search(text), _MONTHS.search(text)
    if years is not None:
        return (TextPart(PartKind.AGE, years[0], str(int(years[1]))),)
    return () if months is None else (TextPart(PartKind.AGE, months[0], "baby"),)


def _read_remainder(pieces: Sequence[Piece], *, place_given: bool, alone: bool) -> Remainder:
    """The names and places of every run of words that no phrase holds."""
    nothing_known = alone and not any(piece.phrase is not None for piece in pieces)
    read = [
        read_run(run, place_given=place_given, alone=nothing_known) for run in find_runs(pieces)
    ]
    parts = tuple(part for one in read for part in one.parts)
    return Remainder(parts, tuple(piece for one in read for piece in one.named))


def _is_part(piece: Piece, rest: Remainder) -> bool:
    is_row = piece.phrase is not None and piece.phrase.kind in PARTS
    return is_row and not any(piece is named for named in rest.named)


def _build_part(piece: Piece) -> TextPart:
    phrase = piece.phrase
    if phrase is None:
        raise ValueError("a piece of no phrase is no part")
    return TextPart(PARTS[phrase.kind], piece.typed, phrase.value, phrase.words, piece.correction)


def _needs_of_titles(pieces: Iterable[Piece]) -> list[TextPart]:
    """``un docteur`` names nobody: a general practitioner is looked for."""
    return [
        TextPart(PartKind.NEED, piece.typed, GENERALIST, (GENERALIST,))
        for piece in pieces
        if is_title(piece) and piece.tokens[-1].singular in GENERAL_WORDS
    ]


def _prefer_specific(parts: Sequence[TextPart]) -> Iterator[TextPart]:
    """``médecin cardiologue`` is a cardiologist, ``ophtalmo urgence`` an ophthalmologist soon."""
    specific = [part for part in parts if part.kind in NEEDS_WORDS and not _is_generic(part)]
    for part in parts:
        if _is_generic(part) and any(one is not part for one in specific if not _is_urgent(one)):
            if _is_urgent(part):
                yield TextPart(PartKind.WHEN, part.typed, "soon")
        else:
            yield part


def _is_generic(part: TextPart) -> bool:
    return part.kind is PartKind.NEED and _last_word(part) in GENERAL_WORDS | EMERGENCY_WORDS


def _is_urgent(part: TextPart) -> bool:
    return part.kind is PartKind.NEED and _last_word(part) in EMERGENCY_WORDS


def _last_word(part: TextPart) -> str:
    tokens = split_tokens(part.typed)
    return tokens[-1].singular if tokens else ""


def _merge_same(parts: Iterable[TextPart]) -> list[TextPart]:
    """Each meaning once: two words for one need, one quality said twice."""
    first: dict[tuple[PartKind, str, tuple[str, ...]], TextPart] = {}
    for part in parts:
        key = (part.kind, part.value, part.words)
        kept = first.get(key)
        if kept is None or (part.correction and not kept.correction):
            first[key] = part
    return list(first.values())


def _add_paediatrician(parts: Sequence[TextPart], ages: tuple[TextPart, ...]) -> list[TextPart]:
    """The age told in figures wins over a word; a child's complaint is a paediatrician's too."""
    kept = [part for part in parts if not (ages and part.kind is PartKind.AGE)]
    every = [*kept, *ages]
    if not any(part.kind is PartKind.AGE and is_child(part.value) for part in every):
        return every
    return [_with_paediatrician(part) for part in every]


def is_child(age: str) -> bool:
    """An age under ``PAEDIATRIC_AGE``, in figures or in a word."""
    return age in CHILD_VALUES or (age.isdigit() and int(age) < PAEDIATRIC_AGE)


def _with_paediatrician(part: TextPart) -> TextPart:
    if part.kind is not PartKind.COMPLAINT or PAEDIATRICIAN in part.words:
        return part
    if GENERALIST not in part.words:
        return part
    after = part.words.index(GENERALIST) + 1
    words = (*part.words[:after], PAEDIATRICIAN, *part.words[after:])
    return part._replace(words=words)
