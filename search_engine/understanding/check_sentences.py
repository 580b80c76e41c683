"""The rules of ``sentences.csv``: of what a row speaks, and that nothing known stays mute."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from search_engine.understanding.check_words import Row, WordsFault
from search_engine.understanding.meanings import read_meanings
from search_engine.understanding.phrases import load_phrases
from search_engine.understanding.reading import NEEDS_WORDS, PartKind
from search_engine.understanding.sentences import DUTY_VALUES, SAID

SENTENCE_COLUMNS = ("kind", "value", "sentence")

LEAST_LETTERS = 25
"""Letters of a sentence that says what is not held and where to turn."""


def check_sentences(rows: Sequence[Row]) -> list[WordsFault]:
    """Every fault of the table by its line; what has no sentence and needs one is on line 1."""
    faults = [
        WordsFault(line, _name_row(row), reason)
        for line, row in enumerate(rows, 2)
        if (reason := check_sentence(row)) is not None
    ]
    return [*_find_mute(rows), *sorted([*faults, *_find_repeated(rows), *_find_unsorted(rows)])]


def check_sentence(row: Row) -> str | None:
    """What is wrong with one row by itself, in French, None for nothing."""
    if set(row) != set(SENTENCE_COLUMNS) or None in row.values():
        return f"colonnes attendues : {', '.join(SENTENCE_COLUMNS)}"
    if row["kind"] not in set(PartKind):
        return f"nature inconnue : {row['kind']}"
    if not _is_value(PartKind(row["kind"]), row["value"]):
        return f"aucune expression n'est lue ainsi : {row['kind']} {row['value']}"
    if len(row["sentence"]) < LEAST_LETTERS or not row["sentence"].endswith("."):
        return f"une phrase d'au moins {LEAST_LETTERS} signes, qui finit par un point, est attendue"
    return None


def _is_value(kind: PartKind, value: str) -> bool:
    """Whether a line may be read so; an empty value stands for every other of its kind."""
    if kind in NEEDS_WORDS:
        return any(
            phrase.kind == kind and phrase.value == value for phrase in load_phrases().phrases
        )
    known = (kind.value, value) in read_meanings()
    return known or value in DUTY_VALUES.get(kind, frozenset()) or (not value and kind in SAID)


def _find_repeated(rows: Sequence[Row]) -> Iterator[WordsFault]:
    first: dict[str, int] = {}
    for line, row in enumerate(rows, 2):
        earlier = first.setdefault(_name_row(row), line)
        if earlier != line:
            yield WordsFault(line, _name_row(row), f"déjà dit à la ligne {earlier}")


def _find_unsorted(rows: Sequence[Row]) -> Iterator[WordsFault]:
    for line, (before, row) in enumerate(pairwise(rows), 3):
        if row.get("kind", "") < before.get("kind", ""):
            yield WordsFault(line, _name_row(row), "lignes à trier par nature")


def _find_mute(rows: Sequence[Row]) -> Iterator[WordsFault]:
    """What is known and not held, and words of danger: each has its sentence."""
    said = {(row.get("kind"), row.get("value")) for row in rows}
    for kind, value in read_meanings():
        if PartKind(kind) in SAID and not {(kind, value), (kind, "")} & said:
            yield WordsFault(1, f"{kind} {value}", "aucune phrase ne dit où s'adresser")


def _name_row(row: Row) -> str:
    return f"{row.get('kind') or ''} {row.get('value') or ''}".strip()
