"""The table of phrases keeps its rules, and the check tells every row that breaks one."""

import csv
from importlib import resources

import pytest

from search_engine.understanding import check_words as rules
from search_engine.understanding.check_words import Row, check_row, check_words
from search_engine.understanding.phrases import read_words
from search_engine.understanding.reading import PartKind

LEAST_PHRASES = 1_500
OTITIS = {"phrase": "otite", "kind": "complaint", "reading": "otite>ORL", "source": "ENT treats it"}


def read_rows() -> list[Row]:
    table = resources.files("search_engine.understanding").joinpath("words.csv")
    return list(csv.DictReader(table.read_text("utf-8").splitlines()))


def find_reasons(*rows: Row) -> list[str]:
    return [fault.reason for fault in check_words(rows)]


def test_the_table_keeps_every_rule_and_is_long_enough() -> None:
    rows = read_rows()
    assert check_words(rows) == []
    assert len(rows) >= LEAST_PHRASES


def test_a_complaint_says_who_treats_it_and_no_urgency() -> None:
    """Never a triage: a row is a phrase, its need and a source; no column weighs it."""
    assert set(read_rows()[0]) == {"phrase", "kind", "reading", "source"}
    complaints = [phrase for phrase in read_words() if phrase.kind == PartKind.COMPLAINT]
    assert all(phrase.words and phrase.value for phrase in complaints)
    assert {part.value for part in PartKind} & {"urgency", "score", "advice", "severity"} == set()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "triage"}, "nature inconnue : triage"),
        ({"kind": "name"}, "nature inconnue : name"),
        ({"phrase": " ! "}, "une expression compte de un à 8 mots"),
        ({"phrase": "a b c d e f g h i"}, "une expression compte de un à 8 mots"),
        ({"source": ""}, "dites la source ou la raison"),
        ({"reading": "otite>rebouteur"}, "besoin inconnu des tables de codes : « rebouteur »"),
        ({"reading": ">ORL"}, "lecture attendue : plainte>qui soigne"),
        ({"kind": "need", "reading": "ORL|x"}, "besoin inconnu des tables de codes : « x »"),
        ({"kind": "danger", "reading": "cold"}, "lecture inconnue : cold ; permises : anaphyl"),
        ({"kind": "when", "reading": "noon"}, "lecture inconnue : noon ; permises : day_after"),
        ({"kind": "filler"}, "une ligne « filler » n'a pas de lecture"),
    ],
)
def test_a_row_that_breaks_a_rule_says_which(change: dict[str, str], reason: str) -> None:
    assert (check_row(OTITIS | change) or "").startswith(reason)


def test_a_sound_row_and_a_need_that_is_not_held_yet_pass() -> None:
    assert check_row(OTITIS) is None
    assert check_row(OTITIS | {"kind": "need", "reading": "CMPP"}) is None


def test_a_phrase_stands_once_but_for_accents_and_plural() -> None:
    repeated = OTITIS | {"phrase": "ötites"}
    assert find_reasons(OTITIS, repeated) == [
        "même expression que la ligne 2, aux accents et au pluriel près"
    ]


def test_no_phrase_hides_another_of_the_same_words() -> None:
    first = OTITIS | {"phrase": "mal au dos", "reading": "dos>kiné"}
    other = OTITIS | {"phrase": "mal de dos", "reading": "dos>rhumatologue"}
    assert find_reasons(first, other) == ["cache la ligne 2 : mêmes mots, autre lecture"]


def test_a_phrase_that_holds_words_of_danger_is_reviewed() -> None:
    danger = {
        "phrase": "coma",
        "kind": "danger",
        "reading": "unconscious",
        "source": "reviewed list",
    }
    hidden = OTITIS | {"phrase": "coma léger", "kind": "need", "reading": "ORL"}
    assert find_reasons(danger, hidden)[0].startswith("contient des mots de danger")
    reviewed = hidden | {"source": f"{rules.NO_DANGER} a nickname"}
    assert find_reasons(danger, reviewed) == []


def test_the_rows_are_sorted() -> None:
    later = {"phrase": "zona", "kind": "complaint", "reading": "zona>ORL", "source": "skin doctors"}
    assert find_reasons(later, OTITIS) == ["lignes à trier par nature, lecture, expression"]
