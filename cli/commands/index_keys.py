"""The command ``sas index keys``: keys of Elasticsearch for the API and for the indexers."""

from typing import Annotated

import typer

from cli.commands.index import index_app
from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line
from elastic.client import client_for, superuser_options
from elastic.keys import KeyRole, issue_api_key, revoke_api_keys
from elastic.settings import read_elastic_settings


def keys(
    days: Annotated[
        int | None, typer.Option(min=1, help="Days they open; default: always.")
    ] = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Refuse the earlier keys of the same name.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make keys of Elasticsearch: `reader` (the API), `writer` (indexers), `keeper` (snapshots).

    Each has the least rights it needs, on the indices of `SAS_INDEX_PREFIX` alone. They are shown
    once: put them in `SAS_ELASTICSEARCH_API_KEY` of each program. The embedded cluster of
    `sas up --secure` needs nothing else; yours needs a user that administers security.
    """
    with open_error_report(as_json):
        chosen = read_elastic_settings()
        with client_for(chosen, **superuser_options(chosen)) as client:
            if revoke:
                for duty in KeyRole:
                    revoke_api_keys(client, duty, chosen.index_prefix)
            made = {
                duty.value: issue_api_key(client, duty, chosen.index_prefix, days)
                for duty in KeyRole
            }
    if as_json:
        print_json(made)
        return
    for name, key in made.items():
        print_line(f"{name} {key}")
    print_line("Keep them now: they are not shown again.", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to ``sas index``."""
    index_app.command("keys")(keys)
