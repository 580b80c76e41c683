"""Commands that keep the indices: their history, prune, migrate, and the way back."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.commands.generate import parse_now
from cli.commands.reindex import REFUSED, AsJson, console, index_app, open_error_report, print_json
from cli.notification.attempt import open_attempt
from cli.views import index_upkeep as told
from elastic import lifecycle
from elastic.client import sync_client
from elastic.names import offers_alias
from elastic.schema import MigrationKind
from elastic.service import audit
from elastic.service.audit import Event
from elastic.settings import read_elastic_settings
from indexers.reindex import recipe
from indexers.upkeep import indices

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")]


def rollback(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Make the previous index live again, by one swap of the alias."""
    if dry_run:
        _show_rollback_plan(as_json)
        return
    with open_attempt("rollback"), open_error_report(as_json), sync_client() as client:
        left, live = recipe.rollback(
            client, read_elastic_settings().index_prefix, datetime.now(UTC)
        )
    if as_json:
        print_json({"left": str(left), "live": str(live)})
    else:
        typer.echo(f"{live} is live again; {left} is kept.")


def _show_rollback_plan(as_json: bool) -> None:
    with open_error_report(as_json), sync_client() as client:
        plan = indices.rollback_plan(client, read_elastic_settings().index_prefix)
    if as_json:
        print_json(plan.as_json())
    else:
        console().print(told.rollback_plan(plan))


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
    with open_error_report(as_json), sync_client() as client:
        trail = audit.read_audit_trail(
            client,
            prefix=read_elastic_settings().index_prefix,
            limit=limit,
            index=index,
            event=event,
            since=start,
        )
    if as_json:
        print_json([asdict(entry) for entry in trail])
    else:
        console().print(told.history(trail))


def prune(
    keep: Annotated[
        int, typer.Option(min=0, help="Previous indices to keep; with 0 none to roll back to.")
    ] = recipe.KEPT_INDICES,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete previous indices but the newest; the live one, and newer ones, are never touched."""
    if as_json and not (yes or dry_run):
        raise typer.BadParameter("a program cannot be asked: add --yes or --dry-run to --json")
    with open_error_report(as_json), sync_client() as client:
        prefix = read_elastic_settings().index_prefix
        found = lifecycle.prunable_indices(client, offers_alias(prefix), keep)
        if found and not (dry_run or yes):
            console().print(told.prune_preview(found, keep))
            typer.confirm("Delete?", abort=True)
        gone = []
        if found and not dry_run:
            gone = indices.prune(client, prefix, keep, datetime.now(UTC), found)
    if as_json:
        names = {"prunable": found, "pruned": gone}
        print_json({key: [str(name) for name in value] for key, value in names.items()})
    else:
        console().print(told.prune_preview(found, keep) if dry_run else told.prune_result(gone))


def migrate(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Bring the live index to the schema of this program, when new fields are all it lacks.

    The fields are empty until the next `sas reindex`. Ends with code 1 when the schema differs
    otherwise: then a new index has to be built.
    """
    with open_error_report(as_json), sync_client() as client:
        prefix = read_elastic_settings().index_prefix
        done = indices.migrate(client, prefix, datetime.now(UTC), dry_run=dry_run)
    if as_json:
        print_json(done.as_json())
    else:
        console().print(told.migration(done))
    if done.gap.migration_kind is MigrationKind.INCOMPATIBLE:
        raise typer.Exit(REFUSED)


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas`` and to ``sas index``."""
    app.command()(rollback)
    for command in (history, prune, migrate):
        index_app.command()(command)
