"""``sas``, the command line: one module per topic, each adds its commands to the app."""

import typer

from cli.commands import (
    api_key,
    diff,
    fetch,
    generate,
    index,
    index_keys,
    lrm,
    node,
    notify,
    quarantine,
    reindex,
    relevance,
    report,
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

TOPICS = (
    *(api_key, node, fetch, generate, reindex, index, index_keys, diff, snapshots),
    *(quarantine, report, notify, slots, search, relevance, lrm),
)
for topic in TOPICS:
    topic.register(app)
