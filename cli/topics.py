"""Commands of ``sas`` by name, each loaded with its topic when it is first asked for.

All topics together take a second to load: a command waits for its own alone.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

INDEX = ("index", "index_keys")

TOPICS = MappingProxyType(
    {
        **dict.fromkeys(("up", "down"), ("node",)),
        "doctor": ("doctor",),
        "fetch": ("fetch",),
        "generate": ("generate",),
        **dict.fromkeys(("reindex", "load", "schema"), ("reindex",)),
        "rollback": INDEX,
        "diff": ("diff",),
        "report": ("report",),
        "search": ("search",),
        "serve": ("serve",),
        "relevance": ("relevance",),
        **dict.fromkeys(("worker", "outbox"), ("records.worker",)),
        "api-key": ("api_key",),
        "index": INDEX,
        "snapshot": ("snapshots",),
        "quarantine": ("quarantine",),
        "notify": ("notify",),
        "slots": ("slots",),
        "editors": ("editors.sweep",),
        "simulate": ("editors.simulate",),
        "words": ("words",),
        "lrm": ("lrm",),
        "records": ("records.tables",),
        "settings": ("records.settings",),
        "structures": ("records.structures",),
        "absences": ("records.absences",),
        "agenda": ("records.agenda",),
        "orientations": ("records.orientations",),
        "accounts": ("records.accounts",),
        "indicators": ("records.indicators",),
    }
)
"""Command: the modules of its topic in ``cli.commands``, in the order of the help."""

APPEARANCE: Mapping[str, Any] = MappingProxyType(
    {"rich_markup_mode": "markdown", "pretty_exceptions_show_locals": False}
)
"""Of the help and of an error nobody foresaw, the same for all topics."""


@cache
def load_topic(modules: tuple[str, ...]) -> Mapping[str, Any]:
    """The commands that these modules add."""
    topic = typer.Typer(**APPEARANCE)
    for name in modules:
        import_module(f"cli.commands.{name}").register(topic)
    return get_group(topic).commands


class TopicCommands(Mapping[str, Any]):
    """Every command of the table, loaded when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        return load_topic(TOPICS[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TOPICS)

    def __len__(self) -> int:
        return len(TOPICS)


class TopicGroup(TyperGroup):
    """The group ``sas``: it names its commands without loading them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = TopicCommands()  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the help."""
        return list(self.commands)
