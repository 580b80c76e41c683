"""Commands of the topic ``reindex``: fill the index, load a source, go back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.relevance import build_gate_judge
from cli.error_report import open_error_report
from cli.exit_codes import REFUSED, FailureExit
from cli.notification.attempt import open_attempt
from cli.options import AcceptDrift, AsJson, DryRun, Examples, Now, parse_now
from cli.output import open_progress, print_json, result_console
from cli.records import open_trail, warn_unread_agenda
from cli.views import index
from elastic.client import sync_client
from elastic.names import offers_index
from elastic.settings import read_elastic_settings
from geography.geocoding.batch import BatchGeocoder
from indexers.changes.differences import EXAMPLES
from indexers.loads import source_load as loading
from indexers.loads.records_import import DeclaredInput, RecordsHoldSettings, prepare_declared
from indexers.offers.pipeline import require_offers
from indexers.offers.settings import DeclaredSources
from indexers.quality import gate
from indexers.reindex import dry_run as rehearsal
from indexers.reindex import recipe
from indexers.runs import folder
from indexers.sources import own_formats
from records.database import Database
from records.declared import DECLARED
from records.kinds import count_records
from records.registry.store import REGISTRY


def reindex(
    *,
    directory: Annotated[
        Path, typer.Option("--from", help="Directory of files to index.", show_default=False)
    ],
    dry_run: DryRun = False,
    accept_drift: AcceptDrift = False,
    floor: Annotated[
        int, typer.Option(min=1, help="Offers the new index must have at least.")
    ] = gate.FLOOR,
    geocode: Annotated[
        bool,
        typer.Option(
            "--geocode",
            help="Query the national address service for addresses located at their commune only.",
        ),
    ] = False,
    import_files: Annotated[
        bool,
        typer.Option("--import", help="Bring files of declarations into records that hold some."),
    ] = False,
    now: Now = None,
    examples: Examples = EXAMPLES,
    as_json: AsJson = False,
) -> None:
    """Build a new index from a directory of files, check it, swap it in.

    The directory holds published files (RPPS, FINESS) and our own formats, all optional but one
    source of offers. Whatever fails leaves the live index as it was; the index that was live is
    kept for `sas rollback`. What is read and how: docs/explanation/pipeline.md.

    Settings of professionals and structures, and absences, come from the records; a file of them
    in the directory is imported first when the records hold none of its kind.
    """
    with (
        open_attempt("reindex") as attempt,
        open_error_report(as_json),
        open_trail() as trail,
        open_progress() as watch,
    ):
        attempt.watch = watch
        chosen = read_elastic_settings()
        started = datetime.now(UTC)
        instant = parse_now(now)
        order = recipe.ReindexRequest(
            directory=directory,
            now=instant,
            run=folder.create_run(chosen.state_dir, started),
            started=started,
            trail=trail,
            floor=floor,
            accept_drift=accept_drift,
            geocoder=BatchGeocoder() if geocode else None,
            judge=build_gate_judge(instant),
            declared=read_declared(
                trail.database,
                directory,
                DeclaredInput(
                    import_files,
                    dry_run,
                    accept_drift,
                    str(offers_index(trail.prefix, started)),
                ),
                started,
            ),
        )
        attempt.run = order.run
        with sync_client() as client:
            if dry_run:
                report = rehearsal.dry_run(client, order, watch, examples)
            else:
                report = recipe.reindex(client, order, watch)
    if as_json:
        print_json(report.as_json())
    else:
        result_console().print(index.report(report, dry_run))
    if report.refused:
        with open_attempt("reindex --dry-run") as attempt:
            attempt.run = order.run
            closed = gate.GateClosedError(report.refused, "")
            raise FailureExit(REFUSED, str(closed)) from closed


def read_declared(
    database: Database, directory: Path, chosen: DeclaredInput, now: datetime
) -> DeclaredSources:
    """What the records hold once the directory's files are in them."""
    require_offers(directory)
    declared = prepare_declared(database, directory, chosen, now)
    warn_unread_agenda(directory, len(declared.agendas or ()))
    return declared


def load(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(loading.SOURCES)}.")],
    file: Annotated[Path, typer.Argument(help="JSON Lines, or CSV for the flat formats.")],
    accept_drift: AcceptDrift = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Apply one small source to the live index at once.

    The file is the whole source: entries that left it are removed. Slots already stored are
    judged again, without a new query to editors. `sas schema SOURCE` prints the format.
    """
    with (
        open_attempt("load") as attempt,
        open_error_report(as_json),
        open_trail() as trail,
        open_progress() as watch,
    ):
        attempt.command = f"load {source}" if source in loading.SOURCES else "load"
        require_no_records(trail.database, source, file)
        now = datetime.now(UTC)
        attempt.run = run = folder.create_run(read_elastic_settings().state_dir, now)
        order = loading.LoadRequest(source, file, now, run, trail, accept_drift)
        with sync_client() as client:
            apply = loading.dry_run_load if dry_run else loading.load_source
            report = apply(client, order, watch)
    if as_json:
        print_json(report)
    else:
        result_console().print(index.load_report(report))


def require_no_records(database: Database, source: str, file: Path) -> None:
    """Raise ``RecordsHoldSettings`` for a source that the records hold: the file is not all.

    The registry of dispatch software is written to the records in any case.
    """
    if source == REGISTRY.name or source not in DECLARED:
        return
    if count_records(database, DECLARED[source]):
        raise RecordsHoldSettings(source, file)


def schema(
    name: Annotated[str | None, typer.Argument(help="A format; all are listed without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of one line of a format of ours; without a name, list the formats."""
    with open_error_report(as_json):
        if name is not None:
            print_json(own_formats.build_json_schema(name), indent=True)
            return
    if as_json:
        print_json(own_formats.descriptions())
    else:
        result_console().print(index.formats(own_formats.descriptions()))


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    for command in (reindex, load, schema):
        app.command()(command)
