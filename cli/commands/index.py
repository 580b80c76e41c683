"""Commands ``sas index`` and ``sas rollback``: status, history, prune, migrate, rollback."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.error_report import open_error_report
from cli.exit_codes import REFUSED
from cli.failures import describe_error
from cli.notification.attempt import open_attempt
from cli.options import AsJson, DryRun, parse_now
from cli.output import print_json, print_line, result_console
from cli.records import open_trail
from cli.views import index as index_view
from cli.views import index_upkeep
from elastic import lifecycle
from elastic.client import sync_client
from elastic.names import offers_alias
from elastic.schema import MigrationKind
from elastic.settings import read_elastic_settings
from indexers.quality.index_stats import fetch_index_stats
from indexers.reindex import recipe
from indexers.upkeep import indices
from records.errors import RecordsError
from records.settings import BadDatabaseUrl
from records.trail import audit
from records.trail.audit import Event
from records.trail.last_loads import last_loads
from records.trail.source_state import build_source_states

index_app = typer.Typer(
    name="index", help="The index of offers: what is live, what is kept.", no_args_is_help=True
)


def rollback(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Make the previous index live again, by one swap of the alias."""
    if dry_run:
        _show_rollback_plan(as_json)
        return
    with (
        open_attempt("rollback"),
        open_error_report(as_json),
        open_trail(checked=False) as trail,
        sync_client() as client,
    ):
        left, live = recipe.rollback(client, trail, datetime.now(UTC))
    if as_json:
        print_json({"left": str(left), "live": str(live)})
    else:
        print_line(f"{live} is live again; {left} is kept.")


def _show_rollback_plan(as_json: bool) -> None:
    with open_error_report(as_json), sync_client() as client:
        plan = indices.rollback_plan(client, read_elastic_settings().index_prefix)
    if as_json:
        print_json(plan.as_json())
    else:
        result_console().print(index_upkeep.rollback_plan(plan))


def history(
    index: Annotated[str | None, typer.Option(help="Only of this concrete index.")] = None,
    event: Annotated[Event | None, typer.Option(help="Only of this sort.")] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="Only from then on, 2026-11-23T08:00:00Z."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Newest lines, at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Who did what to the indices, when, and with which counts; the newest first."""
    start = None if since is None else parse_now(since)
    events = None if event is None else {event}
    with open_error_report(as_json), open_trail() as trail:
        lines = audit.read_audit_trail(trail, limit=limit, index=index, events=events, since=start)
    if as_json:
        print_json([asdict(entry) for entry in lines])
    else:
        result_console().print(index_upkeep.history(lines))


def prune(
    keep: Annotated[
        int, typer.Option(min=0, help="Previous indices to keep; with 0 none to roll back to.")
    ] = recipe.KEPT_INDICES,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete previous indices but the newest; the live one, and newer ones, are never touched."""
    if as_json and not (yes or dry_run):
        raise typer.BadParameter("a program cannot be asked: add --yes or --dry-run to --json")
    with open_error_report(as_json), open_trail() as trail, sync_client() as client:
        found = lifecycle.prunable_indices(client, offers_alias(trail.prefix), keep)
        if found and not (dry_run or yes):
            result_console().print(index_upkeep.prune_preview(found, keep))
            typer.confirm("Delete?", abort=True)
        gone = []
        if found and not dry_run:
            gone = indices.prune(client, trail, keep, datetime.now(UTC), found)
    if as_json:
        names = {"prunable": found, "pruned": gone}
        print_json({key: [str(name) for name in value] for key, value in names.items()})
    else:
        result_console().print(
            index_upkeep.prune_preview(found, keep) if dry_run else index_upkeep.prune_result(gone)
        )


def migrate(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Bring the live index to the schema of this program, when new fields are all it lacks.

    The fields are empty until the next `sas reindex`. Ends with code 1 when the schema differs
    otherwise: then a new index has to be built.
    """
    with open_error_report(as_json), open_trail() as trail, sync_client() as client:
        done = indices.migrate(client, trail, datetime.now(UTC), dry_run=dry_run)
    if as_json:
        print_json(done.as_json())
    else:
        result_console().print(index_upkeep.migration(done))
    if done.gap.migration_kind is MigrationKind.INCOMPATIBLE:
        raise typer.Exit(REFUSED)


@index_app.command("status")
def status(as_json: AsJson = False) -> None:
    """The live index, its counts and schema, the ones kept, and the last events of the trail.

    Where the records are away, the index is shown without its trail, with the reason.
    """
    with open_error_report(as_json), sync_client() as client:
        found = _read_index(client) | _read_trail()
    if as_json:
        print_json(found)
    else:
        result_console().print(index_view.status(found))
    if found["live"] is None:
        raise typer.Exit(REFUSED)


def _read_index(client: Any) -> dict[str, Any]:
    alias = offers_alias(read_elastic_settings().index_prefix)
    live = lifecycle.live_index(client, alias)
    found: dict[str, Any] = {
        "alias": alias,
        "live": str(live) if live else None,
        "kept": [str(name) for name in lifecycle.all_indices(client, alias) if name != live],
    }
    if live is not None:
        counts = fetch_index_stats(client, alias)
        found |= {"schema": lifecycle.schema_version(client, alias), **asdict(counts)}
    return found


def _read_trail() -> dict[str, Any]:
    """The last events and loads; without them, ``records`` says why."""
    try:
        with open_trail() as trail:
            events = audit.read_audit_trail(trail, limit=10)
            states = build_source_states(last_loads(trail).values(), {}, datetime.now(UTC))
    except (RecordsError, BadDatabaseUrl, OSError) as error:
        return {"trail": [], "sources": [], "records": describe_error(error)}
    return {
        "trail": [asdict(entry) for entry in events],
        "sources": [
            {
                "source": one.load.source,
                "as_of": one.as_of,
                "rows": one.load.rows,
                "stale": one.stale,
                "file": one.load.file,
                "loaded_at": one.load.loaded_at,
            }
            for one in states
        ],
        "records": None,
    }


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas`` and to ``sas index``."""
    app.add_typer(index_app)
    app.command()(rollback)
    for command in (history, prune, migrate):
        index_app.command()(command)
