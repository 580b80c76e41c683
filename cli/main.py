"""``sas``, the command line: one module per topic, each adds its commands to the app."""

from typing import Any

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
    words,
)
from cli.commands.records import settings, tables, worker
from cli.streams import open_standard_streams


class CommandLine(typer.Typer):
    """The commands, behind the standard streams of the process."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command that was typed."""
        open_standard_streams()
        return super().__call__(*args, **kwargs)


app = CommandLine(
    name="sas",
    help="Care-offer search engine of the Service d'Accès aux Soins.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)

TOPICS = (
    *(api_key, node, fetch, generate, reindex, index, index_keys, diff, snapshots),
    *(quarantine, report, notify, slots, search, relevance, words, lrm),
    *(tables, settings, worker),
)
for topic in TOPICS:
    topic.register(app)
