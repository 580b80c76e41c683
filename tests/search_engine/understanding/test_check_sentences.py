"""The sentences of the product keep their rules, and a row that breaks one is told."""

from search_engine.understanding.check_sentences import check_sentences
from search_engine.understanding.sentences import read_sentence_rows

SAYS = "le matériel médical se loue dans une pharmacie."
BAD = {
    ("elsewhere", "spaceship", SAYS): "aucune expression n'est lue ainsi",
    ("triage", "", SAYS): "nature inconnue : triage",
    ("need", "kiné de garde", SAYS): "aucune expression n'est lue ainsi",
    ("elsewhere", "police", "le 17"): "une phrase d'au moins",
    ("elsewhere", "ambulance", SAYS): "déjà dit à la ligne",
}


def test_the_sentences_of_the_product_are_sound() -> None:
    assert check_sentences(read_sentence_rows()) == []


def test_a_row_that_breaks_a_rule_is_told() -> None:
    rows = read_sentence_rows()
    for (kind, value, sentence), reason in BAD.items():
        row = {"kind": kind, "value": value, "sentence": sentence}
        faults = check_sentences([*rows, row])
        assert any(reason in fault.reason and fault.line > len(rows) for fault in faults), reason


def test_what_is_known_and_has_no_sentence_is_told() -> None:
    rows = [row for row in read_sentence_rows() if row["value"] != "samu"]
    assert [(fault.line, fault.phrase) for fault in check_sentences(rows)] == [
        (1, "elsewhere samu")
    ]
