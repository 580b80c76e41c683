"""Counts of a reindex, done or rehearsed: for people, for programs and for the trail."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from indexers.changes.differences import Differences
from indexers.quality import gate
from indexers.quality.index_stats import IndexStats, MostFrequentCounter
from indexers.reindex.last_words import SettledOffer
from mappings.records import Offer, StoredSlot
from records.trail.last_loads import SourceLoad
from records.trail.source_state import count_rejected_by_source
from slots.loading.directory import DirectorySlots

AUDIT_KEYS = frozenset(
    {"index", "live_before", "kinds", "total", "slots", "accepted", "refused", "pruned"}
)
"""Fields of a report kept in the audit trail; the rest is in the folder of the run."""


@dataclass(slots=True)
class ReindexReport:
    """Counts of a run, done or rehearsed."""

    index: str
    live_before: str | None
    offers: IndexStats = field(default_factory=IndexStats)
    before: IndexStats | None = None
    names: dict[str, MostFrequentCounter] = field(default_factory=gate.build_name_counters)
    slots: dict[str, Any] = field(default_factory=dict)
    quarantine: dict[str, Any] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    """Problems of the gate that were accepted with ``--accept-drift``."""
    refused: list[str] = field(default_factory=list)
    """Dry run only: why the gate would not open."""
    differences: Differences | None = None
    """Dry run only: which offers would be added, changed and removed."""
    pruned: list[str] = field(default_factory=list)
    loads: list[SourceLoad] = field(default_factory=list)
    """The load of each source."""
    warnings: list[str] = field(default_factory=list)
    """Warnings on a file as a whole, which do not refuse it."""

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        live, differences = self.before or IndexStats(), {}
        if self.differences is not None:
            differences = {"differences": self.differences.as_json()}
        return {
            "index": self.index,
            "live_before": self.live_before,
            "kinds": compare_counts(self.offers.kinds, live.kinds),
            "departments": compare_counts(self.offers.departments, live.departments),
            "professions": compare_counts(self.offers.professions, live.professions),
            "total": self.offers.total,
            "live_total": None if self.before is None else self.before.total,
            "slots": self.slots,
            "quarantine": self.quarantine,
            "accepted": self.accepted,
            "refused": self.refused,
            "pruned": self.pruned,
            "warnings": self.warnings,
            **differences,
        }


def stream_counted(offers: Iterable[Offer], report: ReindexReport) -> Iterator[Offer]:
    """The same offers; each is counted in the report as it is read."""
    for offer in offers:
        count_in_report(offer, report)
        yield offer


def count_in_report(offer: Offer, report: ReindexReport) -> None:
    """Count an offer: its kind, department, profession and names."""
    report.offers.add(offer)
    gate.count_names(report.names, offer)


def count_settled(
    settled: Iterable[SettledOffer], found: DirectorySlots, report: ReindexReport, has_own: bool
) -> Iterator[SettledOffer]:
    """The same offers; what becomes of the slots is in ``report.slots`` once all are read.

    ``has_own`` is whether the directory has answers, whose counts are then told.
    """
    bearers, carried = 0, 0
    for one in settled:
        bearers += bool(one.offer.get("slots"))
        carried += one.keeps_live_slots
        if one.is_new_place:
            count_in_report(one.offer, report)
        yield one
    own = {"bearers": bearers, **slot_counts(found)} if has_own else {}
    report.slots = {"carried_to": carried, **own}


def compare_counts(new: Mapping[str, int], live: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Offers by key of one census: in the live index, in the new one."""
    return {
        key: {"live": live.get(key, 0), "new": new.get(key, 0)} for key in sorted({*live, *new})
    }


def slot_counts(found: DirectorySlots) -> dict[str, Any]:
    """The slots of a directory as counts, for a report."""
    return {
        "sources": _by_source(found.slots.values()),
        "slots": sum(map(len, found.slots.values())),
        "answers": found.answers,
        "late": found.late,
        "places_created": len(found.created),
        "unmatched": dict(found.unmatched),
        "hidden": dict(found.hidden),
        "rejected": dict(found.rejected),
    }


def _by_source(slots: Iterable[Sequence[StoredSlot]]) -> dict[str, int]:
    return dict(Counter(slot["source"] for of_offer in slots for slot in of_offer))


def audit_fields(report: ReindexReport, taken: timedelta) -> dict[str, Any]:
    """Fields of the trail: counts, the rows set aside by source, the seconds it took."""
    kept = {name: value for name, value in report.as_json().items() if name in AUDIT_KEYS}
    seconds = round(taken.total_seconds(), 3)
    return {**kept, "aside": count_rejected_by_source(report.quarantine), "seconds": seconds}
