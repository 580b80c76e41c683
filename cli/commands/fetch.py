"""Command of the topic ``fetch``: the published files downloaded into a directory to index."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from cli.error_report import open_error_report
from cli.exit_codes import REFUSED, UNAVAILABLE
from cli.options import AsJson
from cli.output import message_console, print_error, print_json, report_failure, result_console
from indexers.fetch import fetcher as fetching
from indexers.fetch.catalogue import SOURCES
from indexers.fetch.errors import (
    FetchError,
    FetchRunningError,
    SourceUnreachableError,
    UnknownFetchError,
)
from indexers.fetch.fetcher import FetchRequest, FetchResult
from indexers.fetch.settings import fetch_settings


def fetch(
    *,
    directory: Annotated[
        Path, typer.Option("--to", help="Directory the files go to.", show_default=False)
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=f"Only this source; repeat it: {', '.join(SOURCES)}."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(help="A mirror that has every file; default: SAS_FETCH_BASE_URL."),
    ] = None,
    accept_drift: Annotated[
        bool,
        typer.Option("--accept-drift", help="Take a file though it is over 5 % smaller."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Request headers only; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Download the published files (RPPS, FINESS, Ameli) into a directory to index.

    A download that broke off goes on where it stopped. A file replaces the one of before only when
    it is whole, has the expected form and is not over 5 % smaller. Publishers and licences:
    docs/reference/sources/README.md.
    """
    with open_error_report(as_json):
        try:
            order = FetchRequest(
                directory,
                datetime.now(UTC),
                fetch_settings(base_url),
                tuple(only or ()),
                accept_drift,
            )
            outcomes = list(fetching.preview_sources(order)) if dry_run else _with_progress(order)
        except FetchError as error:
            raise _failure(error, as_json) from error
    if as_json:
        print_json({"dry_run": dry_run, "sources": [one.as_json() for one in outcomes]})
    else:
        _show(outcomes, dry_run)
    if code := exit_code([one.error for one in outcomes if one.error is not None]):
        raise typer.Exit(code)


def exit_code(errors: list[FetchError]) -> int:
    """0 done, 1 something refused, 3 when all that failed could not be reached or is locked."""
    waiting = (SourceUnreachableError, FetchRunningError)
    if not errors:
        return 0
    return UNAVAILABLE if all(isinstance(error, waiting) for error in errors) else REFUSED


def _failure(error: FetchError, as_json: bool) -> typer.Exit:
    code = REFUSED if isinstance(error, UnknownFetchError) else exit_code([error])
    return report_failure(str(error), code, as_json=as_json, kind=type(error).__name__)


def _with_progress(order: FetchRequest) -> list[FetchResult]:
    with _open_bars() as bars:
        tasks = {one.name: bars.add_task(one.name, total=None) for one in order.sources}
        return list(
            fetching.fetch_sources(
                order,
                lambda name, done, total: bars.update(tasks[name], completed=done, total=total),
            )
        )


@contextmanager
def _open_bars() -> Iterator[Progress]:
    console = message_console()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    quiet = not console.is_terminal
    with Progress(
        *columns, TransferSpeedColumn(), console=console, transient=True, disable=quiet
    ) as bars:
        yield bars


def _show(outcomes: list[FetchResult], dry_run: bool) -> None:
    console = result_console(soft_wrap=True)
    for one in outcomes:
        if one.error is not None:
            print_error(f"{one.source}: {one.error}")
        for name, size in one.files.items():
            verb = "would give" if dry_run else "gave"
            volume = f"{size:,} bytes" if size else "size unknown"
            console.print(f"{one.source} {verb} {escape(name)}, {volume}")
        for name in one.replaced:
            console.print(f"{one.source} replaced {escape(name)}")


def register(app: typer.Typer) -> None:
    """Add the command of this topic to ``sas``."""
    app.command()(fetch)
