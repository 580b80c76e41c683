"""One small source of ours applied at once to the live index (F111): the file is the whole source.

Facts that left the file are removed. Slots already stored are judged again by the coherence
rules, so no editor has to be queried.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import offers_alias
from elastic.service import lock
from elastic.service.lock import utc_now
from indexers.changes import patching
from indexers.changes.patching import Patch
from indexers.loads import cards as load_cards
from indexers.loads.changes import Changes
from indexers.loads.settings import absence_patches, participation_patches, structure_patches
from indexers.offers.solutions import build_solution_offers
from indexers.quality import gate
from indexers.quality.whole_files import FileFault, check_files
from indexers.reindex.recipe import LOCK
from indexers.runs import folder
from indexers.runs.folder import Quarantines
from indexers.runs.progress import ProgressListener
from indexers.runs.record import record_run
from indexers.sources import own_sources
from mappings.formats import LrmEntry
from mappings.records import Kind, Offer
from records.registry.store import load_registry
from records.trail import audit
from records.trail.audit import Event
from records.trail.corrections import read_corrections
from records.trail.last_loads import SourceLoad, build_source_load, last_loads, record_loads
from records.trail.trail import Trail


class EmptySourceError(ValueError):
    """The file holds no valid line, though the live index has offers that depend on it."""


class UnknownSourceError(ValueError):
    """No source of that name can be loaded by itself."""


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Which file to apply as which source."""

    source: str
    path: Path
    now: datetime
    """Instant of the load, for the trail."""
    run: Path
    trail: Trail
    accept_drift: bool = False
    clock: Callable[[], datetime] = utc_now
    """Time of the start and of the end in the report."""

    @property
    def alias(self) -> str:
        """The alias written to."""
        return offers_alias(self.trail.prefix)


@dataclass(frozen=True, slots=True)
class LoadTarget:
    """The live index while its lock is held, and the order being carried out."""

    client: Elasticsearch
    order: LoadRequest
    quarantines: Quarantines
    listener: ProgressListener

    def find_attached_cpts(self) -> frozenset[str]:
        """FINESS of the CPTS that a professional's place is attached to now."""
        return frozenset(load_cards.count_places_by_cpts(self.client, self.order.alias))

    def publish(self, entries: Mapping[str, LrmEntry]) -> int:
        """Make what files gave of the registry these entries; returns how many changed."""
        return load_registry(self.order.trail.database, entries, self.order.now).written

    def cards(self, kind: Kind) -> dict[str, Offer]:
        """The live offers of a kind, by id."""
        return load_cards.live_cards(self.client, self.order.alias, kind)

    def patch(self, patches: Iterator[Patch]) -> int:
        """Apply patches; returns the writes made."""
        return patching.apply_patches(self.client, self.order.alias, patches, self.listener.count)

    def replace(self, cards: Iterator[Offer], live: Mapping[str, Offer]) -> int:
        """Make the live cards those of the file; returns the writes made."""
        by_id = {card["id"]: card for card in cards}
        client, alias = self.client, self.order.alias
        done = load_cards.replace_cards(client, alias, by_id, live, self.listener.count)
        lifecycle.refresh_index(client, alias)
        return done


@dataclass(frozen=True, slots=True)
class DryRunTarget(LoadTarget):
    """A target that compares and counts where the other writes."""

    changes: Changes = field(default_factory=Changes)

    def find_attached_cpts(self) -> frozenset[str]:
        """FINESS of the CPTS that a place would be attached to after the changes so far."""
        known = load_cards.count_places_by_cpts(self.client, self.order.alias)
        return frozenset((known + self.changes.gained_places) - self.changes.lost_places)

    def patch(self, patches: Iterator[Patch]) -> int:
        """Count the changes of patches; returns the offers that differ."""
        return self._count_changes(
            pair
            for patch in patches
            for pair in patching.diff_patch(self.client, self.order.alias, patch)
        )

    def replace(self, cards: Iterator[Offer], live: Mapping[str, Offer]) -> int:
        """Count the changes of new cards; returns the offers that differ."""
        found = {card["id"]: card for card in cards}
        return self._count_changes(load_cards.diff_cards(found, live))

    def publish(self, entries: Mapping[str, LrmEntry]) -> int:
        """Count the entries of the registry that would come, change or go."""
        order = self.order
        found = load_registry(order.trail.database, entries, order.now, dry_run=True)
        return self.changes.count_entry_changes(found.before, found.after)

    def _count_changes(self, pairs: Iterator[tuple[Offer | None, Offer | None]]) -> int:
        before = self.changes.total
        for before_and_after in pairs:
            self.changes.count_offer_change(*before_and_after)
            self.listener.count(self.changes.total)
        return self.changes.total - before


def load_source(
    client: Elasticsearch, order: LoadRequest, listener: ProgressListener | None = None
) -> dict[str, Any]:
    """Apply one source; returns the writes made and the rows set aside.

    Raises ``UnknownSourceError``, ``EmptySourceError``, ``OwnFormatError``, ``GateClosedError``
    when more than 1 % of the file was set aside, ``LockTaken``, ``ElasticError``. Nothing is
    written before the whole file was read and passed.
    """
    apply = _find_loader(order.source)
    folder.write_origin(order.run, {"source": order.source, "path": str(order.path.absolute())})
    seen, report = listener or ProgressListener(), LoadReport(order.source)
    with record_run(order.run, f"load {order.source}", seen, order.clock, report.as_json):
        _load_locked(client, order, apply, report, seen)
    return report.as_json()


@dataclass(slots=True)
class LoadReport:
    """Counts of a load."""

    source: str
    index: str = ""
    writes: int = 0
    quarantines: Quarantines | None = None

    def as_json(self) -> dict[str, Any]:
        """The counts as plain values."""
        aside = {} if self.quarantines is None else self.quarantines.as_json()
        return {
            "source": self.source,
            "index": self.index,
            "writes": self.writes,
            "quarantine": aside,
        }


def _load_locked(
    client: Elasticsearch,
    order: LoadRequest,
    apply: "Callable[[LoadTarget], int]",
    report: LoadReport,
    progress: ProgressListener,
) -> None:
    progress.stage("Taking the lock")
    with (
        lock.open_lock(client, LOCK, prefix=order.trail.prefix) as held,
        open_load_quarantines(order) as quarantines,
    ):
        progress.on_beat(held.renew_if_due)
        report.index = str(lifecycle.require_live_index(client, order.alias))
        report.quarantines = quarantines
        progress.stage(f"Loading {order.source}")
        report.writes = apply(LoadTarget(client, order, quarantines, progress))
        record_loads(order.trail, [_build_load(order, quarantines)])
        _record_audit(order, report, quarantines)


def dry_run_load(
    client: Elasticsearch, order: LoadRequest, listener: ProgressListener | None = None
) -> dict[str, Any]:
    """The changes of ``load``, offer by offer, counted by kind and by field; nothing is written.

    Raises the errors of ``load`` but ``LockTaken``: it takes no lock and leaves no trail.
    """
    seen = listener or ProgressListener()
    rehearse = _find_loader(order.source)
    with open_load_quarantines(order) as quarantines:
        live = str(lifecycle.require_live_index(client, order.alias))
        seen.stage(f"Comparing {order.source}")
        rehearsal = DryRunTarget(client, order, quarantines, seen)
        rehearse(rehearsal)
        report = {"source": order.source, "index": live, "dry_run": True}
        return {**report, **rehearsal.changes.as_json(), "quarantine": quarantines.as_json()}


def _find_loader(source: str) -> "Callable[[LoadTarget], int]":
    if source not in SOURCES:
        raise UnknownSourceError(
            f"{source!r} cannot be loaded by itself: choose one of {', '.join(SOURCES)}"
        )
    return SOURCES[source]


@contextmanager
def open_load_quarantines(order: LoadRequest) -> Iterator[Quarantines]:
    """The quarantines of a load, with the corrections of earlier rows; closed at the end."""
    corrections = read_corrections(order.trail)
    quarantines = Quarantines(order.run / folder.QUARANTINE, corrections)
    try:
        yield quarantines
    finally:
        quarantines.close()


def _record_audit(order: LoadRequest, report: LoadReport, quarantines: Quarantines) -> None:
    details = {
        "source": order.source,
        "writes": report.writes,
        "aside": {order.source: quarantines.get_quarantine(order.source).rejected.total()},
        "seconds": round((order.clock() - order.now).total_seconds(), 3),
    }
    audit.record_event(
        order.trail, Event.SOURCE_LOADED, report.index, now=order.now, details=details
    )


def _check_file(target: LoadTarget, entries: int) -> None:
    """Raise unless the file may be applied: not empty, not more than 1 % set aside."""
    problems = [*gate.quarantine_problems(target.quarantines), *_file_problems(target)]
    if problems and not target.order.accept_drift:
        raise gate.GateClosedError(problems, "Nothing was changed; look at `sas quarantine`.")
    if not entries and not target.order.accept_drift:
        raise EmptySourceError(
            f"{target.order.path.name} holds no valid line: nothing was changed; "
            "--accept-drift takes back everything this source had said"
        )


def _build_load(order: LoadRequest, quarantines: Quarantines) -> SourceLoad:
    rows = quarantines.get_quarantine(order.source).read
    return build_source_load(order.source, [order.path], rows, None, order.now)


def _file_problems(target: LoadTarget) -> list[str]:
    """Faults of the file as a whole, against the last load of its source."""
    order = target.order
    load = _build_load(order, target.quarantines)
    last = last_loads(order.trail)
    found = check_files([load], last, target.quarantines, order.now.date())
    return [text for (_, fault), text in found.faults.items() if fault is not FileFault.EMPTY]


def _apply_participation(target: LoadTarget) -> int:
    client, alias = target.client, target.order.alias
    settings = own_sources.read_participation(target.order.path, target.quarantines)
    _check_file(target, len(settings))
    done = target.patch(participation_patches(settings, load_cards.read_live_cpts(client, alias)))
    return done + target.patch(iter([load_cards.participant_patch(target.find_attached_cpts())]))


def _apply_structures(target: LoadTarget) -> int:
    settings = own_sources.read_structure_settings(target.order.path, target.quarantines)
    _check_file(target, len(settings))
    return target.patch(structure_patches(settings))


def _apply_absences(target: LoadTarget) -> int:
    absences = own_sources.read_absences(target.order.path, target.quarantines)
    _check_file(target, len(absences))
    return target.patch(absence_patches(absences))


def _apply_cpts(target: LoadTarget) -> int:
    cpts = own_sources.read_cpts(target.order.path, target.quarantines)
    _check_file(target, len(cpts))
    live = target.cards(Kind.CPTS)
    attached = target.find_attached_cpts()
    cards = load_cards.cpts_cards(cpts.values(), live, attached, target.quarantines)
    done = target.replace(cards, live)
    return done + target.patch(iter([load_cards.member_patch(cpts)]))


def _apply_sos(target: LoadTarget) -> int:
    associations = own_sources.read_sos_associations(target.order.path, target.quarantines)
    _check_file(target, len(associations))
    live = target.cards(Kind.SOS_POINT)
    return target.replace(load_cards.sos_cards(associations, live, target.quarantines), live)


def _apply_solutions(target: LoadTarget) -> int:
    solutions = own_sources.read_marketplace_solutions(target.order.path, target.quarantines)
    _check_file(target, len(solutions))
    cards = build_solution_offers(solutions, load_cards.NO_DATES, target.quarantines)
    return target.replace(cards, target.cards(Kind.SOLUTION))


def _apply_lrm(target: LoadTarget) -> int:
    entries = own_sources.read_lrm_entries(target.order.path, target.quarantines)
    _check_file(target, len(entries))
    return target.publish(entries)


SOURCES: Mapping[str, Callable[[LoadTarget], int]] = {
    "participation": _apply_participation,
    "structures": _apply_structures,
    "absences": _apply_absences,
    "cpts": _apply_cpts,
    "sos": _apply_sos,
    "solutions": _apply_solutions,
    "lrm": _apply_lrm,
}
"""Sources that can be loaded alone, and their loader."""
