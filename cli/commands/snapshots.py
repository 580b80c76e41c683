"""Commands ``sas snapshot``: keep what is live in a folder, and bring it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line, result_console
from cli.records import open_trail
from elastic.client import sync_client
from elastic.node.state import snapshot_dir
from elastic.settings import read_elastic_settings
from indexers.upkeep import snapshots
from indexers.upkeep.snapshots import Snapshot, SnapshotRepository

snapshot_app = typer.Typer(
    name="snapshot", help="Snapshots of the live index and what is beside it.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="From `sas snapshot list`.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; do nothing.")]


@contextmanager
def _open_repository(as_json: bool) -> Iterator[SnapshotRepository]:
    with open_error_report(as_json):
        chosen = read_elastic_settings()
        with open_trail() as trail, sync_client() as client:
            yield SnapshotRepository(client, snapshot_dir(chosen), trail)


@snapshot_app.command("create")
def create(as_json: AsJson = False) -> None:
    """Keep the live index; the records have backups of their own."""
    with _open_repository(as_json) as vault:
        taken = snapshots.take_snapshot(vault, datetime.now(UTC))
    _print_result(f"Snapshot {taken.name} holds {taken.index}.", _plain(taken), as_json)


@snapshot_app.command("list")
def show(as_json: AsJson = False) -> None:
    """The snapshots, the newest first."""
    with _open_repository(as_json) as vault:
        found = snapshots.list_snapshots(vault)
    if as_json:
        print_json([_plain(snapshot) for snapshot in found])
        return
    table = Table("snapshot", "taken at", "index of offers", "whole")
    for snapshot in found:
        whole = "yes" if snapshot.whole else "no"
        table.add_row(
            snapshot.name, f"{snapshot.taken_at:%Y-%m-%d %H:%M}", str(snapshot.index), whole
        )
    result_console().print(table)


@snapshot_app.command("restore")
def restore(name: Name, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Make a snapshot live, by one swap of the alias; what was live is kept for `sas rollback`."""
    with _open_repository(as_json) as vault:
        if dry_run:
            found = snapshots.find_restorable_snapshot(vault, name)
            return _print_result(
                f"Would make {found.index} of {name} live.", _plain(found), as_json
            )
        live = snapshots.restore_snapshot(vault, name, datetime.now(UTC))
    return _print_result(f"{live} is live, from snapshot {name}.", {"live": str(live)}, as_json)


@snapshot_app.command("delete")
def delete(name: Name, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Delete a snapshot."""
    with _open_repository(as_json) as vault:
        if dry_run:
            found = snapshots.find_snapshot(vault, name)
            return _print_result(f"Would delete snapshot {name}.", _plain(found), as_json)
        found = snapshots.delete_snapshot(vault, name, datetime.now(UTC))
    return _print_result(f"Snapshot {name} is deleted.", _plain(found), as_json)


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(snapshot_app)


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot": snapshot.name,
        "index": str(snapshot.index),
        "taken_at": snapshot.taken_at.isoformat(),
        "whole": snapshot.whole,
    }


def _print_result(sentence: str, value: object, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        print_line(sentence)
