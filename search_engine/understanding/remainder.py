"""What no phrase holds: a person's name, the name of a structure, a place."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mappings.analysis import fold
from search_engine.understanding.pieces import Piece, is_title
from search_engine.understanding.places_inside import (
    PlaceInside,
    find_ending_place,
    is_place,
)
from search_engine.understanding.reading import PartKind, TextPart
from search_engine.understanding.tokens import Token, join_typed
from search_engine.understanding.word_classes import (
    PARTICLES,
    PATRONS,
    PREPOSITIONS,
    SMALL_WORDS,
    STRUCTURE_WORDS,
)

ARTICLES = {("de", "la"): "la", ("de", "l"): "l", ("du",): "le", ("des",): "les"}
"""The article that a town keeps after the word for a structure: ``hôpital du Mans``."""


class Run(NamedTuple):
    """Words in a row that no phrase holds, and the piece before them, None at the start."""

    tokens: tuple[Token, ...]
    before: Piece | None = None

    @property
    def titled(self) -> bool:
        """A civility stands before the words: they begin with a name."""
        return self.before is not None and is_title(self.before)

    @property
    def after_structure(self) -> bool:
        """The word for a structure stands before the words."""
        return self.before is not None and self.before.tokens[0].singular in STRUCTURE_WORDS


class Remainder(NamedTuple):
    """The parts found in what no phrase holds; ``named`` are the pieces that a name took in."""

    parts: tuple[TextPart, ...] = ()
    named: tuple[Piece, ...] = ()


def find_runs(pieces: Sequence[Piece]) -> Iterator[Run]:
    """The runs of words that no phrase holds, small words at their end left out."""
    before: Piece | None = None
    run: list[Token] = []
    for piece in pieces:
        if piece.phrase is None:
            run += piece.tokens
            continue
        if run:
            yield Run(tuple(run), before)
        before, run = piece, []
    if run:
        yield Run(tuple(run), before)


def read_run(run: Run, *, place_given: bool, alone: bool) -> Remainder:
    """The name, structure and place of a run; ``alone`` when the line says nothing else."""
    words = _trim_end(run.tokens)
    place = None if place_given else _find_place(words, run, alone=alone)
    named = _trim_end(words[: len(words) - place.length] if place else words)
    named = _drop_prepositions(named)
    parts = []
    taken: tuple[Piece, ...] = ()
    if _has_content(named):
        if run.after_structure and run.before is not None:
            typed = f"{run.before.typed} {join_typed(named)}"
            parts.append(TextPart(PartKind.STRUCTURE, typed, fold(typed)))
            taken = (run.before,)
        else:
            typed = join_typed(_drop_prefix(named))
            parts.append(TextPart(PartKind.NAME, typed, fold(typed)))
    if place is not None:
        parts.append(_build_place(place))
    return Remainder(tuple(parts), taken)


def _find_place(words: Sequence[Token], run: Run, *, alone: bool) -> PlaceInside | None:
    """After a preposition, else at the end of a line that already says something."""
    for position, token in enumerate(words):
        if token.folded in PREPOSITIONS and position + 1 < len(words):
            place = _find_whole_place(words[position + 1 :])
            if place is not None:
                return place._replace(length=len(words) - position)
    if run.titled:
        return find_ending_place(words[1:], sure=False) if len(words) > 1 else None
    if alone or run.before is None or (run.after_structure and _begins_a_sign(words)):
        return None
    return find_ending_place(words, sure=True)


def _find_whole_place(words: Sequence[Token]) -> PlaceInside | None:
    """The place that all the words name, links before it left out."""
    for start in range(len(words)):
        typed = join_typed(words[start:])
        if is_place(typed, sure=True):
            return PlaceInside(typed, len(words) - start)
        if words[start].folded not in PARTICLES | PREPOSITIONS:
            break
    return find_ending_place(words, sure=True) if len(words) == 1 else None


def _build_place(place: PlaceInside) -> TextPart:
    correction = None if place.corrected is None else (place.typed, place.corrected)
    return TextPart(PartKind.WHERE, place.typed, place.corrected or place.typed, (), correction)


def _begins_a_sign(words: Sequence[Token]) -> bool:
    """The words are the name of a structure: a saint, or an article that no town bears."""
    folded = [word.folded for word in words]
    if folded[0] in PATRONS:
        return True
    for links, article in ARTICLES.items():
        if tuple(folded[: len(links)]) == links:
            town = f"{article} {join_typed(words[len(links) :])}"
            return not is_place(town, sure=False)
    return False


def _trim_end(words: Sequence[Token]) -> tuple[Token, ...]:
    kept = list(words)
    while kept and (kept[-1].folded in SMALL_WORDS or kept[-1].folded in PREPOSITIONS):
        kept.pop()
    return tuple(kept)


def _drop_prepositions(words: Sequence[Token]) -> tuple[Token, ...]:
    return tuple(word for word in words if word.folded not in PREPOSITIONS)


def _drop_prefix(words: Sequence[Token]) -> tuple[Token, ...]:
    """The words without the small ones at their start that begin no family name."""
    start = 0
    while words[start].folded in SMALL_WORDS and words[start].folded not in PARTICLES:
        start += 1
    return tuple(words[start:])


def _has_content(words: Sequence[Token]) -> bool:
    return any(word.folded not in SMALL_WORDS for word in words)
