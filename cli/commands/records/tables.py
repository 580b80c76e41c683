"""The commands ``records``: tables of what people declare, and files in and out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.error_report import open_error_report
from cli.options import AcceptDrift, AsJson, DryRun
from cli.output import open_progress, print_json, print_line
from cli.records import import_key_file, open_records
from elastic.client import sync_client
from elastic.errors import ElasticError
from elastic.settings import read_elastic_settings
from indexers.loads.records_import import import_records_file
from indexers.upkeep.former_homes import import_former_indices
from mappings.state_file import replace_file
from records.database import Database
from records.declared import DECLARED
from records.keys.tables import ApiKeyRow
from records.kinds import RecordKind, count_records, count_rows, read_values
from records.schema import SchemaState, read_schema_status, upgrade_schema
from records.trail.trail import Trail
from records.transfer.rows import TRANSFERS, export_lines, import_lines
from records.upkeep.backup import back_up_records, mark_restored, restore_records

records = typer.Typer(
    help="What people declare to the service, kept in SQL: tables, files in and out.",
    no_args_is_help=True,
)

FORMER_TIMEOUT_S = 10
"""Seconds for each look at an index of an earlier version."""
FORMER_UNREAD = (
    "Elasticsearch does not answer: after an upgrade run this again once it does, for the audit "
    "trail, last loads, corrected rows and LRM registry that earlier versions kept there."
)

Kind = Annotated[
    str, typer.Argument(metavar="KIND", help=f"One of: {', '.join((*DECLARED, *TRANSFERS))}.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(records, name="records")


@records.command("up")
def up(
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file", envvar="SAS_API_KEYS_FILE", help="Keys of programs of an earlier version."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the tables, or bring them to this program's schema. Safe to run again.

    SQLite in the state folder; `SAS_DATABASE_URL` names a PostgreSQL. What earlier versions kept
    elsewhere comes in too.
    """
    with open_error_report(as_json), open_records(checked=False) as database:
        before, after = read_schema_status(database), upgrade_schema(database)
        if key_file is not None:
            import_key_file(database, key_file)
        import_former_homes(database)
        document = {"database": database.display_name, "schema": after.revision}
        if as_json:
            print_json(document | {"before": before.revision})
            return
        changed = before.revision != after.revision
        done = f"from {before.revision or 'no tables'} to" if changed else "was already"
        print_line(f"{database.display_name}: schema {done} {after.revision}.")


def import_former_homes(database: Database) -> None:
    """Bring what earlier versions kept in Elasticsearch; lines say what came, or what is to do."""
    trail = Trail(database, read_elastic_settings().index_prefix)
    try:
        with sync_client(max_retries=0, request_timeout=FORMER_TIMEOUT_S) as client:
            done = import_former_indices(client, trail, datetime.now(UTC))
    except ElasticError:
        print_line(FORMER_UNREAD, err=True)
        return
    for index, rows in done.items():
        print_line(f"{rows:,} rows of index {index} are in the records now.", err=True)


@records.command("status")
def status(as_json: AsJson = False) -> None:
    """Show where the records are, their schema, and how much they hold."""
    with open_error_report(as_json), open_records(checked=False) as database:
        found = read_schema_status(database)
        held = count_held(database) if found.state is SchemaState.CURRENT else {}
        document = {
            "database": database.display_name,
            "schema": found.revision,
            "expected": found.head,
            "state": found.state,
            "held": held,
        }
    if as_json:
        print_json(document)
        return
    print_line(f"{document['database']}: schema {found.revision or 'none'} ({found.state})")
    for kind, count in held.items():
        print_line(f"  {kind:<15} {count:>9,}")
    if found.state is not SchemaState.CURRENT:
        print_line("Run `sas records up`.", err=True)


@records.command("import")
def import_file(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="JSON Lines, or CSV. `sas schema KIND`.")],
    dry_run: DryRun = False,
    accept_drift: AcceptDrift = False,
    as_json: AsJson = False,
) -> None:
    """Bring a file into the records; of a row and a record the later one holds.

    Rows set aside are counted; above 1 % of them nothing is imported. Accounts and orientations
    come from an export alone, all or none: those that are there stay as they are.

    Example: `sas records import participation participation.jsonl --dry-run`
    """
    with open_error_report(as_json), open_records() as database, open_progress() as watch:
        watch.stage(f"Importing {file.name}")
        now = datetime.now(UTC)
        if kind in TRANSFERS:
            with file.open("rb") as lines:
                report = import_lines(database, TRANSFERS[kind], lines, now, dry_run=dry_run)
        else:
            report = import_records_file(
                database, find_kind(kind), file, now, accept_drift=accept_drift, dry_run=dry_run
            )
    if as_json:
        print_json({"kind": kind, "rows": report.rows, "written": report.written})
        return
    verb = "would be written" if dry_run else "written"
    print_line(f"{report.rows:,} rows, {report.written:,} {verb}; the others were known or older.")


@records.command("export")
def export_file(kind: Kind, file: Annotated[Path, typer.Argument(help="JSON Lines.")]) -> None:
    """Write a kind of records to a file, in the format that `import` reads."""
    with open_error_report(as_json=False), open_records() as database:
        written = write_lines(file, list_lines(database, kind))
    print_line(f"{written:,} records written to {file}.")


def list_lines(database: Database, kind: str) -> Iterator[str]:
    """Every record of a kind as a line of JSON; raises ``BadParameter`` for another kind."""
    if kind in TRANSFERS:
        return export_lines(database, TRANSFERS[kind])
    held = read_values(database, find_kind(kind)).values()
    return (one.model_dump_json(exclude_none=True) for one in held)


def write_lines(file: Path, lines: Iterable[str]) -> int:
    """Write lines to a file that its owner alone reads; returns how many."""
    written = [*lines]
    replace_file(file, "".join(f"{line}\n" for line in written).encode())
    return len(written)


@records.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="File of the backup; it must not exist.")],
    as_json: AsJson = False,
) -> None:
    """Copy the records of SQLite to a file while they are used. PostgreSQL: `pg_dump`."""
    with open_error_report(as_json), open_records() as database:
        size = back_up_records(database, file)
    if as_json:
        print_json({"file": str(file), "bytes": size})
        return
    print_line(f"{database.display_name}: {size:,} bytes in {file}.")


@records.command("restore")
def restore(
    file: Annotated[
        Path | None, typer.Argument(help="A backup; none for PostgreSQL, after `pg_restore`.")
    ] = None,
) -> None:
    """Bring a backup into a state folder without records; then run `sas reindex`.

    Agendas become the last word again, whatever the index holds of a later one.
    """
    with open_error_report(as_json=False), open_records(checked=False) as database:
        now = datetime.now(UTC)
        if file is not None:
            restore_records(database, file, now)
        else:
            upgrade_schema(database)
            mark_restored(database, now)
    print_line(f"{database.display_name}: restored. Run `sas reindex --from DIR`.")


def find_kind(name: str) -> RecordKind[Any]:
    """A kind that records hold; raises ``BadParameter`` for another."""
    if name not in DECLARED:
        known = ", ".join((*DECLARED, *TRANSFERS))
        raise typer.BadParameter(f"{name!r} is not held in records: choose {known}")
    return DECLARED[name]


def count_held(database: Database) -> dict[str, int]:
    """Records of each kind."""
    declared = {name: count_records(database, kind) for name, kind in DECLARED.items()}
    tables = {name: kind.table for name, kind in TRANSFERS.items()} | {"api-keys": ApiKeyRow}
    return declared | {name: count_rows(database, table) for name, table in tables.items()}
