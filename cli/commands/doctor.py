"""The command ``doctor``: find out what is wrong."""

from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.markup import escape
from rich.table import Table

from cli.commands.node import load_settings_or_exit
from cli.exit_codes import REFUSED
from cli.options import AsJson
from cli.output import print_json, result_console
from cli.records_checks import check_records
from elastic.checks import Check, CheckLevel, run_checks

COLOURS = {CheckLevel.OK: "green", CheckLevel.WARN: "yellow", CheckLevel.BLOCK: "red"}


def register(app: typer.Typer) -> None:
    """Add the command to ``sas``."""
    app.command()(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Check Elasticsearch, the index, the records, the clock, Java, Maven, memory and disk.

    Each finding has a remedy; the exit code is 1 when one of them blocks.
    """
    checks = [*run_checks(load_settings_or_exit(as_json)), *check_records(datetime.now(UTC))]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        result_console().print(build_table(checks))
    if any(check.level is CheckLevel.BLOCK for check in checks):
        raise typer.Exit(REFUSED)


def build_table(checks: list[Check]) -> Table:
    """The findings as a table."""
    table = Table("", "check", "found", "how to mend it")
    for check in checks:
        state = f"[{COLOURS[check.level]}]{check.level}[/]"
        table.add_row(state, check.name, escape(check.finding), escape(check.remedy))
    return table
