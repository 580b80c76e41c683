"""Commands of the topic ``editors``: ask booking editors for their slots."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.commands.editors.check import check
from cli.exit_codes import REFUSED, UNAVAILABLE
from cli.failures import describe_error
from cli.output import exit_with_error, message_console, print_json, result_console
from editors.asked_people import fetch_asked_people
from editors.call import CallOutcome
from editors.editor import Editor
from editors.sheets import SheetInvalid, read_sheets
from editors.sweep import SweepReport
from editors.sweep_all import sweep_editors
from elastic.bulk import BulkRefusedError
from elastic.client import sync_client
from elastic.errors import ElasticError
from elastic.names import offers_alias
from elastic.optimistic import WriteConflictError
from elastic.settings import read_elastic_settings
from slots.loading.importing import ImportReport, import_answer
from slots.loading.requests import SourceAnswer

app = typer.Typer(
    name="editors",
    help="Éditeurs de logiciels de rendez-vous : les interroger.",
    no_args_is_help=True,
)


def register(main: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    app.command("check")(check)
    main.add_typer(app)


@app.command("sweep")
def sweep(
    sheets: Annotated[
        list[Path],
        typer.Argument(metavar="FICHE...", help="Fiches de convention, un ou plusieurs éditeurs."),
    ],
    department: Annotated[
        str | None, typer.Option(metavar="CODE", help="Seulement qui exerce là, comme 48.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Interroge et compte, n'écrit rien.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one document.")] = False,
) -> None:
    """Demande à chaque éditeur les créneaux de tous les professionnels indexés, et les écrit.

    Un éditeur en panne ne prend rien aux autres : ses créneaux restent, avec leur âge. Une réponse
    sans créneau en est une : elle vide ce que l'éditeur avait dit de ces personnes.

    Exemples : `sas editors sweep editeurs.json`, `sas editors sweep agendis.json --department 48`
    """
    with _open_error_report():
        reports, written = _sweep(_read_all(sheets), department, dry_run=dry_run)
    if as_json:
        print_json({"editors": _describe(reports), "slots": written.as_json()})
    else:
        result_console().print(_table(reports, written))
    if not any(report.calls[CallOutcome.OK] for report in reports.values()):
        exit_with_error("Aucun éditeur n'a répondu : voyez la colonne des appels.", REFUSED)


def _read_all(sheets: Sequence[Path]) -> list[Editor]:
    found = {editor.name: editor for path in sheets for editor in read_sheets(path)}
    return list(found.values())


def _sweep(
    editors: Sequence[Editor], department: str | None, *, dry_run: bool
) -> tuple[dict[str, SweepReport], ImportReport]:
    alias = offers_alias(read_elastic_settings().index_prefix)
    written = ImportReport()
    columns = (TextColumn("Réponses"), MofNCompleteColumn(), TimeElapsedColumn())
    with sync_client() as client, Progress(*columns, console=message_console()) as progress:
        people = fetch_asked_people(client, alias, department)
        task = progress.add_task("answers", total=None)

        async def write(answer: SourceAnswer) -> None:
            if not dry_run:
                now = datetime.now(UTC)
                done = await asyncio.to_thread(
                    import_answer, client, alias, answer, now, refresh=False
                )
                written.add(done)

        reports = asyncio.run(
            sweep_editors(
                editors,
                people,
                write,
                _read_clock,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        )
        if not dry_run:
            client.indices.refresh(index=alias)
    return reports, written


def _read_clock() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _open_error_report() -> Iterator[None]:
    try:
        yield
    except* ElasticError as errors:
        exit_with_error(str(errors.exceptions[0]), UNAVAILABLE)
    except* (BulkRefusedError, WriteConflictError, SheetInvalid, OSError) as errors:
        exit_with_error(describe_error(errors.exceptions[0]), REFUSED)


def _describe(reports: Mapping[str, SweepReport]) -> dict[str, Any]:
    return {
        name: {
            "calls": {outcome.value: count for outcome, count in report.calls.items()},
            "slots": report.slots,
            "rejected": dict(report.rejected),
        }
        for name, report in reports.items()
    }


def _table(reports: Mapping[str, SweepReport], written: ImportReport) -> Table:
    caption = f"{written.written} créneaux écrits, {written.removed} retirés"
    table = Table("Éditeur", "Appels", "Créneaux", "Refusés", caption=caption)
    for name, report in sorted(reports.items()):
        calls = ", ".join(f"{outcome.value} {n}" for outcome, n in sorted(report.calls.items()))
        table.add_row(name, calls or "aucun", str(report.slots), str(report.rejected.total()))
    return table
