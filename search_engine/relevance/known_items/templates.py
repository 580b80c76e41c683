"""Templates of known items: ``known_items.csv``, written before the engine was asked.

A template is about one subject, drawn from the index (``subjects``). Its line holds placeholders,
``{family}`` or ``{family|one_letter}``: a fact of the subject (``facts``), then changes to it
(``misspelling``).
"""

import csv
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple

from search_engine.relevance.known_items.facts import FACTS
from search_engine.relevance.known_items.misspelling import CHANGES
from search_engine.relevance.known_items.subjects import find_subject
from search_engine.relevance.verdict import Level

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class TypedPlace(StrEnum):
    """How the place of the patient is given beside the line."""

    TOWN = "town"
    """The commune of the subject, by its INSEE code."""
    NEAR = "near"
    """A point 2 km from the subject."""
    FAR = "far"
    """A point 12 km from the subject."""
    DEPARTMENT = "department"
    """The department of the subject."""
    NONE = "none"
    """Not at all: the place is in the line."""


class Expectation(StrEnum):
    """What the first page, five cards, must hold."""

    FIRST = "first"
    """The first card is the subject."""
    PAGE = "page"
    """A card is the subject."""
    KNOWN = "known"
    """The first card is the subject, or a sentence of the page names it."""
    ALIKE = "alike"
    """The first card has the traits of the subject."""
    ALIKE_IN_TOWN = "alike_in_town"
    """The first card has the traits of the subject and lies in its commune."""
    EVERY_ALIKE = "every_alike"
    """There are cards, and each has the traits of the subject."""
    SOME_ALIKE = "some_alike"
    """A card has the traits of the subject."""
    SAME_PHONE = "same_phone"
    """The first card answers the telephone of the subject."""


class ItemTemplate(NamedTuple):
    """One line to be typed: what it must find, how much it matters and what it stands for."""

    id: str
    group: str
    subject: str
    what: str
    where: TypedPlace
    expect: Expectation
    level: Level
    why: str

    @property
    def placeholders(self) -> Iterator[list[str]]:
        """Each placeholder as its fact and the changes to it."""
        return (found.split("|") for found in PLACEHOLDER.findall(self.what))


class TemplatesInvalidError(ValueError):
    """The table of templates cannot be used; the message names each row and what to mend."""


@cache
def load_templates() -> tuple[ItemTemplate, ...]:
    """The templates of the product; raises ``TemplatesInvalidError``."""
    text = resources.files(__package__).joinpath("known_items.csv").read_text("utf-8")
    return parse_templates(text.splitlines())


def parse_templates(lines: Iterable[str]) -> tuple[ItemTemplate, ...]:
    """The templates of the lines of a table; raises ``TemplatesInvalidError``."""
    rows = list(csv.DictReader(lines))
    problems = [f"row {rank}: {one}" for rank, row in enumerate(rows, 2) for one in _check(row)]
    ids = [row["id"] for row in rows]
    problems += [f"id {name} is given twice" for name in sorted({*ids}) if ids.count(name) > 1]
    if problems:
        raise TemplatesInvalidError("; ".join(problems))
    return tuple(map(_build_template, rows))


def _build_template(row: dict[str, str]) -> ItemTemplate:
    place, expect, level = row["where"], row["expect"], row["level"]
    return ItemTemplate(
        row["id"],
        row["group"],
        row["subject"],
        row["what"],
        TypedPlace(place),
        Expectation(expect),
        Level(level),
        row["why"],
    )


def _check(row: dict[str, str]) -> Iterator[str]:
    """What is wrong with a row."""
    if None in row.values() or tuple(row) != ItemTemplate._fields:
        yield f"columns are {', '.join(ItemTemplate._fields)}"
        return
    for name, kind in (("where", TypedPlace), ("expect", Expectation), ("level", Level)):
        if row[name] not in set(kind):
            yield f"{name} {row[name]!r} is none of {', '.join(kind)}"
    if not _has_subject(row["subject"]):
        yield f"no subject {row['subject']!r}"
    for found in PLACEHOLDER.findall(row["what"]):
        fact, *changes = found.split("|")
        if fact not in FACTS:
            yield f"no fact {fact!r}"
        yield from (f"no change {change!r}" for change in changes if change not in CHANGES)


def _has_subject(written: str) -> bool:
    try:
        find_subject(written)
    except KeyError:
        return False
    return True
