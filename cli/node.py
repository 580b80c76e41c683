"""Commands of the topic ``node``."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
