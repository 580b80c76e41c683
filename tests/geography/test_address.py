"""Addresses folded so that two spellings of one place compare equal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geography.address import address_key, normalise_city, normalise_line


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("12 B av. St-Jean", "12 bis avenue saint jean"),
        ("12B AV SAINT JEAN", "12 bis avenue saint jean"),
        ("12 bis, avenue Saint-Jean", "12 bis avenue saint jean"),
        ("R DENIS PAPIN", "rue denis papin"),
        ("1 R de l'Hôpital", "1 rue de l hopital"),
        ("12-14 bd Victor Hugo", "12 14 boulevard victor hugo"),
        ("3 A rue Pasteur", "3 a rue pasteur"),
        ("5 T CHE DES NIVRES", "5 ter chemin des nivres"),
        ("700 AV DE NARVIK BP 139", "700 avenue de narvik"),
        ("700 AV DE NARVIK CS 10139", "700 avenue de narvik"),
        ("10 rue de la Place", "10 rue de la place"),
        ("1 rue Mme DELMAS", "1 rue madame delmas"),
        ("8 AV DU GAL LECLERC", "8 avenue du general leclerc"),
        ("", ""),
    ],
)
def test_lines_of_one_place_fold_to_one_text(written: str, folded: str) -> None:
    assert normalise_line(written) == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("METZ CEDEX 03", "metz"),
        ("Metz", "metz"),
        ("ST ETIENNE CEDEX", "saint etienne"),
        ("Sainte-Foy-lès-Lyon", "sainte foy les lyon"),
        ("STE FOY LES LYON", "sainte foy les lyon"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
    ],
)
def test_cities_lose_cedex_and_spell_saint(written: str, folded: str) -> None:
    assert normalise_city(written) == folded


@pytest.mark.proves("W12")
def test_the_key_of_a_place_does_not_depend_on_spelling() -> None:
    assert address_key("12 B AV ST JEAN", "48000", "MENDE CEDEX") == address_key(
        "12 bis avenue Saint-Jean", " 48000", "Mende"
    )


@pytest.mark.proves("W12")
def test_another_number_postcode_or_city_is_another_place() -> None:
    keys = {
        address_key("12 rue X", "48000", "Mende"),
        address_key("12 bis rue X", "48000", "Mende"),
        address_key("12 rue X", "48100", "Mende"),
        address_key("12 rue X", "48000", "Badaroux"),
    }
    assert len(keys) == 4


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(line: str) -> None:
    once = normalise_line(line)
    assert normalise_city(normalise_city(line)) == normalise_city(line)
    assert normalise_line(once.upper()) == normalise_line(once)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=30))
def test_the_key_is_always_short_and_safe(line: str, postcode: str, city: str) -> None:
    key = address_key(line, postcode, city)
    assert key.startswith("addr-")
    assert len(key) == 21
    assert key.isascii()
