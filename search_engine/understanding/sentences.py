"""French sentences of what the engine knows and does not hold, and of words of danger.

``sentences.csv`` is the table that a person edits: what is said after the words typed.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from search_engine.understanding.reading import PartKind, TextPart


@cache
def read_sentences() -> Mapping[tuple[str, str], str]:
    """The ends of sentences by kind and value; an empty value stands for every other."""
    rows = read_sentence_rows()
    return MappingProxyType({(row["kind"], row["value"]): row["sentence"] for row in rows})


def read_sentence_rows() -> list[dict[str, str]]:
    """The rows of ``sentences.csv`` as they are."""
    text = resources.files(__package__).joinpath("sentences.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def write_sentence(part: TextPart, value: str | None = None) -> str | None:
    """What is said of a part, None where there is nothing to say; ``value`` instead of its own."""
    kind, table = part.kind.value, read_sentences()
    end = table.get((kind, part.value if value is None else value), table.get((kind, "")))
    return None if end is None else f"« {part.typed} » : {end}"


SAID = (PartKind.DANGER, PartKind.ELSEWHERE)
"""Parts of which a sentence is always said, the first first."""

PHARMACY = "pharmacy"
"""A pharmacy on duty is asked for elsewhere than another place."""

DUTY_VALUES: Mapping[PartKind, frozenset[str]] = MappingProxyType(
    {PartKind.ON_DUTY: frozenset({PHARMACY, ""})}
)
"""Values of a sentence that are no value of a part."""
