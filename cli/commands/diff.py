"""The command ``sas diff``: differences of an index from another."""

from typing import Annotated

import typer
from rich.progress import BarColumn

from cli.error_report import open_error_report
from cli.exit_codes import DIFFERENT
from cli.options import AsJson, Examples
from cli.output import open_delayed_bar, print_json, result_console
from cli.views import diff as diff_text
from elastic import lifecycle
from elastic.client import sync_client
from elastic.settings import read_elastic_settings
from indexers.changes.comparison import compare_indices, two_sides
from indexers.changes.differences import EXAMPLES, Differences


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
    """Compare two indices: offers added, changed and removed.

    Slots change all day and are counted apart; where a fact comes from and the day of its file
    are not compared. Both indices are only read.
    """
    found = Differences(max_examples=examples)
    with open_error_report(as_json), sync_client() as client:
        old, new = two_sides(client, read_elastic_settings().index_prefix, left, right)
        total = lifecycle.count_documents(client, old) + lifecycle.count_documents(client, new)
        with open_delayed_bar("Comparing offers", BarColumn(), total=total) as bar:
            compare_indices(client, old, new, found, bar)
    if as_json:
        print_json({"left": str(old), "right": str(new), **found.as_json()})
    else:
        result_console().print(diff_text.comparison(str(old), str(new), found))
    if exit_code and found.has_differences:
        raise typer.Exit(DIFFERENT)


def register(app: typer.Typer) -> None:
    """Add the command to ``sas``."""
    app.command()(diff)
