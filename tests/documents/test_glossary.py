"""The glossary defines the words of the domain that the API and the records use."""

import re

import pytest

from mappings.records import Consultation, Kind, SlotType, Via
from search_engine.request.criteria import Mode
from tests.documents.documents import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", GLOSSARY, re.MULTILINE)[1:]
DESIGN_TERMS = (
    *("offer", "place", "area", "slot", "source", "editor", "mode", "participation", "window"),
    *("marketplace solution", "tier", "credit", "facet", "cursor", "gate", "quarantine"),
)


@pytest.mark.parametrize("term", DESIGN_TERMS)
def test_a_term_of_the_domain_has_its_row(term: str) -> None:
    assert term in {row[0] for row in ROWS}


@pytest.mark.parametrize("code", [*Consultation, *SlotType, *Kind, *Via, *Mode])
def test_a_code_of_the_api_is_explained(code: str) -> None:
    assert re.search(rf"\b{code.replace('_', ' ')}\b", GLOSSARY, re.IGNORECASE), code


def test_every_row_has_its_french_word_and_terms_are_sorted() -> None:
    assert all(french.strip() and meaning.strip() for _, french, meaning in ROWS)
    terms = [term.casefold() for term, _, _ in ROWS if term != "term"]
    assert terms == sorted(terms)
