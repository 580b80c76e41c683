"""Words of danger are found with any letter wrong, missing, doubled or swapped."""

from collections.abc import Iterator

import pytest

from geography.gazetteer import load_gazetteer
from search_engine.understanding.dangers import MIN_LETTERS
from search_engine.understanding.phrases import load_dangers, read_words
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind

DANGERS = load_dangers().phrases
TOWN = 3_000
"""Inhabitants from which a commune's name is tried: those that people type."""


def list_errors(text: str) -> Iterator[str]:
    """The text with each letter wrong in two ways, missing, doubled, swapped with the next."""
    for position, letter in enumerate(text):
        if not letter.isalpha():
            continue
        before, after = text[:position], text[position + 1 :]
        yield before + letter + letter + after
        if is_short(text):
            continue
        yield before + after
        yield from (before + wrong + after for wrong in "xe" if wrong != letter)
        if after[:1].isalpha():
            yield before + after[0] + letter + after[1:]


def is_short(text: str) -> bool:
    """AVC, AVP, coma: one letter makes another word, only a doubled one is mended."""
    return sum(letter.isalpha() for letter in text) < MIN_LETTERS


def find_dangers(text: str) -> set[str]:
    return {part.value for part in read_what(text).find_parts(PartKind.DANGER)}


@pytest.mark.usefixtures("large_input")
def test_each_single_error_is_mended() -> None:
    missed = [
        text
        for danger in DANGERS
        for text in list_errors(danger.text)
        if danger.value not in find_dangers(text)
    ]
    assert missed == []


@pytest.mark.parametrize("around", ["Dr Martin {}", "pédiatre ce soir {}", "{} à Brest", "Mme {}"])
def test_they_are_found_whatever_else_the_line_holds(around: str) -> None:
    missed = [one.text for one in DANGERS if one.value not in find_dangers(around.format(one.text))]
    assert missed == []


def test_no_other_phrase_of_the_table_is_read_as_danger() -> None:
    others = [phrase for phrase in read_words() if phrase.kind != PartKind.DANGER]
    assert [phrase.text for phrase in others if find_dangers(phrase.text)] == []


@pytest.mark.usefixtures("large_input")
def test_no_town_is_read_as_danger() -> None:
    towns = [c.name for c in load_gazetteer().communes() if c.population >= TOWN]
    assert [name for name in towns if find_dangers(f"pharmacie {name}")] == []


@pytest.mark.parametrize(
    "text", ["médecin douleur dans la poitrine", "spécialiste douleur poitrine"]
)
def test_a_phrase_before_them_does_not_cut_them(text: str) -> None:
    assert find_dangers(text) == {"chest_pain"}


@pytest.mark.parametrize("text", ["suivi de grossesse", "vaccin méningite", "Noyales", "la colle"])
def test_words_that_resemble_them_are_not_danger(text: str) -> None:
    assert find_dangers(text) == set()


@pytest.mark.parametrize("text", ["in conscient", "nerespire plus", "douleurthoracique"])
def test_spaces_count_for_nothing(text: str) -> None:
    assert len(find_dangers(text)) == 1


def test_a_small_word_before_them_is_no_correction() -> None:
    reading = read_what("pas de douleur thoracique")
    assert [part.typed for part in reading.parts] == ["douleur thoracique"]
    assert reading.corrections == ()
