"""Longest age of the facts of each source: the table ``source_freshness.csv``.

The age counts from the day of the file, else from the load.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "tables" / "source_freshness.csv"
SLOTS = "slots"
SLOT_SOURCE = "slots:"
"""Stands before the name of an editor, or of the SAS agenda, among the sources."""
MAX_QUARANTINE = 0.01
"""Share of the rows of one source above which its load is refused, and the source partial."""
DEFAULT_BOUND = timedelta(days=95)
"""For a source that the table does not know: the longest of those it knows."""


@dataclass(frozen=True, slots=True)
class SourceFreshness:
    """How a source is called on screen, and how old it may be."""

    label: str
    bound: timedelta


@cache
def freshness_table() -> Mapping[str, SourceFreshness]:
    """Freshness by source."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            row["source"]: SourceFreshness(row["label"], timedelta(days=int(row["days"])))
            for row in csv.DictReader(lines)
        }


def find_source_freshness(source: str) -> SourceFreshness:
    """Of any source; the slots of an editor share one bound and have its name."""
    if source.startswith(SLOT_SOURCE):
        slots = freshness_table()[SLOTS]
        return SourceFreshness(f"{slots.label} ({source.removeprefix(SLOT_SOURCE)})", slots.bound)
    return freshness_table().get(source, SourceFreshness(source, DEFAULT_BOUND))
