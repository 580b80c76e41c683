"""Every word of danger and everything that is elsewhere has its French sentence."""

from search_engine.understanding.meanings import read_meanings
from search_engine.understanding.reading import PartKind, TextPart
from search_engine.understanding.sentences import SAID, read_sentences, write_sentence


def test_everything_known_and_not_held_says_where_to_turn() -> None:
    said = [(kind, value) for kind, value in read_meanings() if PartKind(kind) in SAID]
    assert len(said) > 30
    mute = [
        (kind, value)
        for kind, value in said
        if write_sentence(TextPart(PartKind(kind), "x", value)) is None
    ]
    assert mute == []
    meant = {(kind, value) for kind, value in read_sentences() if kind == PartKind.ELSEWHERE}
    assert meant == {(kind, value) for kind, value in said if kind == PartKind.ELSEWHERE}


def test_a_word_of_danger_names_the_medical_regulation() -> None:
    sentence = write_sentence(TextPart(PartKind.DANGER, "AVC", "stroke"))
    assert sentence is not None
    assert sentence.startswith("« AVC » : ")
    assert "régulation médicale" in sentence
    assert write_sentence(TextPart(PartKind.NEED, "kiné", "kiné")) is None
