"""What files and partners say commands no terminal, and JSON says it whole."""

import ast
import io
import json
import sys
import unicodedata
from pathlib import Path

import orjson
import pytest
from rich.table import Table
from rich.text import Text

from cli.output import print_error, print_json, print_line, print_page, result_console
from cli.terminal_text import escape_commands, flatten_text, flatten_texts, strip_commands

CLI = Path(__file__).parents[2] / "cli"
EVIL = "DUPONT\x1b]0;owned\x07\x1b[2J\x9b31m\u202eNAEJ\u2066\x08\x7f\ud800\U000e0041"
REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def has_commands(text: str) -> bool:
    return any(unicodedata.category(char) in REFUSED_CATEGORIES for char in text if char != "\n")


def test_every_character_that_commands_is_stripped_and_no_other() -> None:
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        refused = unicodedata.category(char) in REFUSED_CATEGORIES and char != "\n"
        kept = strip_commands(f"a{char}b") == f"a{char}b"
        assert kept is not refused or unicodedata.category(char) == "Cn", hex(number)


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\t", "\x85", "\u2028", "\v\f"])
def test_a_value_forges_no_line(breaks: str) -> None:
    assert flatten_text(f"MAISON{breaks}Deleted.") == "MAISON Deleted."
    found = flatten_texts({"a": [f"x{breaks}y", 3, None, (f"\x1b{breaks}",)]})
    assert found == {"a": ["x y", 3, None, (" ",)]}


def test_a_document_says_the_same_without_the_characters() -> None:
    value = {"name": EVIL.replace("\ud800", ""), "é": "Église\u00a0à l'\u202f"}
    document = escape_commands(orjson.dumps(value).decode())
    assert not has_commands(document)
    assert json.loads(document) == value
    assert "Église\u00a0à" in document


def test_every_way_to_print_strips(capsys: pytest.CaptureFixture[str]) -> None:
    print_line(f"{EVIL} out")
    print_line(f"{EVIL} err", err=True)
    print_error(f"{EVIL}\nerror")
    print_page(Text(f"{EVIL} page"), 100)
    table = Table("name")
    table.add_row(f"{EVIL} cell")
    result_console().print(table)
    print_json({"name": EVIL.replace("\ud800", "")})
    found = capsys.readouterr()
    printed = found.out + found.err
    assert not has_commands(printed)
    for word in ("out", "err", "error", "page", "cell"):
        assert f"{word}" in printed
    assert found.err.count("\n") == 2


def test_our_own_styles_stay_on_a_terminal() -> None:
    printed = io.StringIO()
    console = result_console(file=printed, force_terminal=True, color_system="standard")
    console.print(Text(f"{EVIL} red", style="red"))
    assert "\x1b[31m" in printed.getvalue()
    assert "\x1b]0;" not in printed.getvalue()
    assert "\x9b" not in printed.getvalue()


def test_there_is_one_way_to_the_terminal() -> None:
    """A command that printed by itself would print what files say."""
    seam = {CLI / "output.py", CLI / "notification" / "attempt.py"}
    refused = {"typer.echo", "click.echo", "print", "Console", "typer.secho", "rich.print"}
    found = [
        f"{path.relative_to(CLI)}:{node.lineno}"
        for path in CLI.rglob("*.py")
        if path not in seam
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in refused
    ]
    assert found == []


def test_a_name_that_is_no_utf_8_is_printed_without_what_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Python reads such a name of a file as halves of characters, which JSON cannot hold."""
    print_json({"error": "/tmp/caf\udce9.json cannot be read", "path": ["\udcff"]})
    found = json.loads(capsys.readouterr().out)
    assert found == {"error": "/tmp/caf.json cannot be read", "path": [""]}
