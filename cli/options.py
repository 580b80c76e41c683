"""Options that several commands share, and the instant of ``--now``."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from mappings.bounds import INSTANTS
from mappings.instants import InstantError, parse_instant

AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="INSTANT",
        help="Instant of the data, 2026-11-23T08:00:00Z; default: the current minute.",
    ),
]
Examples = Annotated[
    int, typer.Option("--examples", min=0, help="Offers named for each sort of change.")
]
AcceptDrift = Annotated[
    bool,
    typer.Option(
        "--accept-drift",
        help="Go on knowingly although counts moved by more than 5 % or 1 % was set aside.",
    ),
]
CancelOrientations = Annotated[
    bool,
    typer.Option(
        "--cancel-orientations",
        help="Annule les orientations vers les heures fermées ; sans elle, c'est refusé.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]


def parse_optional_instant(text: str | None) -> datetime:
    """The instant in UTC, the current one without a text; raises ``InstantError``."""
    return datetime.now(UTC) if text is None else parse_instant(text)


def parse_now(text: str | None) -> datetime:
    """The same for an option; raises ``BadParameter`` for a text without an offset, and for an
    instant of no year of the service."""
    try:
        moment = parse_optional_instant(text)
    except InstantError:
        raise typer.BadParameter("write an instant with its offset, 2026-11-23T08:00:00Z") from None
    if not INSTANTS.holds(moment):
        raise typer.BadParameter(f"write an instant {INSTANTS.limit}")
    return moment
