"""How a text is understood: whole-text look-up, tolerance of writing, ambiguity, names."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import codes
from mappings.analysis import fold
from search_engine.request.interpretation import (
    GROUP_LABELS,
    Interpretation,
    interpret,
    specialty_profession,
)
from search_engine.request.problems import QueryTooShort
from search_engine.understanding.vocabulary import AMBIGUOUS, lookup_key

GENERAL_MEDICINE = ("SM26", "SM53", "SM54")


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
    assert meaning.text is None
    assert meaning.bypass_professions == ("10",)


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
        assert meaning.text is None, synonym


@pytest.mark.parametrize(
    "code", [*codes.professions().values(), *codes.structure_categories().values()]
)
def test_an_official_label_asks_for_something_known(code: codes.Code) -> None:
    assert interpret(code.label).text is None


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
        ("MMG", ("unscheduled_care",)),
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


def test_words_for_kinds_of_offers() -> None:
    assert interpret("SOS Médecins").offer_kinds == ("sos_point",)
    assert interpret("sos medecin").offer_kinds == ("sos_point",)
    assert interpret("CPTS").offer_kinds == ("cpts",)
    assert interpret("CPTS").categories == ()


@pytest.mark.proves("F032")
def test_maternity_and_emergency_words_are_conditions() -> None:
    assert interpret("maternité").needs_maternity
    assert interpret("Maternités").structure_word
    named = interpret("maternité Port-Royal")
    assert (named.needs_maternity, named.text) == (True, "port royal")
    emergency = interpret("urgences")
    assert (emergency.needs_emergency, emergency.structure_kinds) == (True, ("hospital",))
    assert emergency.structure_word
    assert interpret("médecine d'urgence").structure_kinds == ()
    assert interpret("Urgences Saint-Vincent").needs_emergency
    assert not interpret("Port-Royal").needs_maternity


@pytest.mark.parametrize("word", sorted(AMBIGUOUS))
def test_an_ambiguous_word_says_what_else_it_could_mean(word: str) -> None:
    meaning = interpret(word)
    assert meaning.alternatives == AMBIGUOUS[word]
    for _, words in meaning.alternatives:
        assert interpret(words).text is None, words


def test_psy_asks_for_all_its_meanings_at_once() -> None:
    meaning = interpret("psy")
    assert "SM42" in meaning.specialties
    assert set(meaning.professions) == {"93", "72"}


@pytest.mark.proves("F002")
@pytest.mark.parametrize("text", ["ab", "d'", "?", "  x ", "***", "zz"])
def test_a_short_text_that_is_no_known_word_is_refused(text: str) -> None:
    with pytest.raises(QueryTooShort) as caught:
        interpret(text)
    assert caught.value.field == "what"
    assert "zz" not in str(caught.value)


@pytest.mark.parametrize("text", ["MG", "SF", "15", "MK", "AS", "CH"])
def test_known_short_words_are_accepted_alone(text: str) -> None:
    assert interpret(text).text is None


@pytest.mark.proves("F029")
def test_any_other_text_is_a_name() -> None:
    meaning = interpret(" Dr  Élodie Le Goff-Séité ")
    assert meaning.text == "dr elodie le goff seite"
    assert meaning.label == "Dr  Élodie Le Goff-Séité"
    assert _comparable_meaning(meaning)[:5] != _comparable_meaning(interpret("MG"))[:5]
    assert interpret("MG Dupont").text == "mg dupont"


@pytest.mark.proves("F030", "W22")
@pytest.mark.parametrize(
    "text", ['dupont" OR *:*', "AND OR NOT", "title:x && y", "{!geofilt}", "a*bc?"]
)
def test_query_syntax_is_only_letters(text: str) -> None:
    meaning = interpret(text)
    assert meaning.text == fold(text)
    assert all(char.isalnum() or char == " " for char in meaning.text or "")


@given(st.text(min_size=1, max_size=200))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        meaning = interpret(text)
    except QueryTooShort:
        return
    assert meaning.text or meaning.targets or meaning.needs_maternity


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
        meaning.text,
    )
