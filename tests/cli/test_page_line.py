"""How a line was read, as a regulator sees it above the page."""

from typing import Any

from rich.text import Text

from cli.views.page_line import is_said_only, other_meanings, reading_lines, sentence_lines


def write_lines(read: dict[str, Any]) -> list[str]:
    """The text of the lines, sentences first."""
    lines = [*sentence_lines(read), *reading_lines(read)]
    return [line.plain for line in lines if isinstance(line, Text)]


def build_part(typed: str, meaning: str, use: str = "searched", **more: str) -> dict[str, str]:
    return {"kind": "need", "typed": typed, "meaning": meaning, "use": use, **more}


def test_a_line_of_one_need_says_nothing_more_than_the_title() -> None:
    read = {"parts": [build_part("MG", "généraliste")], "unused": [], "sentences": []}
    assert write_lines(read) == []


def test_what_was_corrected_understood_and_left_is_one_line() -> None:
    parts = [
        build_part(
            "cardioloque",
            "cardiologue",
            corrected_from="cardioloque",
            corrected_to="cardiologue",
        ),
        build_part("domicile", "à domicile", "filter"),
        build_part("urgent", "dès que possible", "preference"),
        build_part("femme", "une femme", "preference", effect="6 min de moins"),
    ]
    read = {"parts": parts, "unused": ["anglais"], "sentences": []}
    assert write_lines(read) == [
        "« cardioloque » lu « cardiologue » ; compris : cardiologue, à domicile (filtre), "
        "dès que possible (souhait), une femme (souhait : 6 min de moins) ; non utilisé : anglais"
    ]


def test_a_line_that_a_sentence_answers_looks_for_nobody() -> None:
    danger = {**build_part("AVC", "AVC", "told"), "kind": "danger"}
    place = {**build_part("Mende", "Mende"), "kind": "where"}
    read = {"parts": [danger, place], "unused": [], "sentences": []}
    assert is_said_only(read)
    assert write_lines(read) == ["Compris : AVC, Mende"]
    assert not is_said_only({**read, "parts": [danger, build_part("MG", "généraliste")]})
    assert not is_said_only({**read, "parts": []})


def test_the_needs_of_a_complaint_are_no_other_meanings() -> None:
    complaint = build_part("otite", "otite : généraliste, ORL")
    read = {"parts": [complaint], "unused": [], "sentences": []}
    together = "Pour un seul de ces besoins : généraliste, ORL"
    assert other_meanings(read, ["généraliste", "ORL"]) == together
    assert other_meanings(read, ["orthoptiste"]) == "Autres sens possibles : orthoptiste"


def test_the_sentence_of_danger_comes_first_and_in_red() -> None:
    message = "« AVC » : à transmettre sans attendre à la régulation médicale"
    parts = [build_part("AVC", "AVC", "told")]
    read = {
        "parts": parts,
        "unused": [],
        "sentences": [{"code": "danger", "message": message}],
    }
    assert write_lines(read)[0] == message
    first = next(sentence_lines(read))
    assert isinstance(first, Text)
    assert first.style == "bold red"
