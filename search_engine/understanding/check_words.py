"""The rules of ``words.csv``: what a row may say, and that no row hides another.

Never a triage: a complaint names who treats it and nothing else, no urgency, no advice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from search_engine.understanding.meanings import read_meanings
from search_engine.understanding.phrases import (
    PARTS,
    VALUELESS,
    build_phrase,
    drop_link_words,
    phrase_words,
)
from search_engine.understanding.reading import PartKind
from search_engine.understanding.vocabulary import is_need

COLUMNS = ("phrase", "kind", "reading", "source")

MAX_WORDS = 8
"""Words of a phrase; a longer one is a sentence, which nobody types twice."""

MIN_SOURCE = 4
"""Letters of a source or reason."""

NO_DANGER = "no danger:"
"""Begins the source of a reviewed phrase that holds words of danger and means none."""

NAMED_IN_FULL = frozenset(
    {
        PartKind.NAME,
        PartKind.STRUCTURE,
        PartKind.RPPS,
        PartKind.FINESS,
        PartKind.PHONE,
        PartKind.WHERE,
    }
)
"""Kinds that no table lists: what is typed is the value."""

KINDS = VALUELESS | {kind for kind, part in PARTS.items() if part not in NAMED_IN_FULL}
"""Kinds of a row."""

Row = Mapping[str, str]


class WordsFault(NamedTuple):
    """A row that breaks a rule: its line in the file, the phrase, and the reason in French."""

    line: int
    phrase: str
    reason: str


def check_words(rows: Sequence[Row]) -> list[WordsFault]:
    """Every fault of the table, in the order of its lines; an empty list for a good table."""
    sound: list[tuple[int, Row]] = []
    faults: list[WordsFault] = []
    for line, row in enumerate(rows, 2):
        reason = check_row(row)
        if reason is None:
            sound.append((line, row))
        else:
            faults.append(WordsFault(line, row.get("phrase") or "", reason))
    faults += [*_find_repeated(sound), *_find_hidden(sound), *_find_danger_inside(sound)]
    return sorted([*faults, *_find_unsorted(sound)])


def check_row(row: Row) -> str | None:
    """What is wrong with one row by itself, in French, None for nothing."""
    if set(row) != set(COLUMNS) or None in row.values():
        return f"colonnes attendues : {', '.join(COLUMNS)}"
    if row["kind"] not in KINDS:
        return f"nature inconnue : {row['kind']} ; permises : {', '.join(sorted(KINDS))}"
    words = phrase_words(build_phrase(row))
    if not 0 < len(words) <= MAX_WORDS:
        return f"une expression compte de un à {MAX_WORDS} mots"
    if len(row["source"]) < MIN_SOURCE:
        return "dites la source ou la raison de cette lecture"
    return _check_reading(row)


def _check_reading(row: Row) -> str | None:
    kind, reading = row["kind"], row["reading"]
    if kind in VALUELESS:
        return f"une ligne « {kind} » n'a pas de lecture" if reading else None
    if kind == PartKind.NEED:
        return _check_needs(reading.split("|"))
    if kind == PartKind.COMPLAINT:
        value, _, needs = reading.partition(">")
        return _check_needs(needs.split("|")) if value else "lecture attendue : plainte>qui soigne"
    if (kind, reading) in read_meanings():
        return None
    allowed = sorted(value for known, value in read_meanings() if known == kind)
    return f"lecture inconnue : {reading} ; permises : {', '.join(allowed)}"


def _check_needs(needs: Sequence[str]) -> str | None:
    """Every need is a word of the code tables, or is known and not held yet."""
    for need in needs:
        if not is_need(need) and (PartKind.NEED.value, need) not in read_meanings():
            return f"besoin inconnu des tables de codes : « {need} »"
    return None


def sort_key(row: Row) -> tuple[str, str, str, str]:
    """The order of the file: kind, reading, phrase as it is found, phrase as written."""
    return row["kind"], row["reading"], " ".join(phrase_words(build_phrase(row))), row["phrase"]


def _find_repeated(rows: Sequence[tuple[int, Row]]) -> Iterator[WordsFault]:
    """Rows that are one phrase once folded, in the singular."""
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        earlier = first.setdefault(phrase_words(build_phrase(row)), line)
        if earlier != line:
            reason = f"même expression que la ligne {earlier}, aux accents et au pluriel près"
            yield WordsFault(line, row["phrase"], reason)


def _find_hidden(rows: Sequence[tuple[int, Row]]) -> Iterator[WordsFault]:
    """Rows of several words that differ by small words only, and are read otherwise."""
    readings: dict[tuple[str, ...], tuple[int, str, str]] = {}
    for line, row in rows:
        content = drop_link_words(phrase_words(build_phrase(row)))
        meant = row["kind"], row["reading"]
        earlier = readings.setdefault(content, (line, *meant))
        if len(content) > 1 and earlier[1:] != meant:
            reason = f"cache la ligne {earlier[0]} : mêmes mots, autre lecture"
            yield WordsFault(line, row["phrase"], reason)


def _find_danger_inside(rows: Sequence[tuple[int, Row]]) -> Iterator[WordsFault]:
    """Rows that would take words of danger away, but for those that a review lets do so."""
    dangers = defaultdict(list)
    for _, row in rows:
        if row["kind"] == PartKind.DANGER:
            words = phrase_words(build_phrase(row))
            dangers[words[0]].append(words)
    for line, row in rows:
        hidden = row["kind"] != PartKind.DANGER and not row["source"].startswith(NO_DANGER)
        if hidden and _holds_any(phrase_words(build_phrase(row)), dangers):
            reason = f"contient des mots de danger : la source doit commencer par « {NO_DANGER} »"
            yield WordsFault(line, row["phrase"], reason)


def _holds_any(words: tuple[str, ...], dangers: Mapping[str, Sequence[tuple[str, ...]]]) -> bool:
    return any(
        words[start : start + len(danger)] == danger
        for start, word in enumerate(words)
        for danger in dangers.get(word, ())
    )


def _find_unsorted(rows: Sequence[tuple[int, Row]]) -> Iterator[WordsFault]:
    for (_, before), (line, row) in pairwise(rows):
        if sort_key(row) < sort_key(before):
            reason = "lignes à trier par nature, lecture, expression"
            yield WordsFault(line, row["phrase"], reason)
