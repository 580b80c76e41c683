"""What a line is searched as: who, among whom, with what, and what is given up in turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mappings.analysis import fold
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation, interpret_word
from search_engine.request.problems import QueryTooShort
from search_engine.request.typed_line import (
    LineAttempt,
    Use,
    build_attempts,
    choose_filters,
    filter_criteria,
    list_uses,
    read_line,
)
from search_engine.understanding.reading import PartKind, Reading


def ask(what: str, **criteria: object) -> Criteria:
    """A search in Mende, unless another place is said."""
    return Criteria(what=what, **({"insee": "48095"} | criteria))


def attempt(what: str, **criteria: object) -> tuple[LineAttempt, ...]:
    """The searches of a line in turn."""
    asked = ask(what, **criteria)
    line = read_line(asked)
    return build_attempts(line, choose_filters(line.reading, asked))


def attempt_near(what: str) -> list[LineAttempt]:
    """Those of them that stay in the circle."""
    return [one for one in attempt(what) if not one.far]


def meaning(what: str) -> Interpretation:
    """Who a line looks for first, errors mended."""
    return next(one.meaning for one in attempt(what) if not one.meaning.exact_only)


def specialties(word: str) -> set[str]:
    """The codes of a word of the tables."""
    known = interpret_word(word)
    assert known is not None
    return set(known.specialties)


@pytest.mark.proves("F025", "F026", "W23")
def test_every_writing_of_general_medicine_is_the_same_search() -> None:
    texts = (
        *("médecin généraliste", "MEDECIN GENERALISTE", "médecins généralistes", "MG", "mg"),
        *("Le médecin  généraliste", "medecin-generaliste", "Médecine générale", "M.G."),
        *("toubib", "medecin generalliste", "un docteur svp"),
    )
    read = {text: meaning(text) for text in texts}
    assert {text for text, one in read.items() if one.specialties != ("SM26", "SM53", "SM54")} == (
        set()
    )
    assert {one.label for one in read.values()} == {"Médecine générale"}
    assert {one.bypass_professions for one in read.values()} == {("10",)}


def test_a_complaint_asks_for_any_of_those_who_treat_it() -> None:
    asked = set(meaning("otite enfant 4 ans").specialties)
    for word in ("généraliste", "pédiatre", "ORL"):
        assert specialties(word) <= asked, word


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("otite 4 ans", Use.SEARCHED),
        ("gastro bébé", Use.SEARCHED),
        ("pédiatre 4 ans", Use.SEARCHED),
        ("gériatre 80 ans", Use.SEARCHED),
        ("otite 40 ans", Use.TOLD),
        ("kiné 4 ans", Use.TOLD),
    ],
)
def test_an_age_that_says_who_treats_is_not_without_effect(text: str, use: Use) -> None:
    line = read_line(ask(text))
    first = attempt(text)[0]
    assert [one for part, one in list_uses(line.reading, first) if part.kind is PartKind.AGE] == [
        use
    ]


@pytest.mark.parametrize("why", ["absent", "en vacances", "en congé", "injoignable"])
def test_why_the_own_doctor_cannot_come_names_nobody(why: str) -> None:
    (only,) = attempt(f"mon médecin traitant est {why}")
    assert (only.meaning.text, set(only.meaning.specialties)) == (None, specialties("MG"))


def test_who_is_named_counts_before_a_complaint() -> None:
    assert meaning("kiné entorse").professions == ("70",)
    assert not meaning("kiné entorse").specialties


@pytest.mark.proves("F029")
def test_a_name_is_searched_without_its_civility_and_with_its_apostrophe() -> None:
    names = {
        " Dr  Élodie Le Goff-Séité ": "elodie le goff seite",
        "M. ROUSSEL": "roussel",
        "Mme O'Brien": "o'brien",
        "N’Guyen": "n'guyen",
        "martin cardiologue": "martin",
    }
    assert {text: meaning(text).text for text in names} == names


def test_a_name_begun_is_no_word_with_an_error() -> None:
    assert [meaning(text).text for text in ("Marti", "Fourni", "dubo")] == [
        "marti",
        "fourni",
        "dubo",
    ]


def test_a_name_and_a_speciality_hold_together_then_the_name_is_given_up() -> None:
    named, alone, rest = attempt_near("martin cardiologue")
    assert (alone.meaning.text, alone.meaning.has_codes) == ("martin", False)
    assert (named.meaning.text, set(named.meaning.specialties)) == (
        "martin",
        specialties("cardiologue"),
    )
    assert rest.meaning.text is None
    assert [part.typed for part in rest.given_up] == ["martin"]


def test_a_word_that_nothing_knows_hides_nobody_who_treats() -> None:
    named, rest = attempt_near("kiné xyzzyx")
    assert (named.meaning.text, named.meaning.professions) == ("xyzzyx", ("70",))
    assert (rest.meaning.text, rest.meaning.professions) == (None, ("70",))


def test_a_general_word_beside_a_name_is_a_doctor_of_any_speciality() -> None:
    named, rest = attempt_near("médecin martin")
    assert (named.meaning.text, named.meaning.professions) == ("martin", ("10",))
    assert not named.meaning.specialties
    assert rest.meaning.label == "Médecine générale"


def test_a_structure_is_searched_by_kind_and_name_then_by_whole_name_then_its_kind_alone() -> None:
    strict, whole, kind = attempt_near("laboratoire Cerballiance")
    assert (strict.meaning.text, strict.meaning.structure_kinds) == (
        "cerballiance",
        ("laboratory",),
    )
    assert (whole.meaning.text, whole.meaning.has_codes) == ("laboratoire cerballiance", False)
    assert (kind.meaning.text, kind.meaning.structure_kinds) == (None, ("laboratory",))
    assert [part.typed for part in kind.given_up] == ["laboratoire Cerballiance"]


def test_a_need_that_no_code_names_is_looked_for_by_its_word_then_by_who_stands_for_it() -> None:
    named, instead = attempt("urgences ophtalmologiques")
    assert (named.meaning.text, named.meaning.has_codes) == ("urgences ophtalmologiques", False)
    assert instead.meaning.needs_emergency
    assert specialties("ophtalmologue") <= set(instead.meaning.specialties)
    assert [part.typed for part in instead.searched] == ["urgences ophtalmologiques"]


def test_a_civility_names_somebody_whatever_he_practises() -> None:
    named, alone, rest = attempt_near("mon médecin traitant c'est le dr Kervadec")
    assert (named.meaning.text, named.meaning.has_codes) == ("kervadec", True)
    assert (alone.meaning.text, alone.meaning.has_codes) == ("kervadec", False)
    assert rest.meaning.text is None
    assert [meaning(text).text for text in ("drmartin", "DrKervadec")] == ["martin", "kervadec"]


def test_a_structure_that_a_complaint_names_first_is_looked_for_alone() -> None:
    alone, any_of_them = attempt("prise de sang")
    assert (alone.meaning.structure_kinds, alone.meaning.professions) == (("laboratory",), ())
    assert [what for _, what in alone.meaning.alternatives] == [
        "laboratoire",
        "prise de sang à domicile",
    ]
    assert any_of_them.meaning.professions == ("60",)
    assert len(attempt("otite")) == len(attempt("IVG")) == len(attempt("fracture")) == 1


def test_a_number_is_one_person_or_structure() -> None:
    assert meaning("8 10001234567").rpps == "10001234567"
    assert meaning("FINESS 480780097").finess == "480780097"
    numbered, rest = attempt("10001234567 cardiologue")
    assert numbered.meaning == Interpretation("10001234567", rpps="10001234567")
    assert set(rest.meaning.specialties) == specialties("cardiologue")


def test_qualities_set_criteria_and_are_given_up_when_nobody_meets_them() -> None:
    filtered, *fewer, rest = attempt("cardiologue secteur 1 en visio ouvert")
    assert [[part.typed for part in one.given_up] for one in fewer] == [
        ["secteur 1"],
        ["ouvert"],
        ["en visio"],
    ]
    assert filter_criteria(filtered.filters) == {
        "consultation": ["VR"],
        "sector": ["1"],
        "open_now": True,
    }
    assert (rest.filters, rest.given_up) == ((), filtered.filters)


def test_a_criterion_that_the_caller_set_wins_over_the_line() -> None:
    [only] = attempt("kiné à domicile", consultation=["VR"])
    assert only.filters == ()
    assert [use for _, use in list_uses(read_line(ask("kiné à domicile")).reading, only)] == [
        Use.SEARCHED,
        Use.TOLD,
    ]


def test_qualities_hide_no_person_who_is_looked_for() -> None:
    first, *_ = attempt("Dr Martin cardiologue en visio")
    assert (first.meaning.text, first.filters) == ("martin", ())


@pytest.mark.parametrize("text", ["ce soir", "à domicile", "sans rdv", "bonjour", "anglais"])
def test_a_line_that_names_nobody_asks_for_general_medicine(text: str) -> None:
    assert meaning(text).label == "Médecine générale"


@pytest.mark.parametrize("text", ["AVC", "ambulance", "15", "vétérinaire"])
def test_what_is_dangerous_or_elsewhere_asks_for_no_offer(text: str) -> None:
    [only] = attempt(text)
    assert not (only.meaning.has_codes or only.meaning.names_somebody)


def test_no_label_of_a_line_that_names_nobody_holds_what_was_typed() -> None:
    """The label of a meaning is a key of hints."""
    assert meaning("infarctus de ma voisine Lanvollon").label != "infarctus de ma voisine Lanvollon"
    assert meaning("véto").label == "vétérinaire"


def test_danger_beside_a_need_leaves_the_need() -> None:
    assert set(meaning("douleur thoracique cardiologue").specialties) == specialties("cardiologue")


def test_a_place_in_the_line_stands_for_the_place_not_given() -> None:
    asked = Criteria(what="pharmacie Mende")
    assert not asked.has_place
    assert [part.value for part in read_line(asked).reading.find_parts("where")] == ["Mende"]
    assert read_line(ask("kiné Mende")).reading.unused == ("Mende",)
    with pytest.raises(ValidationError, match="no_place"):
        Criteria(what="pharmacie")


@pytest.mark.proves("F002")
@pytest.mark.parametrize("text", ["ab", "d'", "?", "  x ", "***", "zz"])
def test_a_short_text_that_is_no_known_word_is_refused(text: str) -> None:
    with pytest.raises(QueryTooShort) as caught:
        read_line(ask(text))
    assert caught.value.field == "what"
    assert "zz" not in str(caught.value)


@pytest.mark.proves("F030", "W22")
@pytest.mark.parametrize("text", ['dupont" *:*', "title:x && y", "{!geofilt}", "a*bc?"])
def test_query_syntax_is_only_letters(text: str) -> None:
    found = meaning(text).text or ""
    assert set(found.split()) <= set(fold(text).split())
    assert all(char.isalnum() or char in " '" for char in found)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_text_is_searched_or_refused(text: str) -> None:
    if not text.strip():
        return
    try:
        attempts = attempt(text.strip())
    except QueryTooShort:
        return
    assert attempts
    assert len(attempts) <= 9


def test_somebody_called_so_is_looked_for_farther_away_before_his_name_is_given_up() -> None:
    named, far, rest = attempt("kiné Kervadec")
    assert (named.far, far.far, rest.far) == (False, True, False)
    assert (far.meaning.text, far.meaning.professions) == ("kervadec", ("70",))
    assert (named.meaning.exact_only, far.meaning.exact_only) == (False, True)
    assert not [one for one in attempt("kiné") if one.far]


@pytest.mark.parametrize(
    ("what", "name", "among"),
    [
        ("VACHIN psychiatre", "vachin", {"SM42", "SM43"}),
        ("Dr K'BIDI-VACHINEL", "k'bidi vachinel", set()),
        ("Sébastien PUJILLON", "sebastien pujillon", set()),
        ("psychiatre Payre", "payre", {"SM42", "SM43"}),
        ("psychiatre Bordeaux", "bordeaux", {"SM42", "SM43"}),
        ("PATIENT psychiatre", "patient", {"SM42", "SM43"}),
        ("Georges PATIENT", "georges patient", set()),
        ("Dr M'SA-ABDOU", "m'sa abdou", set()),
        ("DRZYFUS", "drzyfus", set()),
        ("dr Rosemay SAUTRON", "rosemay sautron", set()),
        ("POLE FE SANTE DU VAL DE TSIN", "pole fe sante du val de tsin", set()),
        ("ESPAGNEUX", "espagneux", set()),
        ("CLIN DE LA MAIN DE L'HOPITAL", "clin de la main de l'hopital", set()),
        ("PHIE DE 'HOPITAL", "phie de hopital", set()),
        ("CMP enfants et adolescents Dijon", "cmp enfants et adolescents dijon", set()),
        ("CTRE DE SANTE MEDICAL ET DENTAIRE", "ctre de sante medical et dentaire", set()),
    ],
)
def test_who_is_called_so_comes_before_what_the_words_may_mean(
    what: str, name: str, among: set[str]
) -> None:
    first, *others = attempt(what)
    assert (first.meaning.text, first.meaning.exact_only) == (name, True)
    assert among <= set(first.meaning.specialties)
    assert not all(one.meaning.exact_only for one in others)


def test_an_error_in_a_name_cut_as_a_civility_is_looked_for_in_the_whole_name() -> None:
    for what in ("DRZYFUS", "POLE FE SANTE DU VAL DE TSIN"):
        assert attempt(what)[0].meaning.near_too
    assert not attempt("Georges PATIENT")[0].meaning.near_too


def test_who_is_called_as_what_follows_a_glued_civility_comes_last() -> None:
    *others, last = attempt("drorsini")
    assert (last.meaning.text, last.meaning.exact_only) == ("orsini", True)
    assert {one.meaning.text for one in others} == {"drorsini"}
    assert [part.typed for part, _ in list_uses(last.reading or Reading(()), last)] == ["orsini"]
    assert "ouet" not in {one.meaning.text for one in attempt("drouet")}


def test_a_large_town_beside_a_need_may_be_a_name_where_another_is_given() -> None:
    assert attempt("kiné Bordeaux", insee="33063")[0].meaning.text is None
    assert attempt("kiné Bordeaux", insee=None, where="3 rue X, Bordeaux")[0].meaning.text is None
    assert attempt("kiné Bordeaux", insee=None, department="48")[0].meaning.text is None
    assert attempt("kiné Bordeaux", insee=None, where="Mende")[0].meaning.text == "bordeaux"


@pytest.mark.parametrize(
    "what", ["cardiologue", "cardiologue Mende", "cardiologue à Payre", "CMP enfants", "CMP Dijon"]
)
def test_a_line_that_is_read_in_one_way_is_no_name_besides(what: str) -> None:
    assert not attempt(what)[0].meaning.exact_only
