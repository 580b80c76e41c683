"""Places inside a line are those that ``where`` reads: districts, islands, misspelt towns."""

from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind

PLACES = {
    "pharmacie Belle-Île": ["Belle Île"],
    "médecin Porquerolles": ["Porquerolles"],
    "dentiste île de Ré": ["île de Ré"],
    "pédiatre Paris XV": ["Paris XV"],
    "cardio Lyon IIIe": ["Lyon IIIe"],
    "généraliste 15e arrondissement de Paris": ["15e arrondissement de Paris"],
    "médecin Landernau": ["Landerneau"],
    "kiné Montpelier": ["Montpellier"],
    "radio du sein": [],
    "docteur Levant": [],
}


def test_a_place_inside_a_line_is_one_that_where_reads() -> None:
    readings = {text: read_what(text, place_given=False).parts for text in PLACES}
    found = {
        text: [part.value for part in parts if part.kind is PartKind.WHERE]
        for text, parts in readings.items()
    }
    assert found == PLACES
