"""The line cut in pieces: the longest phrase at each word, typing errors mended, or one word."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from search_engine.understanding.phrases import (
    TITLE,
    Phrase,
    PhraseTable,
    load_dangers,
    load_phrases,
)
from search_engine.understanding.spelling import find_near_words
from search_engine.understanding.tokens import Token, join_typed, singular
from search_engine.understanding.word_classes import SMALL_WORDS


class Piece(NamedTuple):
    """Some words of the line: those of a phrase, or one word that no phrase holds."""

    tokens: tuple[Token, ...]
    phrase: Phrase | None = None
    correction: tuple[str, str] | None = None

    @property
    def typed(self) -> str:
        """The words as typed, one space between."""
        return join_typed(self.tokens)


def split_pieces(tokens: Sequence[Token]) -> list[Piece]:
    """The pieces of the line in order; words of danger come before any other reading."""
    pieces: list[Piece] = []
    position = 0
    while position < len(tokens):
        named = bool(pieces) and is_title(pieces[-1])
        piece = _read_piece(tokens[position:], named=named, alone=len(tokens) == 1)
        pieces.append(piece)
        position += len(piece.tokens)
    return pieces


def is_title(piece: Piece) -> bool:
    """The piece is a civility: what follows is a name, never mended."""
    return piece.phrase is not None and piece.phrase.kind == TITLE


def _read_piece(ahead: Sequence[Token], *, named: bool, alone: bool) -> Piece:
    """A number is a phrase only where it is all that was typed: 15, not Paris 15."""
    if ahead[0].folded.isdigit() and not alone:
        return Piece((ahead[0],))
    for table in (load_dangers(), load_phrases()):
        piece = _match_piece(table, ahead, mend=not named)
        if piece is not None:
            return piece
    return Piece((ahead[0],))


def _match_piece(table: PhraseTable, ahead: Sequence[Token], *, mend: bool) -> Piece | None:
    """The longest phrase, one typing error mended where that makes it longer."""
    found = table.find_longest(ahead)
    best = None if found is None else Piece(tuple(ahead[: found.length]), found.phrase)
    for mended, correction in _mend_first_unknown(ahead[: table.longest]) if mend else ():
        better = table.find_longest(mended)
        if better is not None and (best is None or better.length > len(best.tokens)):
            return Piece(tuple(ahead[: better.length]), better.phrase, correction)
    return best


def _mend_first_unknown(ahead: Sequence[Token]) -> Iterator[tuple[list[Token], tuple[str, str]]]:
    """The words with the first unknown one mended in each way, and what was mended."""
    known = load_phrases().known_words
    for position, token in enumerate(ahead):
        if token.singular in known or token.folded in SMALL_WORDS:
            continue
        for near in find_near_words(token.singular):
            mended = token._replace(folded=near, singular=singular(near))
            words = [*ahead[:position], mended, *ahead[position + 1 :]]
            yield words, (token.typed, known[near])
        return
