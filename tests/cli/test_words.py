"""``sas words`` and the readings of ``sas relevance``, which need no index."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.commands import relevance
from cli.main import app
from search_engine.relevance import readings
from search_engine.relevance.readings import Level, ReadingCase
from search_engine.understanding.words_file import WORDS
from tests.cli.commands import assert_refused, read_json_output

ELBOW = ("add", "mal au coude", "complaint", "douleur du coude>généraliste|kiné")
SOURCE = ("--source", "general practice treats it first")


def sas(*words: str | Path, text: str | None = None) -> Result:
    """The command as a person types it, wide enough for whole lines."""
    environment = {"COLUMNS": "200"}
    return CliRunner().invoke(app, [str(word) for word in words], input=text, env=environment)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A copy of the product's table."""
    file = tmp_path / "words.csv"
    file.write_bytes(WORDS.read_bytes())
    return file


def test_the_table_of_the_product_is_sound() -> None:
    assert "aucune faute" in sas("words", "check").output
    found = read_json_output(sas("words", "check", "--json"))
    assert (found["faults"], found["phrases"] > 1_500) == ([], True)


def test_a_row_that_breaks_a_rule_is_told_with_its_line(table: Path) -> None:
    with table.open("a", encoding="utf-8") as file:
        file.write("zut,triage,urgent,nobody\n")
    result = sas("words", "check", "--table", table)
    line = table.read_text("utf-8").count("\n")
    assert_refused(result, 1, f"ligne {line}, « zut » : nature inconnue : triage")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"a;b\n1;2\n", "colonnes attendues"), (b"\xff\xfe\x00", "n'est pas un CSV en UTF-8")],
)
def test_a_file_that_is_no_table_is_refused(table: Path, content: bytes, sentence: str) -> None:
    table.write_bytes(content)
    assert_refused(sas("words", "check", "--table", table), 2, sentence)
    assert_refused(sas("words", *ELBOW, *SOURCE, "--table", table), 2, sentence)
    assert table.read_bytes() == content


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    assert_refused(sas("words", "check", "--table", tmp_path / "none.csv"), 2, "inutilisable")


def test_a_phrase_is_added_in_its_place(table: Path) -> None:
    before = table.read_text("utf-8").splitlines()
    assert sas("words", *ELBOW, *SOURCE, "--table", table).exit_code == 0
    after = table.read_text("utf-8").splitlines()
    assert set(after) - set(before) == {",".join([*ELBOW[1:], SOURCE[1]])}
    assert sas("words", "check", "--table", table).exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "Otîtes", "complaint", "otite>ORL"), "même expression que la ligne"),
        (("add", "mal au coude", "complaint", "coude>rebouteur"), "« rebouteur »"),
        (("add", "mal au coude", "urgence", "coude"), "nature inconnue : urgence"),
        (("add", "coma au volant", "complaint", "coma>ORL"), "contient des mots de danger"),
    ],
)
def test_a_phrase_that_breaks_a_rule_is_not_added(
    table: Path, words: tuple[str, ...], sentence: str
) -> None:
    before = table.read_bytes()
    assert_refused(sas("words", *words, *SOURCE, "--table", table), 1, sentence)
    assert table.read_bytes() == before


def test_a_text_is_explained_part_by_part() -> None:
    output = sas("words", "explain", "cardioloque qui parle anglais à Brest, merci").output
    for told in ("« cardioloque » corrigé en « cardiologue »", "lieu", "Non utilisé : anglais"):
        assert told in output
    assert "Sans effet : parle, merci" in output
    assert "Rien n'est lu" in sas("words", "explain", "?!").output


def test_a_text_comes_from_the_standard_input_too() -> None:
    result = read_json_output(sas("words", "explain", "-", "--json", text="otite 4 ans\n"))
    assert [(part["kind"], part["value"]) for part in result["parts"]] == [
        ("complaint", "otite"),
        ("age", "4"),
    ]
    assert result["unused"] == []


def test_a_place_beside_the_one_given_is_told() -> None:
    found = read_json_output(sas("words", "explain", "kiné Brest", "--place-given", "--json"))
    assert [part["kind"] for part in found["parts"]] == ["need"]
    assert found["unused"] == ["Brest"]


def test_the_readings_are_judged_without_an_index() -> None:
    result = sas("relevance", "--readings")
    assert result.exit_code == 0, result.output
    assert "Textes lus comme il le faut : 989 sur 989" in result.output
    assert "souhait non tenu" in result.output
    found = read_json_output(sas("relevance", "--readings", "--json"))
    assert found["passed"]["reading_must"] == 989
    assert found["failed"] == []


def test_a_must_that_is_read_otherwise_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ReadingCase("kiné", "need:dentiste", Level.MUST, "the word alone")
    monkeypatch.setattr(readings, "load_readings", lambda: (wrong,))
    monkeypatch.setattr(relevance, "judge_readings", readings.judge_readings.__wrapped__)
    result = sas("relevance", "--readings")
    assert_refused(result, 1, "« kiné » : mal lu, attendu : need:dentiste ; lu : need:kiné")
    assert "1 texte mal lu : « kiné »" in result.output
