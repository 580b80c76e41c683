"""What a typed line is searched as: who is looked for, by what, and what is given up in turn.

The line is read by ``search_engine.understanding.read_what`` alone. A line that finds nobody is
searched again without its name, then without its qualities: what was given up is told, and the
rest of the search is answered.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple

from mappings.analysis import fold
from search_engine.request.bypass import is_for_age, open_bypass
from search_engine.request.criteria import MIN_LETTERS, Criteria
from search_engine.request.interpretation import Interpretation, interpret_word, join_meanings
from search_engine.request.problems import QueryTooShort
from search_engine.request.written_names import cut_title, find_written_name, is_far_mended
from search_engine.understanding.ages import is_child
from search_engine.understanding.meanings import describe_part
from search_engine.understanding.names import is_person_word
from search_engine.understanding.phrases import is_title_word
from search_engine.understanding.read_what import (
    GENERALIST,
    PAEDIATRICIAN,
    is_general_need,
    read_search,
)
from search_engine.understanding.reading import NEEDS_WORDS, PartKind, Reading, TextPart
from search_engine.understanding.vocabulary import AMBIGUOUS, NOT_HELD, lookup_key

DOCTOR_WORD = "médecin"
"""What a general word asks for beside a name: a doctor of any speciality."""

NUMBERS = (PartKind.RPPS, PartKind.FINESS, PartKind.PHONE)
NAMES = (PartKind.NAME, PartKind.STRUCTURE)

FILTER_CRITERIA = {
    PartKind.CONSULTATION: "consultation",
    PartKind.SECTOR: "sector",
    PartKind.MATERNITY_LEVEL: "maternity_level",
    PartKind.OPEN_NOW: "open_now",
}
"""Parts that set a criterion, unless the caller set it himself."""

PREFERENCES = frozenset({PartKind.GENDER, PartKind.NO_CAR, PartKind.NO_APPOINTMENT, PartKind.WHEN})
"""Parts that are wishes: they hide nobody. A moment that bounds the window is a filter."""

GIVE_UP_ORDER = (
    *(PartKind.SECTOR, PartKind.OPEN_NOW, PartKind.WHEN),
    *(PartKind.CONSULTATION, PartKind.MATERNITY_LEVEL),
)
"""Which filter is given up first where nobody meets all: the price before the way to be seen, and
last what a birth needs."""

APOSTROPHE = re.compile("['’ʼ`´]")
_WORD = re.compile(r"[\w'’ʼ`´]+")


class Use(StrEnum):
    """What a part of the line did in a search."""

    SEARCHED = "searched"
    """Decides who is looked for, or where."""
    FILTER = "filter"
    """Keeps those who meet it."""
    PREFERENCE = "preference"
    """Understood as a wish: nobody is hidden for it."""
    GIVEN_UP = "given_up"
    """Nobody met it: the page is that of the rest of the line."""
    TOLD = "told"
    """Understood, and used by no search."""


class UsedPart(NamedTuple):
    """A part of the line and what it did."""

    part: TextPart
    use: Use


class LineRead(NamedTuple):
    """A line and its reading; ``meaning`` where codes came instead of words.

    ``written`` is another reading that names somebody: of the words as they are written, where
    one was taken for a typing error, or of the whole line as the name of a structure.
    """

    text: str
    reading: Reading
    meaning: Interpretation | None = None
    written: Reading | None = None


class LineAttempt(NamedTuple):
    """One search of a line: who is looked for, the parts that say so, those that filter.

    ``given_up`` are the parts that found nobody in the attempts before it. ``reading`` is that
    which the search follows, None for that of the line. ``far``: looked for beyond the circle.
    """

    meaning: Interpretation
    searched: tuple[TextPart, ...] = ()
    filters: tuple[TextPart, ...] = ()
    given_up: tuple[TextPart, ...] = ()
    reading: Reading | None = None
    far: bool = False


def read_line(criteria: Criteria) -> LineRead:
    """The line of a search, read; a place inside it counts where no other is given.

    Raises ``QueryTooShort`` for a text under three letters that is no known word (F002).
    """
    reading = read_search(criteria.what, place_given=criteria.has_place)
    known = [part for part in reading.parts if part.kind is not PartKind.NAME]
    if not known and len(fold(criteria.what).replace(" ", "")) < MIN_LETTERS:
        raise QueryTooShort
    written = find_written_name(criteria, reading)
    return LineRead(criteria.what, reading, written=written)


def build_attempts(line: LineRead, filters: Sequence[TextPart]) -> tuple[LineAttempt, ...]:
    """The searches of a line in turn, the next one where none before has a result.

    ``filters`` are the parts that may hide offers; never a person who is looked for.
    """
    attempts = [*_build_written_attempt(line), *_list_attempts(line, filters)]
    return tuple(one._replace(meaning=open_bypass(one.meaning, line.reading)) for one in attempts)


def _list_attempts(line: LineRead, filters: Sequence[TextPart]) -> tuple[LineAttempt, ...]:
    needs = _choose_needs(line.reading)
    held = tuple(part for part in needs if _interpret_words(part.words))
    named = _build_named_attempts(line, held, tuple(part for part in needs if part not in held))
    if named and not held:
        return (*named, *_build_stand_ins(needs), *_build_kind_attempts(line.reading))
    lost = tuple(part for part in named[0].searched if part not in held) if named else ()
    rest = LineAttempt(_need_meaning(line, held), held, (), lost)
    return (*named, *_put_structure_first(rest, filters), *_give_up_filters(rest, filters))


def _build_written_attempt(line: LineRead) -> list[LineAttempt]:
    """Who is called exactly as it is written comes before what the words may be meant for: Vachin
    is a surname before he is a vaccine."""
    if line.written is None or line.meaning is not None:
        return []
    who = line.written.find_parts(*NAMES)
    held = tuple(part for part in _choose_needs(line.written) if _interpret_words(part.words))
    meaning = _name_meaning(line._replace(reading=line.written), who, held)
    structure = meaning.structure_word or who[0].kind is PartKind.STRUCTURE
    exact = replace(meaning, exact_only=True, structure_word=structure)
    near = replace(exact, near_too=is_far_mended(line.reading, line.written))
    attempt = LineAttempt(near, (*who, *held), reading=line.written)
    sure = _is_sure_name(line.written) and " " in (exact.text or "")
    return [attempt, attempt._replace(meaning=exact, far=True)] if sure else [attempt]


def _build_stand_ins(needs: Sequence[TextPart]) -> list[LineAttempt]:
    """Those who stand for needs that the index does not tell apart."""
    words = [word for part in needs for word in NOT_HELD.get(part.value, ())]
    return [LineAttempt(join_meanings(_interpret_words(words)), tuple(needs))] if words else []


def _build_kind_attempts(reading: Reading) -> list[LineAttempt]:
    """The others of the kind of a structure that is not found: ``CH Mende``, where none is."""
    structures = reading.find_parts(PartKind.STRUCTURE)
    meanings = [one for part in structures for one in _interpret_words(part.words)]
    return [LineAttempt(join_meanings(meanings), given_up=structures)] if meanings else []


def _put_structure_first(rest: LineAttempt, filters: Sequence[TextPart]) -> list[LineAttempt]:
    """The structure that a complaint names before people, alone: ``prise de sang``.

    A laboratory has no slots, so whoever has one would hide it; the others are proposed.
    """
    part = rest.searched[0] if len(rest.searched) == 1 else None
    if part is None or part.kind is not PartKind.COMPLAINT:
        return []
    first, *others = _interpret_words(part.words)
    mixed = not all(other.structure_word for other in others)
    if not first.structure_word or first.needs_emergency or not mixed:
        return []
    alone = replace(first, alternatives=list_meanings(part))
    return [rest._replace(meaning=alone, filters=tuple(filters))]


def _give_up_filters(rest: LineAttempt, filters: Sequence[TextPart]) -> list[LineAttempt]:
    """With all filters, without those of one kind, without any."""
    kinds = [kind for kind in GIVE_UP_ORDER if any(part.kind is kind for part in filters)]
    kept = [tuple(filters)]
    if len(kinds) > 1:
        kept += [tuple(part for part in filters if part.kind is not kind) for kind in kinds]
    if filters:
        kept.append(())
    return [
        rest._replace(
            filters=some,
            given_up=(*rest.given_up, *(part for part in filters if part not in some)),
        )
        for some in kept
    ]


def list_uses(reading: Reading, attempt: LineAttempt) -> tuple[UsedPart, ...]:
    """What each part of the line did in an attempt."""
    return tuple(UsedPart(part, _find_use(part, attempt)) for part in reading.parts)


def choose_filters(reading: Reading, criteria: Criteria) -> list[TextPart]:
    """The parts that set a criterion which the caller left as it is."""
    return [
        part
        for part in reading.parts
        if part.kind in FILTER_CRITERIA and not getattr(criteria, FILTER_CRITERIA[part.kind])
    ]


def filter_criteria(filters: Iterable[TextPart]) -> dict[str, Any]:
    """The criteria that parts set; several values of one are alternatives."""
    values: dict[str, list[str]] = {}
    for part in filters:
        if part.kind in FILTER_CRITERIA:
            values.setdefault(FILTER_CRITERIA[part.kind], []).extend(part.value.split("|"))
    return {name: True if name == "open_now" else sorted(set(v)) for name, v in values.items()}


def is_name_given_up(parts: Iterable[UsedPart]) -> bool:
    """Nobody answered the name: the page is that of the rest of the line."""
    return any(use is Use.GIVEN_UP and part.kind in NAMES for part, use in parts)


def list_meanings(part: TextPart) -> tuple[tuple[str, str], ...]:
    """What else a word may mean, as (label, words that mean it alone)."""
    others = AMBIGUOUS.get(lookup_key(part.typed))
    if others is not None:
        return others
    many = part.kind in NEEDS_WORDS and len(part.words) > 1
    return tuple((word, word) for word in part.words) if many else ()


def _find_use(part: TextPart, attempt: LineAttempt) -> Use:
    if part.kind is PartKind.WHERE or part in attempt.searched:
        return Use.SEARCHED
    if part in attempt.filters:
        return Use.FILTER
    if part in attempt.given_up:
        return Use.GIVEN_UP
    if part.kind is PartKind.AGE and _is_age_searched(part, attempt):
        return Use.SEARCHED
    return Use.PREFERENCE if part.kind in PREFERENCES else Use.TOLD


def _is_age_searched(age: TextPart, attempt: LineAttempt) -> bool:
    """The age brought a paediatrician beside who treats, or the participants of an age."""
    complaints = [one for one in attempt.searched if one.kind is PartKind.COMPLAINT]
    brought = any(PAEDIATRICIAN in one.words for one in complaints)
    return (brought and is_child(age.value)) or is_for_age(attempt.meaning, age.value)


def _choose_needs(reading: Reading) -> tuple[TextPart, ...]:
    """Who is named; a complaint says who treats it where nobody is."""
    return reading.find_parts(PartKind.NEED) or reading.find_parts(PartKind.COMPLAINT)


def _build_named_attempts(
    line: LineRead, held: tuple[TextPart, ...], unheld: tuple[TextPart, ...]
) -> list[LineAttempt]:
    """By number, or by name among those of the needs; a structure also by its whole name.

    The structure of a FINESS number comes before the people inside. A need without codes, ``CHU``,
    is looked for by its word in the names. Where codes came instead of words, nobody is named.
    """
    if line.meaning is not None:
        return []
    numbers = line.reading.find_parts(*NUMBERS)
    if numbers:
        meaning = _number_meaning(numbers)
        alone = [replace(meaning, structure_word=True)] if meaning.finess else []
        return [LineAttempt(one, numbers) for one in (*alone, meaning)]
    who = (*line.reading.find_parts(*NAMES), *unheld)
    if not who:
        return []
    strict = LineAttempt(_name_meaning(line, who, held), (*who, *held))
    whole = tuple(part._replace(own_name="") for part in who)
    by_whole_name = strict._replace(meaning=_name_meaning(line, whole, held))
    exact = replace(strict.meaning, exact_only=True)
    attempts = [strict]
    if any(part.kind in NAMES for part in who):
        attempts.append(strict._replace(meaning=exact, far=True))
    if by_whole_name.meaning != strict.meaning:
        attempts.append(by_whole_name)
    attempts += _build_unglued_attempt(line, exact, (*who, *held))
    more_than_title = any(not is_general_need(part) for part in held)
    if (more_than_title and _is_sure_name(line.reading)) or (held and _is_titled(line.reading)):
        attempts.append(LineAttempt(_name_meaning(line, who, ()), who, (), held))
    return attempts


def _build_unglued_attempt(
    line: LineRead, exact: Interpretation, searched: tuple[TextPart, ...]
) -> list[LineAttempt]:
    """``drorsini``: who is called exactly as what follows the civility, where nobody is called as
    the whole."""
    whole = next((part for part in searched if part.kind is PartKind.NAME), None)
    name = cut_title(whole) if whole and whole.value == exact.text else None
    if name is None:
        return []
    parts, sought = (
        tuple(name if part is whole else part for part in some)
        for some in (line.reading.parts, searched)
    )
    meaning = replace(exact, label=name.typed, text=name.value)
    return [LineAttempt(meaning, sought, reading=line.reading._replace(parts=parts))]


def _is_sure_name(reading: Reading) -> bool:
    """A person, not a word that nothing knows: a civility, a frequent name or a given name."""
    words = [word for part in reading.find_parts(PartKind.NAME) for word in part.value.split()]
    return any(map(is_person_word, words)) or _is_titled(reading)


def _is_titled(reading: Reading) -> bool:
    """A civility stands before a name: he is looked for, whatever he practises."""
    return bool(reading.find_parts(PartKind.NAME)) and any(map(is_title_word, reading.ignored))


def _number_meaning(numbers: Sequence[TextPart]) -> Interpretation:
    values = {part.kind: part.value for part in numbers}
    return Interpretation(
        " ".join(part.typed for part in numbers),
        rpps=values.get(PartKind.RPPS),
        finess=values.get(PartKind.FINESS),
        phone=values.get(PartKind.PHONE),
    )


def _name_meaning(
    line: LineRead, who: Sequence[TextPart], needs: Sequence[TextPart]
) -> Interpretation:
    """The name, among those of the needs and of the structure's kind."""
    meanings = [one for part in needs for one in _interpret_beside_name(part)]
    meanings += [one for part in who if part.own_name for one in _interpret_words(part.words)]
    words = " ".join(write_name(line.text, part) for part in who)
    alone = len(line.reading.parts) == len(who)
    label = line.text.strip() if alone else " ".join(part.typed for part in who)
    if not meanings:
        return Interpretation(label, text=words)
    joined = join_meanings(meanings)
    label = f"{label} · {joined.label}" if needs else label
    whole = next((part.value for part in who if part.own_name), None)
    return replace(joined, label=label, text=words, structure_name=whole, alternatives=())


def _interpret_beside_name(part: TextPart) -> list[Interpretation]:
    words = (DOCTOR_WORD,) if is_general_need(part) else part.words
    return _interpret_words(words)


def _need_meaning(line: LineRead, needs: Sequence[TextPart]) -> Interpretation:
    """The needs; a general practitioner for a line of qualities; nobody for what is elsewhere."""
    if line.meaning is not None:
        return line.meaning
    meanings = [one for part in needs for one in _interpret_words(part.words)]
    if meanings:
        others = tuple(other for part in needs for other in list_meanings(part))
        return replace(join_meanings(meanings), alternatives=others)
    elsewhere = line.reading.find_parts(PartKind.DANGER, PartKind.ELSEWHERE)
    if elsewhere:
        return Interpretation(", ".join(map(describe_part, elsewhere)))
    return join_meanings(_interpret_words((GENERALIST,)))


def _interpret_words(words: Iterable[str]) -> list[Interpretation]:
    """What the code tables know of some words."""
    return [meaning for word in words if (meaning := interpret_word(word)) is not None]


def write_name(text: str, part: TextPart) -> str:
    """The folded name as it is searched; an apostrophe stays, N'GUYEN and O'BRIEN are one word."""
    if part.kind in NEEDS_WORDS:
        return fold(part.words[0])
    searched = part.own_name or part.value
    words = ["'".join(map(fold, APOSTROPHE.split(word))) for word in _WORD.findall(text)]
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            written = " ".join(words[start:end]).strip("' ")
            if written.replace("'", " ") == searched:
                return written
    return searched
