"""A frequent name is read as a name: it is never mended to a word of care."""

import pytest

from geography.gazetteer import load_gazetteer
from mappings.analysis import fold
from mappings.codes import table_rows
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind

SURNAMES = [row["name"] for row in table_rows("surnames")]
TOWN = 3_000


def read_name(text: str) -> list[tuple[PartKind, str]]:
    return [(part.kind, fold(part.value)) for part in read_what(text).parts]


@pytest.mark.parametrize("title", ["", "Dr ", "docteur ", "Mme "])
def test_every_frequent_surname_is_a_name(title: str) -> None:
    read = {name: read_name(title + name.title()) for name in SURNAMES}
    assert {n: parts for n, parts in read.items() if parts != [(PartKind.NAME, fold(n))]} == {}


def test_every_frequent_given_name_is_part_of_one() -> None:
    given = {row["name"] for row in table_rows("given_names")}
    read = {name: read_name(f"{name} Martin") for name in given}
    expected = {name: [(PartKind.NAME, fold(f"{name} Martin"))] for name in given}
    assert read == expected


@pytest.mark.usefixtures("large_input")
def test_no_town_is_mended_to_a_word_of_care() -> None:
    towns = [c.name for c in load_gazetteer().communes() if c.population >= TOWN]
    mended = {name: read_what(f"pharmacie {name}").corrections for name in towns}
    assert {name: corrections for name, corrections in mended.items() if corrections} == {}


@pytest.mark.parametrize("word", ["couleur", "plage", "adresse", "marais", "sommes", "symptômes"])
def test_a_common_word_is_no_misspelling(word: str) -> None:
    assert read_what(word).corrections == ()


@pytest.mark.parametrize("name", ["Talon", "Bosse", "Patient", "Vue", "Goutte", "Russe"])
def test_after_a_civility_a_word_of_the_table_is_a_name(name: str) -> None:
    assert read_name(f"Dr {name}") == [(PartKind.NAME, fold(name))]
    assert read_name(f"dr {name} Brest")[0] == (PartKind.NAME, fold(name))


@pytest.mark.parametrize(
    ("text", "name"), [("Dr Ma", "ma"), ("Le Dû", "le du"), ("Dr Le Bras", "le bras")]
)
def test_a_name_of_small_words_is_kept_whole(text: str, name: str) -> None:
    assert read_name(text) == [(PartKind.NAME, name)]
