"""Properties of every reading: total, nothing lost, and blind to case and accents."""

import unicodedata
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.analysis import fold
from mappings.codes import table_rows
from search_engine.understanding.phrases import load_phrases
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import Reading
from search_engine.understanding.tokens import split_tokens
from search_engine.understanding.word_classes import PARTICLES, PREPOSITIONS, SMALL_WORDS

EXAMPLES = settings(max_examples=300, deadline=None)
WORTHLESS = SMALL_WORDS | PREPOSITIONS | PARTICLES

phrases = st.sampled_from([phrase.text for phrase in load_phrases().phrases])
surnames = st.sampled_from([row["name"].title() for row in table_rows("surnames")])
towns = st.sampled_from(["Brest", "à Mende", "Saint-Étienne", "29200", "Lyon 3e", "dans le 93"])
numbers = st.sampled_from(["4 ans", "18 mois", "depuis 2 ans", "01 99 00 15 44", "8 10001234567"])
others = st.sampled_from(["cardioloque", "xyzzy", "Dr", "près de", "tél", "?", "ma fille", "7"])
lines = st.lists(phrases | surnames | towns | numbers | others, min_size=1, max_size=6).map(
    " ".join
)


def list_words(texts: Iterable[str]) -> set[str]:
    return {token.folded for text in texts for token in split_tokens(text)} - WORTHLESS


def list_told(reading: Reading) -> set[str]:
    typed = [part.typed for part in reading.parts]
    return list_words([*typed, *reading.unused, *reading.ignored])


def list_facts(reading: Reading) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(part.kind.value, fold(part.value), part.words) for part in reading.parts]


def strip_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@EXAMPLES
@given(st.text(max_size=200), st.booleans())
def test_no_text_raises(text: str, place_given: bool) -> None:
    read_what(text, place_given=place_given)


@EXAMPLES
@given(lines, st.booleans())
def test_every_word_typed_is_told(text: str, place_given: bool) -> None:
    assert list_words([text]) - list_told(read_what(text, place_given=place_given)) == set()


@EXAMPLES
@given(lines)
def test_case_and_accents_do_not_change_a_reading(text: str) -> None:
    facts = list_facts(read_what(text))
    assert list_facts(read_what(text.upper())) == facts
    assert list_facts(read_what(strip_accents(text))) == facts


@EXAMPLES
@given(st.text(min_size=1, max_size=60))
def test_no_text_with_words_is_mute(text: str) -> None:
    reading = read_what(text)
    told = reading.parts or reading.unused or reading.ignored
    assert bool(told) or not split_tokens(text)
