"""``sas``, the command line: one module per topic, loaded when one of its commands is typed."""

from typing import Any

import typer

from cli.streams import open_standard_streams
from cli.topics import APPEARANCE, TopicGroup


class CommandLine(typer.Typer):
    """The commands, behind the standard streams of the process."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command that was typed."""
        open_standard_streams()
        return super().__call__(*args, **kwargs)


app = CommandLine(name="sas", cls=TopicGroup, no_args_is_help=True, **APPEARANCE)


@app.callback()
def sas() -> None:
    """Care-offer search engine of the Service d'Accès aux Soins."""
