"""Every line of ``readings.csv`` is read as it was written before the parser was asked."""

import pytest

from search_engine.relevance.readings import (
    LEAST_WISHES,
    Level,
    ReadingCase,
    judge_reading,
    load_readings,
    parse_expected,
)
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind

READINGS = load_readings()
LEAST_READINGS = 900


def list_cases(level: Level) -> list[ReadingCase]:
    return [case for case in READINGS if case.level is level]


def test_there_are_enough_readings_each_with_its_reason() -> None:
    assert len(READINGS) >= LEAST_READINGS
    assert len({case.text for case in READINGS}) == len(READINGS)
    assert all(case.why and parse_expected(case.expected) for case in READINGS)


def test_every_must_is_read_as_expected() -> None:
    failed = {case.text: judge_reading(case) for case in list_cases(Level.MUST)}
    assert {text: problems for text, problems in failed.items() if problems} == {}


def test_the_wishes_are_met_but_few() -> None:
    wishes = list_cases(Level.WISH)
    failed = [problem for case in wishes for problem in judge_reading(case)]
    assert len(failed) <= (1 - LEAST_WISHES) * len(wishes), failed


def test_a_reading_that_is_wrong_is_told_with_what_was_read() -> None:
    case = ReadingCase("pédiatre Brest", "need:cardiologue; where:Brest", Level.MUST, "")
    assert judge_reading(case) == [
        "attendu : need:cardiologue; where:Brest ; lu : need:pédiatre; where:Brest"
    ]


@pytest.mark.parametrize("text", ["cardiologue Brest", "Dr Martin à Brest", "martin Brest kiné"])
def test_a_place_inside_the_line_is_told_where_one_was_given(text: str) -> None:
    given = read_what(text, place_given=True)
    assert given.unused == ("Brest",) or "Brest" in given.find_parts(PartKind.NAME)[0].typed
    assert given.find_parts(PartKind.WHERE) == ()


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("dentiste qui parle anglais à Lyon", ("anglais",)),
        ("mal de dos depuis 3 mois", ("3 mois",)),
        ("coiffeur à domicile", ("coiffeur",)),
        ("de la", ("de", "la")),
    ],
)
def test_what_no_search_can_use_is_told(text: str, unused: tuple[str, ...]) -> None:
    assert read_what(text).unused == unused


@pytest.mark.parametrize(
    ("text", "age"),
    [("gastro bébé", "baby"), ("otite 4 ans", "4"), ("vaccin enfant", "child")],
)
def test_a_complaint_of_a_child_is_a_paediatricians_too(text: str, age: str) -> None:
    reading = read_what(text)
    assert [part.value for part in reading.find_parts(PartKind.AGE)] == [age]
    assert "pédiatre" in reading.words


@pytest.mark.parametrize("text", ["enceinte de 6 mois", "rdv dans 3 mois", "depuis 2 ans"])
def test_a_span_of_time_is_no_age(text: str) -> None:
    assert read_what(text).find_parts(PartKind.AGE) == ()
