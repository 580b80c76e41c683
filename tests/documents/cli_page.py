"""docs/reference/cli.md, from the commands of ``sas`` and their help."""

import inspect
from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from cli.main import app
from tests.documents.tables import NOTICE, markdown_table

INTRODUCTION = f"""# Commands

{NOTICE}

Texts are those of the option `--help`. Exit codes: 0 done, 1 data or order to correct, 2 wrong
usage, 3 Elasticsearch or the lock, 4 offers differ (`sas diff --exit-code`), 130 stopped
by a signal, 141 the reader of the output left.
"""


def cli_page() -> str:
    """The whole page: one section a command."""
    sections = [command_section(words, command) for words, command in list_commands()]
    return "\n".join([INTRODUCTION, *sections])


def list_commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its words, in the order of the help."""
    pending: list[tuple[str, Any]] = [("sas", get_command(app))]
    while pending:
        words, command = pending.pop(0)
        if isinstance(command, TyperGroup):
            children = sorted(command.commands.items())
            pending = [(f"{words} {name}", child) for name, child in children] + pending
        else:
            yield words, command


def command_section(words: str, command: Any) -> str:
    """Usage, help and parameters of one command."""
    context = command.make_context(words, [], resilient_parsing=True)
    usage = " ".join([words, *command.collect_usage_pieces(context)])
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    rows = [
        describe_parameter(parameter, context)
        for parameter in command.params
        if not getattr(parameter, "hidden", False)
    ]
    table = markdown_table(("parameter", "meaning"), rows) if rows else ""
    return f"## {words}\n\n```text\n{usage}\n```\n\n{text}\n\n{table}".rstrip() + "\n"


def describe_parameter(parameter: Any, context: Any) -> tuple[str, str]:
    """How a parameter is written and what it means, with its default."""
    written, meaning = parameter.get_help_record(context)
    return f"`{written}`", meaning.replace("  [", " [")
