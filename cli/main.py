"""``sas``: the door for people. One module per topic, each adds its commands to the app."""

import typer

from cli import (
    api_key,
    generate,
    index_keys,
    lrm,
    node,
    reindex,
    relevance,
    search,
    slots,
    snapshots,
)

app = typer.Typer(
    name="sas",
    help="Care-offer search engine of the Service d'Accès aux Soins.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)

for topic in (
    api_key,
    node,
    generate,
    reindex,
    index_keys,
    snapshots,
    slots,
    search,
    relevance,
    lrm,
):
    topic.register(app)
