"""What no phrase holds: a person's name, the name of a structure, a place."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from mappings.analysis import fold
from search_engine.understanding.names import is_family_name, is_given_name
from search_engine.understanding.pieces import Piece, is_title
from search_engine.understanding.places_inside import (
    PlaceInside,
    add_street,
    count_town_words,
    find_ending_place,
    find_told_place,
    is_place,
)
from search_engine.understanding.reading import PartKind, TextPart
from search_engine.understanding.tokens import Token, join_typed
from search_engine.understanding.vocabulary import is_structure_need
from search_engine.understanding.word_classes import (
    PARTICLES,
    PATRONS,
    PREPOSITIONS,
    SIGN_WORDS,
    SMALL_WORDS,
    STRUCTURE_WORDS,
)

ARTICLES: Mapping[tuple[str, ...], str] = MappingProxyType(
    {("de", "la"): "la", ("de", "l"): "l", ("du",): "le", ("des",): "les"}
)
"""The article that a town keeps after the word for a structure: ``hôpital du Mans``."""


CONTRACTIONS: Mapping[str, str] = MappingProxyType({"au": "Le", "aux": "Les"})
"""The article that a preposition took in: ``aux Sables`` is Les Sables."""

PATRON_WORDS = 2
"""Words of a patron's name: ``Saint-Jean``; a town's is as long or longer."""

SIGN_TOWN = 50_000
"""Inhabitants from which ``pharmacie du Mans`` is read as one in Le Mans, not as a sign."""


class PlaceWanted(StrEnum):
    """Whether the place of a search stands in its line."""

    FREE = "free"
    """It may."""
    GIVEN = "given"
    """It is given apart: one inside the line is told as unused."""
    NEEDED = "needed"
    """It must: a word that could be a name is the place, where it is one."""


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
        """The word for a structure stands before the words: ``cabinet`` alone is none."""
        if self.before is None or self.before.phrase is None:
            return False
        if self.before.phrase.kind != PartKind.NEED:
            return False
        first = self.before.tokens[0]
        begins_name = not STRUCTURE_WORDS.isdisjoint((first.folded, first.singular))
        return begins_name or all(map(is_structure_need, self.before.phrase.words))


class Remainder(NamedTuple):
    """The parts found in what no phrase holds; ``named`` are the pieces that a name took in.

    ``unused`` is the place of a line beside which a place was given.
    """

    parts: tuple[TextPart, ...] = ()
    named: tuple[Piece, ...] = ()
    unused: tuple[str, ...] = ()


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


def read_run(run: Run, wanted: PlaceWanted, *, alone: bool) -> Remainder:
    """The name, structure and place of a run; ``alone`` when the line says nothing else."""
    words = _trim_end(run.tokens)
    if not words:
        return Remainder()
    place = _find_place(words, run, wanted, alone=alone)
    named = _drop_prepositions(_trim_end(words[: len(words) - place.length] if place else words))
    rest = _read_named(named, run) if _has_content(named) else Remainder()
    if place is None:
        return rest
    if wanted is PlaceWanted.GIVEN:
        return rest._replace(unused=(place.typed,))
    return rest._replace(parts=(*rest.parts, _build_place(place)))


def _read_named(words: tuple[Token, ...], run: Run) -> Remainder:
    """A structure after the word for one, else a person."""
    if run.before is None or not run.after_structure:
        typed = join_typed(_drop_prefix(words))
        return Remainder((TextPart(PartKind.NAME, typed, fold(typed)),))
    own_name = join_typed(words)
    typed = f"{run.before.typed} {own_name}"
    part = TextPart(
        PartKind.STRUCTURE,
        typed,
        fold(typed),
        run.before.phrase.words if run.before.phrase else (),
        run.before.correction,
        fold(own_name),
    )
    return Remainder((part,), (run.before,))


def _find_place(
    words: Sequence[Token], run: Run, wanted: PlaceWanted, *, alone: bool
) -> PlaceInside | None:
    """With its street; told as one, before the need, after a preposition, else at the end.

    ``pharmacie de la gare``, ``clinique du boulevard Foch`` are signs, not where they stand.
    """
    sign = run.after_structure and words[0].folded in PARTICLES
    first = 1 if run.titled or sign else 0
    told = find_told_place(words, first=first, landmark=not sign)
    place = told or _find_bare_place(words, run, wanted, alone=alone)
    if place is None or sign or wanted is PlaceWanted.GIVEN:
        return place
    return add_street(words, place, first=first)


def _find_bare_place(
    words: Sequence[Token], run: Run, wanted: PlaceWanted, *, alone: bool
) -> PlaceInside | None:
    """After a preposition, else at the end of a line that already says something."""
    if run.before is None and not alone and _is_said_first(words, wanted):
        return PlaceInside(join_typed(words), len(words))
    free = not (alone or run.before is None or run.titled)
    place = None if free and _ends_with_long_town(words) else _find_announced_place(words)
    if place is not None:
        return place
    if wanted is PlaceWanted.GIVEN and free:
        return _find_place_beside_given(words, run)
    if run.titled or not free:
        after_name = run.titled or wanted is PlaceWanted.NEEDED
        return _find_place_after_name(words, wanted) if after_name else None
    if wanted is PlaceWanted.FREE and run.after_structure and _begins_a_sign(words, run):
        return None
    return find_ending_place(words, sure=True, needed=wanted is PlaceWanted.NEEDED)


def _is_said_first(words: Sequence[Token], wanted: PlaceWanted) -> bool:
    """The place stands before the need: a postcode, ``75011 kiné``; a town where one is needed."""
    typed = join_typed(words)
    if wanted is PlaceWanted.NEEDED:
        return not is_family_name(words) and is_place(typed, sure=True)
    return wanted is PlaceWanted.FREE and typed[0].isdigit() and is_place(typed, sure=False)


def _find_place_beside_given(words: Sequence[Token], run: Run) -> PlaceInside | None:
    """The place said again, where one is given: else the words name somebody.

    ``hôpital Dijon`` is one that is called so or lies there; Boyer is a nurse before a village, and
    so is whoever is called as a small one.
    """
    begun = len(words) > 1 and is_given_name(words[0].folded)
    if run.after_structure or begun or is_family_name(words):
        return None
    return find_ending_place(words, sure=not words[-1].folded.isalpha())


def _ends_with_long_town(words: Sequence[Token]) -> bool:
    """The preposition is part of the town's own name: ``Bourg-en-Bresse``."""
    town = words[len(words) - count_town_words(words) :]
    return any(word.folded in PREPOSITIONS for word in town)


def _find_place_after_name(words: Sequence[Token], wanted: PlaceWanted) -> PlaceInside | None:
    """A name keeps its first word, and the small ones before it: ``Dr Le Bras`` is nowhere.

    Where a place is given, a family name follows a given name: ``Dr Marie Laval``. Where one is
    needed, the smallest commune is one, unless it is a frequent name.
    """
    kept = (
        (lambda word: word in PARTICLES or is_given_name(word))
        if wanted is PlaceWanted.GIVEN
        else (PARTICLES.__contains__)
    )
    first = next((n for n, word in enumerate(words) if not kept(word.folded)), len(words))
    after = words[first + 1 :]
    if not after:
        return None
    sure = wanted is PlaceWanted.NEEDED and not is_family_name(after[-1:])
    return find_ending_place(after, sure=sure)


def _find_announced_place(words: Sequence[Token]) -> PlaceInside | None:
    """The place after the first preposition that has one; ``au Mans`` is Le Mans.

    A preposition inside the town's own name announces nothing: ``Châtillon-sur-Seine``.
    """
    town = count_town_words(words) or 1
    for position, token in enumerate(words[: len(words) - town]):
        if token.folded not in PREPOSITIONS:
            continue
        rest = words[position + 1 :]
        place = _find_contracted_place(token, rest) or _find_whole_place(rest)
        if place is not None:
            return place._replace(length=len(words) - position)
    return None


def _find_contracted_place(preposition: Token, words: Sequence[Token]) -> PlaceInside | None:
    """The place whose article the preposition took in: ``au Mans``, ``aux Sables``."""
    article, typed = CONTRACTIONS.get(preposition.folded), join_typed(words)
    full = f"{article} {typed}"
    known = article is not None and is_place(full, sure=not is_place(typed, sure=False))
    return PlaceInside(typed, len(words), meant=full) if known else None


def _find_whole_place(words: Sequence[Token]) -> PlaceInside | None:
    """The place that all the words name, links before it left out."""
    for start in range(len(words)):
        typed = join_typed(words[start:])
        if is_place(typed, sure=True):
            return PlaceInside(typed, len(words) - start)
        if words[start].folded not in PARTICLES | PREPOSITIONS:
            break
    ending = find_ending_place(words, sure=True)
    return ending if ending and ending.length == len(words) else None


def _build_place(place: PlaceInside) -> TextPart:
    correction = None if place.corrected is None else (place.typed, place.corrected)
    value = place.corrected or place.meant or place.typed
    return TextPart(PartKind.WHERE, place.typed, value, (), correction)


def _begins_a_sign(words: Sequence[Token], run: Run) -> bool:
    """The words are the name of a structure: a patron, or an article that no town bears.

    A pharmacy or a clinic is named for less: ``pharmacie des Lilas`` is no shop of Les Lilas.
    """
    folded = [word.folded for word in words]
    if folded[0] in PATRONS:
        return len(words) <= PATRON_WORDS or not is_place(join_typed(words), sure=False)
    least = SIGN_TOWN if run.before and run.before.tokens[-1].singular in SIGN_WORDS else 0
    for links, article in ARTICLES.items():
        if tuple(folded[: len(links)]) == links:
            town = f"{article} {join_typed(words[len(links) :])}"
            return not is_place(town, sure=False, inhabitants=least)
    return False


def _trim_end(words: Sequence[Token]) -> tuple[Token, ...]:
    """The words without the small ones at their end that are no frequent name: ``Le Dû``.

    A town keeps its last word: Marsannay-la-Côte.
    """
    if count_town_words(words):
        return tuple(words)
    kept = list(words)
    while kept and (kept[-1].folded in SMALL_WORDS or kept[-1].folded in PREPOSITIONS):
        if is_family_name(kept[-2:]):
            break
        kept.pop()
    return tuple(kept)


def _drop_prepositions(words: Sequence[Token]) -> tuple[Token, ...]:
    """The words without prepositions, but for those of the town that they end with."""
    end = len(words) - count_town_words(words)
    kept = [word for word in words[:end] if word.folded not in PREPOSITIONS]
    return (*kept, *words[end:])


def _drop_prefix(words: Sequence[Token]) -> tuple[Token, ...]:
    """The words without the small ones at their start that begin no family name."""
    start = 0
    while words[start].folded in SMALL_WORDS and words[start].folded not in PARTICLES:
        start += 1
    return tuple(words[start:])


def _has_content(words: Sequence[Token]) -> bool:
    return any(word.folded not in SMALL_WORDS for word in words)
