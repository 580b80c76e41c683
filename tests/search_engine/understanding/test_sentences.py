"""Every word of danger and everything that is elsewhere has its French sentence."""

from search_engine.understanding.meanings import read_meanings
from search_engine.understanding.read_what import read_search, read_what
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


def test_imaging_is_said_to_be_found_by_its_radiologists() -> None:
    for line in ("radio", "scanner", "IRM", "échographie", "radio du genou", "centre d'imagerie"):
        said = [write_sentence(part) or "" for part in read_what(line).parts]
        assert any("voici les radiologues" in sentence for sentence in said), line
    assert [write_sentence(part) for part in read_what("radiologue").parts] == [None]


def test_a_town_keeps_its_own_preposition() -> None:
    towns = {
        "Baptiste Morel Châtillon-sur-Seine": "Châtillon sur Seine",
        "pharmacie Marsannay-la-Côte": "Marsannay la Côte",
        "Martin à Bourg-en-Bresse": "Bourg en Bresse",
    }
    read = {line: read_search(line, place_given=False) for line in towns}
    found = {line: one.find_parts(PartKind.WHERE)[0].value for line, one in read.items()}
    assert found == towns
