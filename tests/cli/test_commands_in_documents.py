"""Every ``sas`` command in a document is one that the parser accepts."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from cli.main import app
from tests.documents.documents import list_pages, page_name

FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(sas [^`]+)`")
SHELL = re.compile(r" [#<>|]")
"""Where a command line ends: a comment, a redirection, a pipe."""
SYNOPSIS = re.compile(r"[\[\]|]|\.\.\.")
"""What a synopsis has and a command line has not: brackets, choices."""
REFUSED = typer.BadParameter.__bases__[0]
"""Every wrong usage, in the Click that Typer brings."""
LACKING = "Missing"
"""How a refusal for want of a value begins, which a command that is only named always gets."""
ABSENT = "does not exist."
"""How one ends for a path that is the reader's."""
UNFINISHED = "requires an argument."
"""How one ends for an option that is only named."""


def commands_in(text: str) -> Iterator[str]:
    """The command lines of a document: in its blocks from ``sas`` on, and in its sentences."""
    for block in FENCED.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("sas "):
                yield SHELL.split(line)[0].strip()
    yield from (re.sub(r"\s+", " ", words) for words in INLINE.findall(FENCED.sub("", text)))


@cache
def root_command() -> Any:
    """The command ``sas``, built once."""
    return get_command(app)


def find_refusal(line: str) -> str:
    """Why the parser refuses the line; empty when it accepts it. Nothing is run.

    Of a synopsis only the words and options must exist: its values are placeholders.
    """
    command, words = root_command(), shlex.split(SYNOPSIS.sub(" ", line))[1:]
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        return f"no command {words[0]!r}"
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    unknown = [word for word in words if word.startswith("-") and word not in {"-", *known}]
    if unknown or SYNOPSIS.search(line) or not words:
        return f"no option {unknown}" if unknown else ""
    try:
        command.make_context("sas", words)
    except REFUSED as error:
        message = str(error)
        accepted = message.startswith(LACKING) or message.endswith((ABSENT, UNFINISHED))
        return "" if accepted else message
    return ""


CASES = [
    (page_name(page), line)
    for page in list_pages()
    for line in commands_in(page.read_text("utf-8"))
]


def test_each_command_of_a_document_exists() -> None:
    refused = [(name, line, why) for name, line in CASES if (why := find_refusal(line))]
    assert refused == []


def test_the_pages_name_commands() -> None:
    pages = {name for name, _ in CASES}
    assert "README.md" in pages and any(name.startswith("docs/how-to/") for name in pages)


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
    assert find_refusal(line)
