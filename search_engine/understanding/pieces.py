"""The line cut in pieces: the longest phrase at each word, typing errors mended, or one word."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from search_engine.understanding.dangers import find_near_danger
from search_engine.understanding.names import (
    begins_family_name,
    is_family_name,
    is_given_name,
    is_proper_noun,
)
from search_engine.understanding.phrases import (
    FILLER,
    TITLE,
    UNUSED,
    VALUELESS,
    Phrase,
    PhraseTable,
    load_dangers,
    load_phrases,
)
from search_engine.understanding.places_inside import count_town_words
from search_engine.understanding.reading import PartKind
from search_engine.understanding.spelling import find_near_words
from search_engine.understanding.tokens import Token, join_typed, singular
from search_engine.understanding.word_classes import SMALL_WORDS, SURE_TITLES

MIN_FILLER = 7
"""Letters from which a word is mended to one that is no part."""

NAMES_TOO = frozenset({PartKind.COMPLAINT.value, PartKind.AGE.value, FILLER, UNUSED})
"""Kinds of which a word after ``SURE_TITLES`` is a name; a need or a quality stays one."""


class Piece(NamedTuple):
    """Some words of the line: those of a phrase, or one word that no phrase holds."""

    tokens: tuple[Token, ...]
    phrase: Phrase | None = None
    correction: tuple[str, str] | None = None

    @property
    def typed(self) -> str:
        """The words as typed, one space between."""
        return join_typed(self.tokens)


class MendedWords(NamedTuple):
    """Words of which one is mended, and that one as typed and as mended."""

    tokens: list[Token]
    correction: tuple[str, str]


class Word(NamedTuple):
    """One word of the line, and the known ones that it may be meant for, the nearest first."""

    token: Token
    near: tuple[str, ...] = ()


def split_pieces(tokens: Sequence[Token], *, mended: bool = True) -> list[Piece]:
    """The pieces of the line in order; words of danger come before any other reading.

    The words of a commune of several words at the end are no phrases: Six-Fours-les-Plages. A
    surname beside a given name is no phrase either: Jean Patient. ``mended`` False reads every word
    as it is written, but for words of danger.
    """
    town = _count_town_words(tokens)
    rest = tokens[: len(tokens) - town]
    words = [Word(token, _find_near(token) if mended else ()) for token in rest]
    pieces: list[Piece] = []
    position = 0
    while position < len(words):
        named = bool(pieces) and is_title(pieces[-1])
        sure = named and pieces[-1].tokens[-1].folded in SURE_TITLES
        ahead = words[position : position + load_phrases().longest + 2]
        ahead = ahead[: _find_overlapping_danger(ahead)]
        piece = _read_piece(ahead, named=named, sure=sure, alone=len(tokens) == 1)
        pieces.append(piece)
        position += len(piece.tokens)
    read = [_free_surname(pieces, position) for position in range(len(pieces))]
    return [*read, *(Piece((token,)) for token in tokens[len(tokens) - town :])]


def _free_surname(pieces: Sequence[Piece], position: int) -> Piece:
    """A frequent family name after a given name, or before the last word if that is one, names
    somebody, whatever else it means: ``Jean Patient``, ``Patient Jean``."""
    piece = pieces[position]
    if not _is_name_too(piece) or not is_family_name(piece.tokens):
        return piece
    after_given = position > 0 and _is_given(pieces[position - 1])
    before_given = position == len(pieces) - 2 and _is_given(pieces[-1])
    return Piece(piece.tokens) if after_given or before_given else piece


def _is_given(piece: Piece) -> bool:
    return piece.phrase is None and is_given_name(piece.tokens[0].folded)


def _find_overlapping_danger(words: Sequence[Word]) -> int | None:
    """Where words of danger begin that a phrase before them would cut in two.

    ``médecin douleur dans la poitrine`` is no doctor of pain.
    """
    ahead = [word.token for word in words]
    found = load_phrases().find_longest(ahead)
    for start in range(1, 0 if found is None else found.length):
        danger = load_dangers().find_longest(ahead[start:])
        if found is not None and danger is not None and start + danger.length > found.length:
            return start
    return None


def _count_town_words(tokens: Sequence[Token]) -> int:
    """A phrase wins over a commune of the same words: ``la garde``."""
    count = count_town_words(tokens[1:])
    ending = tuple(token.singular for token in tokens[len(tokens) - count :])
    return 0 if load_phrases().find_inside(ending) else count


def _find_near(token: Token) -> tuple[str, ...]:
    """No word is mended that is known as it stands, or a frequent name, its start, or a commune."""
    if token.singular in load_phrases().known_words or token.folded in SMALL_WORDS:
        return ()
    if is_proper_noun(token.folded) or begins_family_name(token.folded):
        return ()
    return tuple(find_near_words(token.singular))


def is_title(piece: Piece) -> bool:
    """The piece is a civility: what follows is a name, never mended."""
    return piece.phrase is not None and piece.phrase.kind == TITLE


def _read_piece(words: Sequence[Word], *, named: bool, sure: bool, alone: bool) -> Piece:
    """A number is a phrase only where it is all that was typed: 15, not Paris 15."""
    ahead = [word.token for word in words]
    if ahead[0].folded.isdigit() and not alone:
        return Piece((ahead[0],))
    mended = [] if named else list(_mend_first_unknown(words))
    danger = _match_piece(load_dangers(), ahead, mended) or _match_near_danger(ahead)
    phrase = _match_piece(load_phrases(), ahead, mended)
    if danger is not None and not _outweighs(phrase, danger):
        return danger
    if phrase is None or (sure and _is_name_too(phrase)):
        return Piece((ahead[0],))
    return phrase


def _outweighs(phrase: Piece | None, danger: Piece) -> bool:
    """A longer phrase holds words of danger by review only, written as it is in the table."""
    if phrase is None or phrase.correction is not None:
        return False
    return len(phrase.tokens) > len(danger.tokens)


def _is_name_too(piece: Piece) -> bool:
    """One word that a person may be called: Dr Talon, Dr Bosse, Dr Patient."""
    is_kind = piece.phrase is not None and piece.phrase.kind in NAMES_TOO
    return is_kind and len(piece.tokens) == 1


def _match_near_danger(ahead: Sequence[Token]) -> Piece | None:
    """Words of danger with an error are mended after a civility too: they outrank a name."""
    found = find_near_danger(ahead)
    if found is None:
        return None
    tokens = tuple(ahead[: found.length])
    return Piece(tokens, found.phrase, (join_typed(tokens), found.phrase.text))


def _match_piece(
    table: PhraseTable, ahead: Sequence[Token], mended: Sequence[MendedWords]
) -> Piece | None:
    """The longest phrase, one typing error mended where that makes it longer."""
    found = table.find_longest(ahead)
    best = None if found is None else Piece(tuple(ahead[: found.length]), found.phrase)
    for tokens, correction in mended:
        better = table.find_longest(tokens)
        if better is None or _is_doubtful_filler(better.phrase, correction):
            continue
        if best is None or better.length > len(best.tokens):
            return Piece(tuple(ahead[: better.length]), better.phrase, correction)
    return best


def _is_doubtful_filler(phrase: Phrase, correction: tuple[str, str]) -> bool:
    """A short word of politeness is near to too many names: Lavoir is no ``avoir``."""
    return phrase.kind in VALUELESS and len(correction[0]) < MIN_FILLER


def _mend_first_unknown(words: Sequence[Word]) -> Iterator[MendedWords]:
    """The words with the first that may be mended mended in each way."""
    known = load_phrases().known_words
    ahead = [word.token for word in words]
    for position, (token, nears) in enumerate(words):
        for near in nears:
            mended = token._replace(folded=near, singular=singular(near))
            tokens = [*ahead[:position], mended, *ahead[position + 1 :]]
            yield MendedWords(tokens, (token.typed, known[near]))
        if nears:
            return
