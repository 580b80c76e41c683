"""One key for names said alike, several for names said apart; words joined and apart."""

import pytest

from mappings.names.sounds import build_sound_key
from mappings.names.spellings import (
    PersonName,
    build_person_name_fields,
    build_place_name_fields,
    list_ways_to_write,
)

SAID_ALIKE = """
Lefevre Lefebvre Lefèvre
Gautier Gauthier Gotier
Dupuy Dupuis Dupuits
Durand Durant Durands
Leroy Leroi
Moreau Maureau Morot Moraux
Roussel Rousselle
Philippe Filipe Philip
Schmitt Schmidt Schmit
Thibault Thibaud Thibaut Tibo
Renault Renaud Renaut
Régnier Regnier Renier
Quéré Kéré
Hoareau Hoarau Oarau
Guillot Guyot
Thierry Thierri
Cohen Koen
Denis Denys Deny
Laurent Laurant Lorand
Lambert Lembert
Martin Martain Marthin
Arnaud Arnault
Boucher Bouchet
Michaud Michot Michaux
Weber Veber
Jacques Jaques
Perrault Perrot Péro
Payet Paillet
Leboeuf Lebœuf Lebeuf
Geoffroy Joffroy
Vincent Vinsent
Legall Legal Legalle
Clément Clémant
Fontaine Fontène
Meyer Meier
Rey Ray
Leclerc Leclercq Leclair
Rodriguez Rodrigues
Lopez Lopes
Mohammed Mohamed
Lévêque Levesque
Besnard Bénard
Deschamps Deschamp
Lecomte Leconte Lecompte
Kervella Quervella
Charpentier Charpantier
Guérin Guerain
Baptiste Batiste
Nguyen Nguien
"""

SAID_APART = """
Martin Martins Martine Martinez Marton
Bernard Bernadette
Petit Petite
Girard Gérard
Moreau Morel
Leroy Leroux Leroyer
Dupont Dupin Dupond-Aignan
Durand Dufour Durieu
Robin Rubin
Simon Simonet
Lee Ly Lo
Marie Mario
Jean Jeanne Joan
Louis Louise
Paul Paula
Roussel Rousseau
Thomas Thomé
Vidal Vital
Perrin Perron
Garnier Grenier
Fournier Fourrey
Masson Maçon
Poisson Poison
Henry Henriet
Blanchard Blanchet
Lebrun Lebon
Muller Mulet
Faure Favre
Roy Royer
Payet Pinet
Lefèvre Lefort
"""


def test_names_said_alike_have_one_key_and_others_several() -> None:
    alike = [line.split() for line in SAID_ALIKE.strip().splitlines()]
    apart = [line.split() for line in SAID_APART.strip().splitlines()]
    assert [names for names in alike if len(set(map(build_sound_key, names))) > 1] == []
    merged = [names for names in apart if len(set(map(build_sound_key, names))) < len(names)]
    assert merged == []


@pytest.mark.parametrize("word", ["", "É", "x", "123", "Ng", "œ", "'", "ééé", "Mc"])
def test_no_word_is_without_its_key(word: str) -> None:
    assert bool(build_sound_key(word)) == any(letter.isalnum() for letter in word)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Dr Le Gall", [("le", "gall"), ("legall",)]),
        ("legall", [("legall",)]),
        ("N'Guyen", [("n", "guyen"), ("nguyen",)]),
        ("d'Artagnan", [("artagnan",), ("dartagnan",)]),
        ("St Martin", [("saint", "martin"), ("saintmartin",)]),
        ("de", [("de",)]),
        ("", [()]),
        ("a b c e f g", [("a", "b", "c", "e", "f", "g")]),
    ],
)
def test_words_are_tried_joined_and_apart(typed: str, written: list[tuple[str, ...]]) -> None:
    assert list_ways_to_write(typed) == written


def test_a_person_is_found_by_every_spelling_of_the_registers() -> None:
    people = [PersonName("LE GALL", "ANNE-SOPHIE"), PersonName("DUPUIS", "ANNE-SOPHIE")]
    made = build_person_name_fields(people)
    assert made["names"][:2] == ["LE GALL ANNE-SOPHIE", "ANNE-SOPHIE LE GALL"]
    assert made["names"][-1].split() == ["legall", "annesophie", "as"]
    assert made["family_words"] == ["le", "gall", "legall", "dupuis"]
    assert build_sound_key("dupuy") in made["family_sound"]
    assert build_sound_key("Annesofie") in made["name_sound"]
    assert build_sound_key("Annesofie") not in made["family_sound"]


def test_a_structure_is_found_by_its_name_its_category_and_its_commune() -> None:
    made = build_place_name_fields(["HAUT LEON SANTE"], "603", "PLOUZÉVÉDÉ")
    assert made["names"] == ["HAUT LEON SANTE"]
    assert {"HAUT LEON SANTE", "MSP", "Maison de santé", "PLOUZÉVÉDÉ"} <= set(
        made["structure_words"]
    )
    assert "family_words" not in made
