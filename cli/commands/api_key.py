"""The commands ``api-key``: keys of machine clients, printed once and kept as digests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from cli.error_report import open_error_report
from cli.exit_codes import REFUSED
from cli.options import AsJson
from cli.output import exit_with_error, print_json, print_line, result_console
from cli.records import import_key_file, open_records
from cli.terminal_text import flatten_text
from mappings.roles import UserRole
from records.access import OPERATOR
from records.database import Database
from records.keys.store import create_api_key, list_api_keys, revoke_api_key

keys = typer.Typer(help="Keys of programs that call the API.", no_args_is_help=True)

KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        envvar="SAS_API_KEYS_FILE",
        help="File of keys of an earlier version: they come into the records first.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(keys, name="api-key")


@keys.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as `lrm-lozere`.")],
    role: Annotated[list[UserRole], typer.Option(help="What it may do; repeat for several.")],
    file: KeyFileOption = None,
    as_json: AsJson = False,
) -> None:
    """Makes a key and prints it once: only its digest is kept.

    Example: `sas api-key new lrm-lozere --role OSNP`
    """
    with open_error_report(as_json), open_keys(file) as database:
        try:
            key, stored = create_api_key(database, OPERATOR, name, role, datetime.now(UTC))
        except ValidationError:
            exit_with_error("A name has 1 to 60 characters: give another.", REFUSED)
    if as_json:
        print_json({"id": stored.id, "key": key})
    else:
        print_line(key)
    print_line("Keep it now: it is not shown again.", err=True)


@keys.command("list")
def show(file: KeyFileOption = None, as_json: AsJson = False) -> None:
    """Lists the keys in use, never what opens."""
    with open_error_report(as_json), open_keys(file) as database:
        kept = list_api_keys(database, OPERATOR)
    if as_json:
        shown = {"id", "name", "roles", "created"}
        rows = [key.model_dump(mode="json", include=shown) for key in kept]
        print_json(rows)
        return
    table = Table("id", "name", "roles", "created")
    for key in kept:
        table.add_row(
            key.id, escape(flatten_text(key.name)), ", ".join(key.roles), f"{key.created:%Y-%m-%d}"
        )
    result_console().print(table)


@keys.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="From `sas api-key list`.")],
    file: KeyFileOption = None,
) -> None:
    """Revokes a key: refused everywhere within a second."""
    with open_error_report(as_json=False), open_keys(file) as database:
        revoke_api_key(database, OPERATOR, key_id, datetime.now(UTC))
    print_line("Revoked.")


@contextmanager
def open_keys(file: Path | None) -> Iterator[Database]:
    """The records for the body, with the keys of a file of an earlier version in them."""
    with open_records() as database:
        if file is not None:
            import_key_file(database, file)
        yield database
