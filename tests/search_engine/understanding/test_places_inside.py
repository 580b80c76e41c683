"""Places inside a line are those that ``where`` reads: districts, islands, misspelt towns."""

import pytest

from search_engine.understanding.read_what import read_search, read_what
from search_engine.understanding.reading import PartKind, Reading

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


TOLD = {
    "généraliste Mende 48": {"need": "généraliste", "where": "Mende 48"},
    "généraliste Mende (48)": {"need": "généraliste", "where": "Mende 48"},
    "généraliste Mende Lozère": {"need": "généraliste", "where": "Mende Lozère"},
    "généraliste à Mende en Lozère": {"need": "généraliste", "where": "Mende en Lozère"},
    "médecin Florac en Lozère": {"need": "généraliste", "where": "Florac en Lozère"},
    "kiné Saint-Pierre 974": {"need": "kiné", "where": "Saint Pierre 974"},
    "pédiatre Saint-Pierre Réunion": {"need": "pédiatre", "where": "Saint Pierre Réunion"},
    "kiné Saint-Denis de la Réunion": {"need": "kiné", "where": "Saint Denis de la Réunion"},
    "Dr Hoarau Saint-Denis 974": {"name": "hoarau", "where": "Saint Denis 974"},
    "Dr Vienne Isère": {"name": "vienne", "where": "Isère"},
    "kiné gare de Dijon": {"need": "kiné", "where": "gare de Dijon"},
    "médecin gare de Lyon": {"need": "généraliste", "where": "gare de Lyon"},
    "kiné mairie de Dijon": {"need": "kiné", "where": "mairie de Dijon"},
    "kiné centre-ville Dijon": {"need": "kiné", "where": "centre ville Dijon"},
    "kiné près de la gare de Dijon": {"need": "kiné", "where": "gare de Dijon"},
    "pharmacie de la gare Dijon": {"structure": "pharmacie de la gare", "where": "Dijon"},
    "médecin Paris Nord": {"need": "généraliste", "where": "Paris Nord"},
    "kiné 12 rue de la Paix Mende": {"need": "kiné", "where": "12 rue de la Paix, Mende"},
    "kiné au 3 bis avenue Foch Dijon": {"need": "kiné", "where": "3 bis avenue Foch, Dijon"},
    "kiné hameau de Serviès Mende": {"need": "kiné", "where": "hameau de Serviès, Mende"},
    "Dr Hoarau 3 rue Foch Dijon": {"name": "hoarau", "where": "3 rue Foch, Dijon"},
    "pharmacie du boulevard Dijon": {"structure": "pharmacie du boulevard", "where": "Dijon"},
    "médecin de garde Florac": {"need": "généraliste", "on_duty": "", "where": "Florac"},
    "médecin à Saint-Chély": {"need": "généraliste", "where": "Saint Chély"},
    "kiné au Bleymard": {"need": "kiné", "where": "Le Bleymard"},
    "dentiste Montmartre": {"need": "dentiste", "where": "Montmartre"},
    "75011 kiné": {"need": "kiné", "where": "75011"},
    "Mende pharmacie": {"need": "pharmacie", "where": "Mende"},
    "kiné Langonge": {"need": "kiné", "where": "Langogne"},
}
"""Places as they are told on the telephone: with their department, by what stands there, begun,
before the need, or with a letter out of place."""

NEEDED = {
    "PERROT Ajaccio": {"name": "perrot", "where": "Ajaccio"},
    "Marie Perrot Saint-Denis": {"name": "marie perrot", "where": "Saint Denis"},
    "pharmacie Saint-Paul": {"need": "pharmacie", "where": "Saint Paul"},
    "pharmacie des Lilas": {"need": "pharmacie", "where": "Lilas"},
    "dr Kermarrec Plouzévédé": {"name": "kermarrec", "where": "Plouzévédé"},
    "clinique Pasteur": {"structure": "clinique pasteur"},
    "Dr Jean Boyer": {"name": "jean boyer"},
    "kiné à Brest": {"need": "kiné", "where": "Brest"},
}
"""Lines without a place beside them: the last words that are one are it, unless they are a name."""

GIVEN = {
    "hôpital Dijon": {"structure": "hopital dijon"},
    "CH de Dijon": {"structure": "ch de dijon"},
    "CPTS Pays de Brest": {"structure": "cpts pays de brest"},
    "pharmacie à Mende": {"need": "pharmacie", "unused": "Mende"},
    "kiné boyer": {"need": "kiné", "name": "boyer"},
    "kiné Jean Boyer": {"need": "kiné", "name": "jean boyer"},
    "kiné Brest": {"need": "kiné", "unused": "Brest"},
    "kiné Castin": {"need": "kiné", "name": "castin"},
    "kiné 29": {"need": "kiné", "unused": "29"},
    "Dr Marie Laval": {"name": "marie laval"},
    "Dr Durand Brest": {"name": "durand", "unused": "Brest"},
    "Yann LE DÛ": {"name": "yann le du"},
}
"""Lines beside a place: a bare town is a structure's own name, a frequent name is somebody's."""


def list_values(reading: Reading) -> dict[str, str]:
    unused = {"unused": " ".join(reading.unused)} if reading.unused else {}
    return {part.kind.value: part.value for part in reading.parts} | unused


def test_a_search_without_a_place_takes_it_from_the_end_of_its_line() -> None:
    assert {text: list_values(read_search(text, place_given=False)) for text in NEEDED} == NEEDED


@pytest.mark.parametrize("text", TOLD)
def test_a_place_is_read_as_it_is_told(text: str) -> None:
    assert list_values(read_search(text, place_given=False)) == TOLD[text]


def test_beside_a_place_a_town_or_a_name_says_who_is_looked_for() -> None:
    assert {text: list_values(read_search(text, place_given=True)) for text in GIVEN} == GIVEN
