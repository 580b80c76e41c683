"""``sas``: the door for people. One module per topic, each adds its commands to the app."""

import typer

from cli import api_key, diff, generate, index, lrm, node, reindex, relevance, search, slots

app = typer.Typer(
    name="sas",
    help="Care-offer search engine of the Service d'Accès aux Soins.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)

for topic in (api_key, node, generate, reindex, index, diff, slots, search, relevance, lrm):
    topic.register(app)
