"""A line of spoken French read in parts: numbers, phrases, qualities, name, place, what is left.

Pure: the same text always has the same reading. Never a triage: a complaint names who treats it, a
word of danger names the sentence of the medical regulation, whatever else the line holds.
"""

from collections.abc import Iterable, Iterator, Sequence

from mappings.analysis import fold
from search_engine.understanding.ages import is_child, split_ages
from search_engine.understanding.names import is_family_name
from search_engine.understanding.numbers import split_numbers
from search_engine.understanding.phrases import FILLER, PARTS, TITLE, UNUSED, load_phrases
from search_engine.understanding.pieces import Piece, is_title, split_pieces
from search_engine.understanding.reading import NEEDS_WORDS, PartKind, Reading, TextPart
from search_engine.understanding.remainder import PlaceWanted, Remainder, find_runs, read_run
from search_engine.understanding.tokens import Token, join_typed, split_tokens
from search_engine.understanding.word_classes import EMERGENCY_WORDS, GENERAL_WORDS, SMALL_WORDS

GENERALIST, PAEDIATRICIAN = "généraliste", "pédiatre"


def read_search(text: str, *, place_given: bool, mended: bool = True) -> Reading:
    """The reading of a search, which has a place: given apart, else at the end of the line.

    Where none is given and none is announced, the last words that are one are it: ``Perrot
    Ajaccio``, ``pharmacie Saint-Paul``. ``mended`` False takes no word for a typing error.
    """
    reading = _read(text, _want_place(place_given=place_given), mended=mended)
    if place_given or reading.find_parts(PartKind.WHERE):
        return reading
    placed = _read(text, PlaceWanted.NEEDED, mended=mended)
    return placed if placed.find_parts(PartKind.WHERE) else reading


def read_what(text: str, *, place_given: bool = False) -> Reading:
    """The reading of a line; with ``place_given`` a place inside it is told as unused.

    Pure, and total: no text raises, and every word that means something is in a part, in
    ``unused`` or in ``ignored``.
    """
    return _read(text, _want_place(place_given=place_given))


def _want_place(*, place_given: bool) -> PlaceWanted:
    return PlaceWanted.GIVEN if place_given else PlaceWanted.FREE


def _read(text: str, place: PlaceWanted, *, mended: bool = True) -> Reading:
    numbers = split_numbers(text)
    ages = split_ages(numbers.rest)
    tokens = split_tokens(ages.rest)
    whole = _read_whole_name(tokens)
    pieces = split_pieces(tokens, mended=mended) if whole is None else list(whole.named)
    rest = whole or _read_remainder(pieces, place, alone=not numbers.parts)
    parts = _list_parts(pieces, rest, numbers.parts)
    unused = (*_list_typed(pieces, UNUSED), *ages.unused, *rest.unused)
    ignored = (*numbers.labels, *_list_typed(pieces, TITLE, FILLER))
    if not (parts or ages.age or unused or ignored):
        unused = tuple(token.typed for token in tokens)
    return Reading(tuple(_add_age(parts, ages.age)), unused, ignored)


def _read_whole_name(tokens: Sequence[Token]) -> Remainder | None:
    """The name that a line is: a frequent one, or what follows a civility (``Dr Ma``)."""
    titles = [piece for piece in split_pieces(tokens[:1]) if is_title(piece)]
    named = tokens[len(titles) :]
    small = bool(titles and named) and all(token.folded in SMALL_WORDS for token in named)
    if not small and not is_family_name(named):
        return None
    typed = join_typed(named)
    return Remainder((TextPart(PartKind.NAME, typed, fold(typed)),), tuple(titles))


def _read_remainder(pieces: Sequence[Piece], place: PlaceWanted, *, alone: bool) -> Remainder:
    """The names and the first place of the runs of words that no phrase holds."""
    nothing_known = alone and not any(piece.phrase is not None for piece in pieces)
    read = [read_run(run, place, alone=nothing_known) for run in find_runs(pieces)]
    parts = [part for one in read for part in one.parts]
    places = [part for part in parts if part.kind is PartKind.WHERE]
    return Remainder(
        tuple(part for part in parts if part not in places[1:]),
        tuple(piece for one in read for piece in one.named),
        (*(word for one in read for word in one.unused), *(part.typed for part in places[1:])),
    )


def _list_parts(
    pieces: Sequence[Piece], rest: Remainder, numbers: Sequence[TextPart]
) -> list[TextPart]:
    known = [part for piece in pieces if _is_part(piece, rest) for part in _build_parts(piece)]
    named = bool(rest.parts) and any(part.kind is not PartKind.WHERE for part in rest.parts)
    has_need = named or any(part.kind in NEEDS_WORDS for part in known)
    general = [] if has_need else _build_general_need(pieces)
    return _merge_same(_prefer_specific([*numbers, *known, *general, *rest.parts]))


def _list_typed(pieces: Iterable[Piece], *kinds: str) -> tuple[str, ...]:
    """The words of the pieces of some kinds of rows."""
    return tuple(piece.typed for piece in pieces if piece.phrase and piece.phrase.kind in kinds)


def _is_part(piece: Piece, rest: Remainder) -> bool:
    is_row = piece.phrase is not None and piece.phrase.kind in PARTS
    return is_row and not any(piece is named for named in rest.named)


def _build_parts(piece: Piece) -> Iterator[TextPart]:
    """The part of a phrase; a complaint of a child tells the age too: ``gastro bébé``."""
    phrase = piece.phrase
    if phrase is None:
        return
    kind = PARTS[phrase.kind]
    yield TextPart(kind, piece.typed, phrase.value, phrase.words, piece.correction)
    if kind is PartKind.COMPLAINT:
        yield from _find_age_inside(piece.tokens)


def _find_age_inside(tokens: Sequence[Token]) -> Iterator[TextPart]:
    for position in range(len(tokens)):
        found = load_phrases().find_longest(tokens[position : position + 1])
        if found is not None and found.phrase.kind == PartKind.AGE:
            yield TextPart(PartKind.AGE, tokens[position].typed, found.phrase.value)


def _build_general_need(pieces: Iterable[Piece]) -> list[TextPart]:
    """``un docteur``, ``cabinet ouvert`` name nobody: a general practitioner is looked for."""
    words = [piece.tokens[-1] for piece in pieces if piece.phrase is not None]
    found = [token.typed for token in words if token.singular in GENERAL_WORDS]
    return [TextPart(PartKind.NEED, found[0], GENERALIST, (GENERALIST,))] if found else []


def _prefer_specific(parts: Sequence[TextPart]) -> Iterator[TextPart]:
    """``médecin cardiologue`` is a cardiologist, ``ophtalmo urgence`` an ophthalmologist soon."""
    needs = [part for part in parts if part.kind in NEEDS_WORDS and not _is_urgent(part)]
    specific = next((part for part in needs if not is_general_need(part)), None)
    general = [part.typed for part in parts if is_general_need(part)]
    for part in parts:
        if needs and _is_urgent(part):
            yield TextPart(PartKind.WHEN, part.typed, "soon")
        elif part is specific:
            yield part._replace(typed=" ".join([*general, part.typed]))
        elif specific is None or not is_general_need(part):
            yield part


def is_general_need(part: TextPart) -> bool:
    """Whether the need is ``médecin``, ``docteur``: any doctor where a name stands beside it."""
    return part.kind is PartKind.NEED and _last_word(part) in GENERAL_WORDS


def _is_urgent(part: TextPart) -> bool:
    return part.kind is PartKind.NEED and _last_word(part) in EMERGENCY_WORDS


def _last_word(part: TextPart) -> str:
    tokens = split_tokens(part.typed)
    return tokens[-1].singular if tokens else ""


def _merge_same(parts: Iterable[TextPart]) -> list[TextPart]:
    """Each meaning once, with all its words: two words for one need, one quality said twice."""
    first: dict[tuple[PartKind, str, tuple[str, ...]], TextPart] = {}
    for part in parts:
        key = (part.kind, part.value, part.words)
        kept = first.get(key)
        first[key] = part if kept is None else _join_parts(kept, part)
    return list(first.values())


def _join_parts(one: TextPart, other: TextPart) -> TextPart:
    typed = one.typed if other.typed == one.typed else f"{one.typed} {other.typed}"
    return one._replace(typed=typed, correction=one.correction or other.correction)


def _add_age(parts: Sequence[TextPart], told: TextPart | None) -> list[TextPart]:
    """The age told in figures wins over a word; a child's complaint is a paediatrician's too."""
    ages = [part for part in parts if part.kind is PartKind.AGE]
    if told is not None:
        typed = " ".join([*(age.typed for age in ages), told.typed])
        parts = [*(part for part in parts if part not in ages), told._replace(typed=typed)]
    if not any(part.kind is PartKind.AGE and is_child(part.value) for part in parts):
        return list(parts)
    return [_add_paediatrician(part) for part in parts]


def _add_paediatrician(part: TextPart) -> TextPart:
    if part.kind is not PartKind.COMPLAINT or PAEDIATRICIAN in part.words:
        return part
    if GENERALIST not in part.words:
        return part
    after = part.words.index(GENERALIST) + 1
    words = (*part.words[:after], PAEDIATRICIAN, *part.words[after:])
    return part._replace(words=words)
