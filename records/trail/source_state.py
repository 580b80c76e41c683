"""Freshness and completeness of each source, from its last load and the audit trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from mappings.freshness import MAX_QUARANTINE, SLOT_SOURCE, find_source_freshness
from records.trail.audit import AuditEntry, Event
from records.trail.last_loads import SourceLoad

RejectedCounts = Mapping[str, int]
"""Rows set aside, by source."""

LOADS = frozenset({Event.REINDEX_COMPLETED, Event.SOURCE_LOADED})
"""Events after which the live index holds new facts."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source in the live index."""

    load: SourceLoad
    as_of: datetime
    """The day of its file at 00:00 UTC, else the instant of its load."""
    age_s: float
    bound_s: float
    rejected: int
    """Rows set aside by its last load."""

    @property
    def stale(self) -> bool:
        """Whether it is older than its bound."""
        return self.age_s > self.bound_s

    @property
    def partial(self) -> bool:
        """Whether more rows were set aside than the gate accepts by itself."""
        return self.rejected > self.load.rows * MAX_QUARANTINE

    @property
    def is_slots(self) -> bool:
        """A source of slots: an editor, or the SAS agenda."""
        return self.load.source.startswith(SLOT_SOURCE)

    @property
    def name(self) -> str:
        """The source, or the editor."""
        return self.load.source.removeprefix(SLOT_SOURCE)


def build_source_state(load: SourceLoad, rejected: int, now: datetime) -> SourceState:
    """The state of a source at ``now``."""
    day = load.edition
    as_of = datetime.combine(day, time(), UTC) if day else load.loaded_at
    bound = find_source_freshness(load.source).bound.total_seconds()
    return SourceState(load, as_of, (now - as_of).total_seconds(), bound, rejected)


def build_source_states(
    loads: Iterable[SourceLoad], rejected_counts: RejectedCounts, now: datetime
) -> list[SourceState]:
    """The state of every source, by name."""
    ordered = sorted(loads, key=lambda load: load.source)
    return [build_source_state(load, rejected_counts.get(load.source, 0), now) for load in ordered]


def latest_rejected_counts(events: Iterable[AuditEntry]) -> dict[str, int]:
    """Rows set aside at the last load of each source; ``events`` of the trail, newest first."""
    found: dict[str, int] = {}
    for event in events:
        if event.event in LOADS:
            for source, count in event.details.get("aside", {}).items():
                found.setdefault(source, count)
    return found


def count_rejected_by_source(quarantine: Mapping[str, Any]) -> dict[str, int]:
    """Rows set aside by source, for the trail, from the quarantines of a report."""
    return {source: sum(of["rejected"].values()) for source, of in quarantine.items()}
