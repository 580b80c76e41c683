"""``sas report``: what a run did, or where it stopped; as text, as one HTML file, as JSON."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line, result_console
from cli.terminal_text import flatten_texts
from elastic.settings import read_elastic_settings
from indexers.report.page import MIB, OUTCOMES, render_page
from indexers.runs import folder as runs
from mappings.state_file import EVERYBODY_READS, replace_file


def register(app: typer.Typer) -> None:
    """Add the command of this topic to ``sas``."""
    app.command("report")(report)


def report(
    run: Annotated[
        str | None, typer.Argument(help="Name of a run, or its beginning; default: the last one.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the page there; it needs no network."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a run did, or where it failed: times, memory, offers, drift, rows set aside.

    Each reindex, dry run and load leaves `report.json` and `report.html` in its folder.
    """
    with open_error_report(as_json):
        folder = runs.find_run(read_elastic_settings().state_dir, run)
        found = runs.read_report(folder)
        if html is not None:
            replace_file(html, render_page(folder.name, found).encode(), mode=EVERYBODY_READS)
    if as_json:
        print_json({"name": folder.name, **found})
    elif html is not None:
        print_line(f"{html} tells run {folder.name}.")
    else:
        result_console().print(report_view(folder, flatten_texts(found)))


def report_view(folder: Path, found: dict[str, Any]) -> Group:
    """The report in a few lines."""
    run = found.get("run", {})
    outcome = OUTCOMES.get(run.get("outcome", ""), "No report was written")
    lines = [f"Run {folder.name}: {outcome}. sas {run.get('command', '')}"]
    if error := run.get("error"):
        lines.append(f"While: {run.get('stopped_at') or 'starting'}. {error['sentence']}")
    if "seconds" in run:
        memory = run["peak_memory_bytes"] / MIB
        lines.append(f"{run['started']}, {run['seconds']:,.1f} s, at most {memory:,.0f} MiB.")
    table = Table("stage", "seconds")
    for stage, seconds in run.get("stages", {}).items():
        table.add_row(escape(stage), f"{seconds:,.1f}")
    page = folder / runs.PAGE
    return Group(*map(escape, lines), table, escape(f"The whole report: {page}"))
