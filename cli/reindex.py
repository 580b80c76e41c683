"""Commands of the topic ``reindex``."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
