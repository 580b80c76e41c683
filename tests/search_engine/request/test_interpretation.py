"""What words of the code tables ask for, alone and together; lines are in ``test_typed_line``."""

from collections import Counter

import pytest

from mappings import codes
from search_engine.request.interpretation import (
    GROUP_LABELS,
    Interpretation,
    interpret_word,
    join_meanings,
    specialty_profession,
)
from search_engine.understanding.vocabulary import AMBIGUOUS, lookup_key

GENERAL_MEDICINE = ("SM26", "SM53", "SM54")


def interpret(word: str) -> Interpretation:
    """The meaning of a word that the tables hold."""
    meaning = interpret_word(word)
    assert meaning is not None, word
    return meaning


@pytest.mark.proves("F025", "F026", "W23")
@pytest.mark.parametrize(
    "text",
    [
        "médecin généraliste",
        "MEDECIN GENERALISTE",
        "médecins généralistes",
        "Le médecin  généraliste",
        "medecin-generaliste",
        "généraliste",
        "MG",
        "mg",
        "Médecine générale",
    ],
)
def test_every_writing_of_general_medicine_is_the_same_search(text: str) -> None:
    meaning = interpret(text)
    assert meaning.specialties == GENERAL_MEDICINE
    assert meaning.label == "Médecine générale"


@pytest.mark.proves("F026", "W23")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'ophtalmo", "OPHTALMOLOGUES"),
        ("l’ophtalmo", "ophtalmologie"),
        ("cardiologue", "Cardiologie"),
        ("cœur", "COEUR"),
        ("médecine d'urgence", "medecine urgence"),
        ("sages-femmes", "SF"),
        ("gynéco-obstétriciens", "gyneco obstetricien"),
        ("hôpitaux", "hopital"),
        ("chirurgien dentistes", "dentiste"),
    ],
)
def test_case_accents_plural_elision_and_synonyms_make_no_difference(one: str, other: str) -> None:
    assert _comparable_meaning(interpret(one)) == _comparable_meaning(interpret(other))


@pytest.mark.proves("F026")
def test_each_synonym_asks_for_its_targets_however_it_is_cased() -> None:
    for synonym, code in codes.synonyms():
        meaning = interpret(synonym)
        assert code in meaning.targets, synonym
        assert _comparable_meaning(interpret(synonym.upper())) == _comparable_meaning(meaning)


@pytest.mark.parametrize(
    "code", [*codes.professions().values(), *codes.structure_categories().values()]
)
def test_an_official_label_asks_for_something_known(code: codes.Code) -> None:
    assert interpret(code.label).has_codes


def test_a_speciality_brings_the_codes_of_its_reform_pairs() -> None:
    assert interpret("ORL").specialties == ("SM34", "SM39", "SM86")
    assert set(interpret("pédopsychiatre").specialties) >= {"SM43", "SM92", "DSM231", "DEC24"}


@pytest.mark.parametrize(
    ("specialty", "profession"),
    [
        ("SM54", "10"),
        ("C07", "10"),
        ("CAPA03", "10"),
        ("80", "10"),
        ("SCD01", "40"),
        ("SI08", "60"),
    ],
)
def test_a_speciality_belongs_to_one_profession(specialty: str, profession: str) -> None:
    assert specialty_profession(specialty) == profession


def test_a_profession_and_a_speciality_of_the_same_number_are_two_things() -> None:
    assert interpret("podologue").professions == ("80",)
    assert interpret("homéopathe").specialties == ("80",)
    assert interpret("homéopathe").professions == ()


@pytest.mark.proves("F031")
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("pharmacies", ("pharmacy",)),
        ("labo", ("laboratory",)),
        ("MSP", ("msp",)),
        ("centre de santé", ("health_centre",)),
    ],
)
def test_a_structure_word_asks_for_structures(text: str, kinds: tuple[str, ...]) -> None:
    meaning = interpret(text)
    assert meaning.structure_kinds == kinds
    assert meaning.structure_word
    assert not meaning.specialties


def test_a_narrow_structure_word_does_not_ask_for_its_whole_kind() -> None:
    meaning = interpret("centre de santé dentaire")
    assert meaning.structure_kinds == ()
    assert set(meaning.categories) == {"125", "124"}
    assert (interpret("MMG").structure_kinds, interpret("MMG").categories) == ((), ("617",))
    assert interpret("hôpital").structure_kinds == ()
    assert set(interpret("hôpital").categories) == {"101", "106", "114", "355"}
    assert set(interpret("CSNP").categories) == {"617", "618", "648"}


def test_words_for_kinds_of_offers() -> None:
    assert interpret("SOS Médecins").offer_kinds == ("sos_point",)
    assert interpret("sos medecin").offer_kinds == ("sos_point",)
    assert interpret("CPTS").offer_kinds == ("cpts",)
    assert interpret("CPTS").categories == ()


@pytest.mark.proves("F032")
def test_maternity_and_emergency_words_are_conditions() -> None:
    assert interpret("maternité").needs_maternity
    assert interpret("Maternités").structure_word
    emergency = interpret("urgences")
    assert (emergency.needs_emergency, emergency.structure_kinds) == (True, ("hospital",))
    assert emergency.structure_word
    assert interpret("médecine d'urgence").structure_kinds == ()


@pytest.mark.parametrize("word", sorted(AMBIGUOUS))
def test_an_ambiguous_word_says_what_else_it_could_mean(word: str) -> None:
    meaning = interpret(word)
    assert meaning.alternatives == AMBIGUOUS[word]
    for _, words in meaning.alternatives:
        assert interpret_word(words) is not None, words


def test_psy_asks_for_all_its_meanings_at_once() -> None:
    meaning = interpret("psy")
    assert "SM42" in meaning.specialties
    assert set(meaning.professions) == {"93", "72"}


@pytest.mark.parametrize("text", ["MG", "SF", "15", "MK", "AS", "CH"])
def test_short_words_of_the_tables_are_known(text: str) -> None:
    assert interpret(text).targets


@pytest.mark.parametrize("text", ["zz", "Dupont", "", "médecin Dupont", "***"])
def test_what_is_no_word_of_the_tables_has_no_codes(text: str) -> None:
    assert interpret_word(text) is None


def test_several_meanings_are_alternatives_each_code_once() -> None:
    both = join_meanings([interpret("généraliste"), interpret("pédiatre"), interpret("MG")])
    assert set(both.specialties) == {*GENERAL_MEDICINE, *interpret("pédiatre").specialties}
    assert len(both.specialties) == len(set(both.specialties))
    assert both.label == "Médecine générale, Pédiatrie"
    births = join_meanings([interpret("sage-femme"), interpret("maternité")])
    assert births.needs_maternity
    assert births.structure_word


def test_every_group_of_reform_pairs_has_a_name_in_french() -> None:
    assert set(GROUP_LABELS) == set(codes.specialty_groups())


def test_no_name_of_a_few_letters_is_swallowed_by_an_article() -> None:
    assert lookup_key("Les") == "les"
    assert lookup_key("Du") == "du"
    assert lookup_key("des médecins") == "medecin"


def _comparable_meaning(meaning: Interpretation) -> tuple[object, ...]:
    return (
        Counter(meaning.specialties),
        Counter(meaning.professions),
        meaning.structure_kinds,
        Counter(meaning.categories),
        meaning.offer_kinds,
    )
