"""The commands ``api-key``: keys of machine clients, printed once and kept as digests."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.error_report import open_error_report
from cli.exit_codes import REFUSED
from cli.output import exit_with_error, print_json, print_line, result_console
from cli.terminal_text import flatten_text
from mappings.api_keys import StoredKey, generate_api_key, read_keys, update_keys
from mappings.roles import UserRole

keys = typer.Typer(help="Keys of programs that call the API.", no_args_is_help=True)

KeyFileOption = Annotated[
    Path, typer.Option("--file", envvar="SAS_API_KEYS_FILE", help="File of the digests.")
]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(keys, name="api-key")


@keys.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as `lrm-lozere`.")],
    file: KeyFileOption,
    role: Annotated[list[UserRole], typer.Option(help="What it may do; repeat for several.")],
    as_json: Json = False,
) -> None:
    """Makes a key and prints it once: only its digest is kept.

    Example: `sas api-key new lrm-lozere --role OSNP`
    """
    try:
        key, stored = generate_api_key(name, role, datetime.now(UTC))
    except ValueError:
        exit_with_error("A name has 1 to 60 characters: give another.", REFUSED)
    with open_error_report(as_json):
        update_keys(file, lambda kept: [*kept, stored])
    if as_json:
        print_json({"id": stored.id, "key": key})
    else:
        print_line(key)
    print_line("Keep it now: it is not shown again.", err=True)


@keys.command("list")
def show(file: KeyFileOption, as_json: Json = False) -> None:
    """Lists the keys, never what opens."""
    with open_error_report(as_json):
        kept = read_keys(file)
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
    file: KeyFileOption,
) -> None:
    """Revokes a key: refused from the next request on."""
    with open_error_report(as_json=False):
        update_keys(file, partial(_without_key, key_id))
    print_line("Revoked.")


def _without_key(key_id: str, kept: tuple[StoredKey, ...]) -> list[StoredKey]:
    left = [key for key in kept if key.id != key_id]
    if len(left) == len(kept):
        exit_with_error("No key has this identifier: see `sas api-key list`.", REFUSED)
    return left
