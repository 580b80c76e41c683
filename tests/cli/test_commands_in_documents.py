"""Every ``sas`` command that a document tells is one that the parser accepts."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "docs/operations.md",
    "docs/indexing.md",
    "docs/observability.md",
    "docs/elasticsearch.md",
    "docs/security.md",
)
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(sas [^`]+)`")
SYNOPSIS = re.compile(r"[\[\]|]|\.\.\.")
"""What a synopsis has and a command line has not: brackets, choices."""
REFUSED = typer.BadParameter.__bases__[0]
"""Every wrong usage, in the Click that Typer brings."""
LACKING = "Missing"
"""How a refusal for want of a value begins, which a command that is only named always gets."""
ABSENT = "does not exist."
"""How one ends for a path that is the reader's."""


def commands_in(text: str) -> Iterator[str]:
    """The command lines of a document: in its blocks from ``sas`` on, and in its sentences."""
    for block in FENCED.findall(text):
        for line in block.splitlines():
            if line.startswith("sas "):
                yield line.partition("#")[0].strip()
    yield from (re.sub(r"\s+", " ", told) for told in INLINE.findall(FENCED.sub("", text)))


def problem(line: str) -> str:
    """Why the parser refuses the line; empty when it accepts it. Nothing is run.

    Of a synopsis only the words and options must exist: its values are placeholders.
    """
    command, words = get_command(app), shlex.split(SYNOPSIS.sub(" ", line))[1:]
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        return f"no command {words[0]!r}"
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    unknown = [word for word in words if word.startswith("-") and word not in known]
    if unknown or SYNOPSIS.search(line) or not words:
        return f"no option {unknown}" if unknown else ""
    try:
        command.make_context("sas", words)
    except REFUSED as error:
        told = str(error)
        return "" if told.startswith(LACKING) or told.endswith(ABSENT) else told
    return ""


CASES = [
    (name, line) for name in DOCUMENTS for line in commands_in((ROOT / name).read_text("utf-8"))
]


@pytest.mark.parametrize(("name", "line"), CASES)
def test_a_command_of_a_document_exists(name: str, line: str) -> None:
    assert not problem(line), f"{name} tells: {line}"


def test_every_document_tells_commands() -> None:
    assert {name for name, _ in CASES} == set(DOCUMENTS)


@pytest.mark.parametrize(
    "line",
    [
        "sas reindx --from DIR",
        "sas index statu",
        "sas reindex --form DIR",
        "sas index prune --keep many",
        "sas snapshot restore a b",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    assert problem(line)
