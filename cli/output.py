"""Output of the commands: results on standard output, sentences and bars on standard error.

The one way to the terminal: nothing printed here commands it (``cli.terminal_text``).
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import orjson
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.segment import Segment

from cli.exit_codes import FailureExit
from cli.terminal_text import escape_commands, flatten_text, flatten_texts, strip_commands
from indexers.runs.progress import ProgressListener

PIPED_WIDTH = 200
"""Columns of an output that is no terminal; COLUMNS in the environment wins."""
BAR_DELAY_S = 2.0
"""Seconds before a bar shows: a quick result needs none."""


class TerminalConsole(Console):
    """A console that prints its own styles and no command that a text holds."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments, each text stripped."""
        for segment in super().render(renderable, options):
            yield (
                segment if segment.control else Segment(strip_commands(segment.text), *segment[1:])
            )


def result_console(**options: Any) -> Console:
    """A console as wide as its terminal; a file or a pipe gets one whole sentence per line."""
    console = TerminalConsole(**options)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console


def message_console(**options: Any) -> Console:
    """A console on standard error."""
    return TerminalConsole(stderr=True, **options)


def print_page(page: RenderableType, width: int) -> None:
    """Print French text at most ``width`` columns wide, without spaces at the ends of lines.

    The same text when the output is no terminal.
    """
    console = TerminalConsole(highlight=False, emoji=False)
    console.width = min(console.width, width) if console.is_terminal else width
    with console.capture() as printed:
        console.print(page)
    typer.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def print_line(text: str, *, err: bool = False) -> None:
    """Print a text of ours, with what it quotes, on standard output or standard error."""
    typer.echo(strip_commands(text), err=err)


def print_json(value: object, *, indent: bool = False) -> None:
    """Print one JSON document; a key that is a code is written as its text."""
    options = orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    try:
        document = orjson.dumps(value, option=options)
    except orjson.JSONEncodeError:  # a name of a file that is no UTF-8
        document = orjson.dumps(flatten_texts(value), option=options)
    typer.echo(escape_commands(document.decode()))


def print_error(sentence: str) -> None:
    """Print a sentence in red on standard error, on one line."""
    console = message_console(soft_wrap=True, highlight=False)
    console.print(flatten_text(sentence), style="red", markup=False)


def report_failure(
    sentence: str, code: int, *, as_json: bool = False, kind: str | None = None
) -> FailureExit:
    """Print a failure and return the end of the command, to be raised.

    ``as_json``: as a document on standard output, with the ``kind`` of the error when given.
    """
    if as_json:
        print_json({"error": sentence} | ({} if kind is None else {"kind": kind}))
    else:
        print_error(sentence)
    return FailureExit(code, sentence)


def exit_with_error(sentence: str, code: int) -> NoReturn:
    """Print a sentence and end the command; raises ``FailureExit``."""
    raise report_failure(sentence, code)


class TerminalProgress(ProgressListener):
    """Stages and counts of a run on a line of the terminal."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("Starting", total=None, done="")

    def show_stage(self, name: str) -> None:
        """Name the stage."""
        self._progress.update(self._task, description=name, done="")

    def show_count(self, done: int) -> None:
        """Show how many documents are done."""
        self._progress.update(self._task, done=f"{done:,}")


@contextmanager
def open_progress() -> Iterator[TerminalProgress]:
    """A line of progress during the body, on a terminal alone."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description} {task.fields[done]}"),
        TimeElapsedColumn(),
    )
    with _build_progress(*columns) as progress:
        yield TerminalProgress(progress)


class DelayedBar(ProgressListener):
    """A bar that shows once its work has lasted ``BAR_DELAY_S``."""

    def __init__(self, progress: Progress, description: str, total: int | None) -> None:
        super().__init__()
        self._progress = progress
        self._due = time.monotonic() + BAR_DELAY_S
        self._task = progress.add_task(description, total=total)

    def show_count(self, done: int) -> None:
        """Move the bar, and show it once it is due."""
        self._progress.update(self._task, completed=done)
        if time.monotonic() >= self._due and not self._progress.live.is_started:
            self._progress.start()


@contextmanager
def open_delayed_bar(
    description: str, *columns: ProgressColumn, total: int | None = None
) -> Iterator[DelayedBar]:
    """A delayed bar during the body: its description, ``columns``, a count and the time."""
    progress = _build_progress(
        TextColumn("{task.description}"), *columns, MofNCompleteColumn(), TimeElapsedColumn()
    )
    try:
        yield DelayedBar(progress, description, total)
    finally:
        progress.stop()


def _build_progress(*columns: ProgressColumn) -> Progress:
    console = message_console()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
