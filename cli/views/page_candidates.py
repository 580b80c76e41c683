"""Who else bears the name, below the cards of a terminal: one line each."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.views.page_cards import INDENT

LINES = 10
"""Candidates named; the others are counted."""


def candidate_lines(page: Mapping[str, Any]) -> Iterator[RenderableType]:
    """The people and structures behind the cards, with the number that finds each alone."""
    found = page.get("candidates", [])
    if not found:
        return
    yield Text("\nAUTRES PERSONNES OU STRUCTURES DE CE NOM, OU PRESQUE", style="bold")
    yield from (Padding(Text(candidate_words(one)), (0, 0, 0, INDENT)) for one in found[:LINES])
    if (more := len(found) - LINES) > 0:
        yield Padding(Text(f"et {more} de plus", style="dim"), (0, 0, 0, INDENT))


def candidate_words(one: Mapping[str, Any]) -> str:
    """``Dr Jean MARTIN · Médecin · 48000 Mende · RPPS 10001234567``."""
    place = " ".join(filter(None, [one.get("postal_code"), one.get("city")]))
    numbers = [f"{label} {one[key]}" for key, label in NUMBERS.items() if key in one]
    return " · ".join(filter(None, [one["title"], one.get("profession"), place, *numbers]))


NUMBERS = {"rpps": "RPPS", "finess": "FINESS"}
