"""Prose of the documents: short sentences, standard terms."""

import re

from tests.documents.documents import list_pages, page_name, strip_fences
from tests.documents.generated import GENERATED

RETIRED = re.compile(
    r"\b(told|tells?|bears?|borne|stands?|stood|walk(?:s|ed|ing)?|mend(?:s|ed|ing)?|asks?|asked"
    r"|whoever|nobody|says?|said)\b",
    re.IGNORECASE,
)
LONGEST_SENTENCE = 30
"""Words; the house aims at 25. Parentheses and code do not count."""
LIST_PAGES = ("docs/reference/sources/", "docs/reference/test-data.md")
"""Pages that are mostly lists of facts, where a sentence is a list."""

PAGES = [page for page in list_pages() if page.name != "conformance.md"]
HAND_WRITTEN = [page for page in PAGES if page not in GENERATED]


def prose(text: str) -> str:
    """A page without code, tables, headings, targets of links and parentheses."""
    lines = strip_fences(text).splitlines()
    kept = "\n".join("" if line.startswith(("|", "#")) else line for line in lines)
    without_targets = re.sub(r"\]\([^)]*\)", "]", kept)
    return re.sub(r"`[^`]*`|\([^()]*\)", "x", without_targets)


def sentences(text: str) -> list[str]:
    """The sentences of a page; an item of a list begins one."""
    paragraphs = re.split(r"\n\s*\n|\n\s*(?:[-*]|\d+\.) ", prose(text))
    return [one for part in paragraphs for one in re.split(r"(?<=[.;:!?])\s+", part)]


def test_no_retired_word() -> None:
    """In tables too: those of the generated pages are docstrings and help texts of the code."""
    found = {
        page_name(page): words
        for page in PAGES
        if (words := RETIRED.findall(strip_code(page.read_text("utf-8"))))
    }
    assert found == {}


def strip_code(text: str) -> str:
    """The text without its blocks of code, and ``x`` for code within a line."""
    return re.sub(r"`[^`\n]*`", "x", strip_fences(text))


def test_sentences_are_short() -> None:
    long = [
        (page_name(page), one)
        for page in HAND_WRITTEN
        if not page_name(page).startswith(LIST_PAGES)
        for one in sentences(page.read_text("utf-8"))
        if len(one.split()) > LONGEST_SENTENCE
    ]
    assert long == []
