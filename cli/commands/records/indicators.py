"""The command ``indicators``: figures of the service."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line, result_console
from cli.records import open_records
from records.access import OPERATOR
from records.indicators.definitions import IndicatorValues, compute_indicators
from records.indicators.files import describe_indicators, write_csv
from records.indicators.periods import find_day

SHOWN = 12
"""Values of an indicator that the terminal shows; files hold them all."""


def register(app: typer.Typer) -> None:
    """Add the command to ``sas``."""
    app.command("indicators")(indicators)


def indicators(
    day: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Jour de lecture, 2026-11-30 ; défaut : aujourd'hui."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Écrit un fichier pour un tableur.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Donne les indicateurs du service ; aucun ne porte sur une personne.

    Semaines et mois sont les derniers complets avant le jour.
    """
    with open_error_report(as_json), open_records() as database:
        chosen = parse_day(day)
        found = compute_indicators(database, OPERATOR, chosen)
    if csv is not None:
        csv.write_text(write_csv(found), encoding="utf-8")
        print_line(f"{csv} : {sum(len(one.values) for one in found)} valeurs.", err=True)
    if as_json:
        print_json({"day": chosen.isoformat(), "indicators": describe_indicators(found)})
    elif csv is None:
        for one in found:
            result_console().print(build_table(one))


def parse_day(text: str | None) -> date:
    """The day, today without a text; raises ``BadParameter``."""
    if text is None:
        return find_day(datetime.now(UTC))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("écrivez un jour : 2026-11-30") from None


def build_table(one: IndicatorValues) -> Table:
    """An indicator with its first values, the largest first."""
    table = Table(title=one.indicator.sentence, title_justify="left", show_header=False)
    largest = sorted(one.values, key=lambda value: -value.number)
    for value in largest[:SHOWN]:
        of = " ".join(str(cell) for cell in value.of.values() if cell is not None)
        table.add_row(of or "ensemble", f"{value.number:,g}".replace(",", " "), one.indicator.unit)
    if not one.values:
        table.add_row("aucune valeur", "", "")
    if len(largest) > SHOWN:
        table.add_row(f"{len(largest) - SHOWN} de plus : --csv", "", "")
    return table
