"""The command ``sas diff``: what one index says otherwise than another."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.commands.reindex import AsJson, Examples, console, open_error_report, print_json
from cli.views import diff as diff_text
from elastic import lifecycle
from elastic.client import sync_client
from elastic.settings import read_elastic_settings
from indexers.changes.comparison import compare_indices, two_sides
from indexers.changes.differences import EXAMPLES, Differences
from indexers.runs.progress import ProgressListener

DIFFERENT = 4
"""Exit code of ``--exit-code`` when offers differ; 1 to 3 are failures."""
BAR_DELAY_S = 2.0
"""Seconds before a bar shows: an answer at once needs none."""


class DelayedBar(ProgressListener):
    """A bar on standard error once the work has taken more than ``PATIENCE_S``."""

    def __init__(self, progress: Progress, total: int) -> None:
        super().__init__()
        self._progress = progress
        self._due = time.monotonic() + BAR_DELAY_S
        self._task = progress.add_task("Comparing offers", total=total)

    def show_count(self, done: int) -> None:
        """Move the bar, and show it once it is due."""
        self._progress.update(self._task, completed=done)
        if time.monotonic() >= self._due and not self._progress.live.is_started:
            self._progress.start()


@contextmanager
def open_delayed_bar(total: int) -> Iterator[DelayedBar]:
    """A bar during the body, if it lasts."""
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(
        *columns,
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )
    try:
        yield DelayedBar(progress, total)
    finally:
        progress.stop()


def diff(
    left: Annotated[
        str | None,
        typer.Argument(help="Index or alias before; default: the previous index.", metavar="LEFT"),
    ] = None,
    right: Annotated[
        str | None,
        typer.Argument(help="Index or alias after; default: the live index.", metavar="RIGHT"),
    ] = None,
    examples: Examples = EXAMPLES,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help=f"End with code {DIFFERENT} when offers differ."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What an index says otherwise than another: offers added, changed and removed.

    Slots change all day and are counted apart; where a fact comes from and the day of its file
    are not compared. Both indices are only read.
    """
    found = Differences(max_examples=examples)
    with open_error_report(as_json), sync_client() as client:
        old, new = two_sides(client, read_elastic_settings().index_prefix, left, right)
        total = lifecycle.count_documents(client, old) + lifecycle.count_documents(client, new)
        with open_delayed_bar(total) as bar:
            compare_indices(client, old, new, found, bar)
    if as_json:
        print_json({"left": str(old), "right": str(new), **found.as_json()})
    else:
        console().print(diff_text.comparison(str(old), str(new), found))
    if exit_code and found.has_differences:
        raise typer.Exit(DIFFERENT)


def register(app: typer.Typer) -> None:
    """Add the command to ``sas``."""
    app.command()(diff)
