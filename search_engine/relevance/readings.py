"""Readings: what a typed line must be read as; judged by the parser alone, without an index.

``readings.csv`` was written before the engine was asked. A ``must`` gates, a ``wish`` is told.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from mappings.analysis import fold
from search_engine.relevance.verdict import CaseOutcome, Level
from search_engine.request.interpretation import interpret_word
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind, Reading

MUSTS, WISHES = "reading_must", "reading_wish"
"""The groups of the readings in a report."""

LEAST_WISHES = 0.85
"""Share of the wishes that are read as written; below it the table or the parser went back."""

UNUSED, CORRECTED = "unused", "corrected"

FOLDED = frozenset({PartKind.WHERE.value, PartKind.NAME.value, PartKind.STRUCTURE.value, UNUSED})
"""Kinds whose value is a text: compared without case and accents."""

Fact = tuple[str, object]
"""One thing that a reading says: the kind, and its value or the codes it means."""


class ReadingCase(NamedTuple):
    """A line, how it is to be read (the parts named and no other), and what it is an example of."""

    text: str
    expected: str
    level: Level
    why: str


def load_readings() -> tuple[ReadingCase, ...]:
    """The lines of ``readings.csv``."""
    text = resources.files(__package__).joinpath("readings.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        ReadingCase(row["text"], row["expected"], Level(row["level"]), row["why"]) for row in rows
    )


@cache
def judge_readings(*, smoke: bool = False) -> tuple[CaseOutcome, ...]:
    """The outcome of every line; a wish that is not met is told, and fails nothing.

    ``smoke`` leaves the wishes out. The program alone decides: judged once a process.
    """
    return tuple(_judge_each(smoke))


def _judge_each(smoke: bool) -> Iterator[CaseOutcome]:
    for case in load_readings():
        if case.level is Level.MUST:
            yield _begin_outcome(case, MUSTS).with_problems(judge_reading(case))
        elif not smoke:
            yield _judge_wish(case)


def _judge_wish(case: ReadingCase) -> CaseOutcome:
    about, problems = _begin_outcome(case, WISHES), judge_reading(case)
    outcome = about.with_problems(problems)
    return outcome.as_known_failure(problems[0]) if problems else outcome


def _begin_outcome(case: ReadingCase, group: str) -> CaseOutcome:
    return CaseOutcome(case.text, group, case.why, {"what": case.text})


def judge_reading(case: ReadingCase) -> list[str]:
    """What is wrong with the reading of a line, in French; nothing for one as expected."""
    reading = read_what(case.text)
    expected, corrections = _split_corrections(parse_expected(case.expected))
    read, corrected = _split_corrections(read_facts(reading))
    if expected == read and corrections <= corrected:
        return []
    return [f"attendu : {case.expected} ; lu : {describe_reading(reading)}"]


def _split_corrections(facts: frozenset[Fact]) -> tuple[frozenset[Fact], frozenset[Fact]]:
    """The facts without the corrections, and these: one that is not named may be told."""
    corrections = frozenset(fact for fact in facts if fact[0] == CORRECTED)
    return facts - corrections, corrections


def parse_expected(expected: str) -> frozenset[Fact]:
    """What a column ``expected`` says: ``need:pédiatre; where:Mende``."""
    return frozenset(_parse_part(*part.partition(":")[::2]) for part in expected.split("; "))


def _parse_part(kind: str, value: str) -> Fact:
    if kind == PartKind.NEED:
        return kind, find_codes(value.split("|"))
    if kind == PartKind.COMPLAINT:
        return kind, find_codes(value.partition(">")[2].split("|"))
    if kind == CORRECTED:
        typed, _, meant = value.partition(">")
        return kind, (fold(typed), fold(meant))
    return kind, fold(value) if kind in FOLDED else value


def read_facts(reading: Reading) -> frozenset[Fact]:
    """What a reading says; several needs are alternatives of one."""
    facts: set[Fact] = set()
    needs = [word for part in reading.find_parts(PartKind.NEED) for word in part.words]
    if needs:
        facts.add((PartKind.NEED.value, find_codes(needs)))
    for part in reading.parts:
        kind = part.kind.value
        if part.kind is PartKind.COMPLAINT:
            facts.add((kind, find_codes(part.words)))
        elif part.kind is not PartKind.NEED:
            facts.add((kind, fold(part.value) if kind in FOLDED else part.value))
    facts |= {(UNUSED, fold(typed)) for typed in reading.unused}
    facts |= {(CORRECTED, (fold(typed), fold(meant))) for typed, meant in reading.corrections}
    return frozenset(facts)


@cache
def _find_code(word: str) -> object:
    """The codes of a word of need; a word that no code table holds yet is itself."""
    meaning = interpret_word(word)
    if meaning is None:
        return word
    return (
        meaning.professions,
        meaning.specialties,
        meaning.categories,
        meaning.offer_kinds,
        meaning.structure_kinds,
        meaning.needs_maternity,
    )


def find_codes(words: Iterable[str]) -> frozenset[object]:
    """What words of need mean, each by its codes: ``toubib`` and ``généraliste`` are equal."""
    return frozenset(map(_find_code, words))


def describe_reading(reading: Reading) -> str:
    """A reading as the column ``expected`` writes it."""
    parts = [f"{part.kind.value}:{'|'.join(part.words) or part.value}" for part in reading.parts]
    parts += [f"{UNUSED}:{typed}" for typed in reading.unused]
    parts += [f"{CORRECTED}:{typed}>{meant}" for typed, meant in reading.corrections]
    return "; ".join(parts) or "rien"
