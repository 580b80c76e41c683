"""One small source of ours applied at once to the live index (F111): the file is the whole source.

What the file no longer says is taken back. Slots already stored are judged again by the coherence
rules, so no editor has to be asked.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import write
from elastic.errors import IndexMissing
from elastic.names import offers_alias
from elastic.service import audit, lock
from elastic.service.audit import Event
from elastic.service.last_loads import SourceLoad, last_loads, measured, record_loads
from elastic.service.lock import utc_now
from geography.locate import Locator
from indexers.changes import patching
from indexers.changes.patching import Patch
from indexers.loads import cards as load_cards
from indexers.loads import lrm_registry
from indexers.loads.changes import Changes
from indexers.loads.settings import absence_patches, participation_patches, structure_patches
from indexers.offers.build_context import Joins
from indexers.offers.settings import OwnSources
from indexers.quality import gate
from indexers.quality.corrections import known_corrections
from indexers.quality.whole_files import FileFault, check_files
from indexers.reindex.recipe import LOCK
from indexers.runs import folder
from indexers.runs.folder import Quarantines
from indexers.runs.progress import Watch
from indexers.runs.record import recorded
from indexers.sources import own_sources
from indexers.sources.staging_store import Spool
from mappings.formats import LrmEntry
from mappings.records import Kind, Offer


class EmptySourceError(ValueError):
    """The file holds no valid line, though the live index has offers that depend on it."""


class UnknownSourceError(ValueError):
    """No source of that name can be loaded by itself."""


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """Which file to apply as which source."""

    source: str
    path: Path
    now: datetime
    """Instant of the load, for the trail."""
    run: Path
    prefix: str = ""
    accept_drift: bool = False
    clock: Callable[[], datetime] = utc_now
    """Tells the report when the load began and ended."""

    @property
    def alias(self) -> str:
        """The alias written to."""
        return offers_alias(self.prefix)


@dataclass(frozen=True, slots=True)
class Target:
    """The live index while its lock is held, and the order being carried out."""

    client: Elasticsearch
    order: LoadOrder
    quarantines: Quarantines
    watch: Watch

    def attached(self) -> frozenset[str]:
        """FINESS of the CPTS that a professional's place is attached to now."""
        return frozenset(load_cards.attached_cpts(self.client, self.order.alias))

    def publish(self, entries: Mapping[str, LrmEntry]) -> int:
        """Make the registry of dispatch software these entries; returns how many."""
        lrm_registry.publish(self.client, self.order.prefix, entries.values(), self.order.now)
        return len(entries)

    def cards(self, kind: Kind) -> dict[str, Offer]:
        """The live offers of a kind, by id."""
        return load_cards.live_cards(self.client, self.order.alias, kind)

    def patch(self, patches: Iterator[Patch]) -> int:
        """Apply patches; returns the writes made."""
        return patching.apply(self.client, self.order.alias, patches, self.watch.count)

    def replace(self, cards: Iterator[Offer], live: Mapping[str, Offer]) -> int:
        """Make the live cards those of the file; returns the writes made."""
        found = {card["id"]: card for card in cards}
        operations = load_cards.replacement(found, live)
        count = self.watch.count
        done = write(self.client, self.order.alias, operations, count, require_alias=True).done
        lifecycle.refresh(self.client, self.order.alias)
        return done


@dataclass(frozen=True, slots=True)
class Rehearsal(Target):
    """A target that compares and counts where the other writes."""

    changes: Changes = field(default_factory=Changes)

    def attached(self) -> frozenset[str]:
        """FINESS of the CPTS that a place would be attached to after the changes so far."""
        known = load_cards.attached_cpts(self.client, self.order.alias)
        return frozenset((known + self.changes.joined) - self.changes.left)

    def patch(self, patches: Iterator[Patch]) -> int:
        """Count what patches would change; returns the offers that differ."""
        return self._counted(
            pair
            for patch in patches
            for pair in patching.differences(self.client, self.order.alias, patch)
        )

    def replace(self, cards: Iterator[Offer], live: Mapping[str, Offer]) -> int:
        """Count what new cards would change; returns the offers that differ."""
        found = {card["id"]: card for card in cards}
        return self._counted(load_cards.differences(found, live))

    def publish(self, entries: Mapping[str, LrmEntry]) -> int:
        """Count the entries of the registry that would come, change or go."""
        live = lrm_registry.published(self.client, self.order.prefix)
        return self.changes.between(live, entries)

    def _counted(self, pairs: Iterator[tuple[Offer | None, Offer | None]]) -> int:
        before = self.changes.total
        for before_and_after in pairs:
            self.changes.note(*before_and_after)
            self.watch.count(self.changes.total)
        return self.changes.total - before


def load(client: Elasticsearch, order: LoadOrder, watch: Watch | None = None) -> dict[str, Any]:
    """Apply one source; returns the writes made and what was set aside.

    Raises ``UnknownSourceError``, ``EmptySourceError``, ``OwnFormatError``, ``GateClosedError``
    when more than 1 % of the file was set aside, ``LockTaken``, ``ElasticError``. Nothing is
    written before the whole file was read and passed.
    """
    apply = _loader(order.source)
    folder.write_origin(order.run, {"source": order.source, "path": str(order.path.absolute())})
    seen, report = watch or Watch(), Loaded(order.source)
    with recorded(order.run, f"load {order.source}", seen, order.clock, report.as_json):
        _load(client, order, apply, report, seen)
    return report.as_json()


@dataclass(slots=True)
class Loaded:
    """What a load did."""

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


def _load(
    client: Elasticsearch,
    order: LoadOrder,
    apply: "Callable[[Target], int]",
    report: Loaded,
    seen: Watch,
) -> None:
    seen.stage("Taking the lock")
    with (
        lock.held(client, LOCK, prefix=order.prefix) as held,
        reading(client, order) as quarantines,
    ):
        seen.on_beat(held.renew_if_due)
        report.quarantines, report.index = quarantines, live_index(client, order)
        seen.stage(f"Loading {order.source}")
        report.writes = apply(Target(client, order, quarantines, seen))
        record_loads(client, order.prefix, [_measured(order, quarantines)])
        _recorded(client, order, report, quarantines)


def dry_load(client: Elasticsearch, order: LoadOrder, watch: Watch | None = None) -> dict[str, Any]:
    """What ``load`` would change, offer by offer, counted by kind and by field; nothing is written.

    Raises what ``load`` raises but ``LockTaken``: it takes no lock and leaves no trail.
    """
    seen = watch or Watch()
    rehearse = _loader(order.source)
    with reading(client, order) as quarantines:
        live = live_index(client, order)
        seen.stage(f"Comparing {order.source}")
        rehearsal = Rehearsal(client, order, quarantines, seen)
        rehearse(rehearsal)
        report = {"source": order.source, "index": live, "dry_run": True}
        return {**report, **rehearsal.changes.as_json(), "quarantine": quarantines.as_json()}


def _loader(source: str) -> "Callable[[Target], int]":
    if source not in SOURCES:
        raise UnknownSourceError(
            f"{source!r} cannot be loaded by itself: choose one of {', '.join(SOURCES)}"
        )
    return SOURCES[source]


@contextmanager
def reading(client: Elasticsearch, order: LoadOrder) -> Iterator[Quarantines]:
    """The quarantines of a load, with the corrections of earlier rows; closed at the end."""
    corrections = known_corrections(client, order.prefix)
    quarantines = Quarantines(order.run / folder.QUARANTINE, corrections)
    try:
        yield quarantines
    finally:
        quarantines.close()


def live_index(client: Elasticsearch, order: LoadOrder) -> str:
    """The name of the live index; raises ``IndexMissing``."""
    live = lifecycle.live_index(client, order.alias)
    if live is None:
        raise IndexMissing("No index is live: run `sas reindex --from DIR` first.")
    return str(live)


def _recorded(
    client: Elasticsearch, order: LoadOrder, report: Loaded, quarantines: Quarantines
) -> None:
    details = {
        "source": order.source,
        "writes": report.writes,
        "aside": {order.source: quarantines.of(order.source).rejected.total()},
        "seconds": round((order.clock() - order.now).total_seconds(), 3),
    }
    audit.record(
        client,
        Event.SOURCE_LOADED,
        report.index,
        now=order.now,
        prefix=order.prefix,
        details=details,
    )


def _passed(target: Target, entries: int) -> None:
    """Raise unless the file may be applied: not empty, not more than 1 % set aside."""
    problems = [*gate.quarantine_problems(target.quarantines), *_file_problems(target)]
    if problems and not target.order.accept_drift:
        raise gate.GateClosedError(problems, "Nothing was changed; look at `sas quarantine`.")
    if not entries and not target.order.accept_drift:
        raise EmptySourceError(
            f"{target.order.path.name} holds no valid line: nothing was changed; "
            "--accept-drift takes back everything this source had said"
        )


def _measured(order: LoadOrder, quarantines: Quarantines) -> SourceLoad:
    rows = quarantines.of(order.source).read
    return measured(order.source, [order.path], rows, None, order.now)


def _file_problems(target: Target) -> list[str]:
    """What is wrong with the file as a whole, against the last load of its source."""
    order = target.order
    load = _measured(order, target.quarantines)
    last = last_loads(target.client, order.prefix)
    found = check_files([load], last, target.quarantines, order.now.date())
    return [text for (_, fault), text in found.faults.items() if fault is not FileFault.EMPTY]


def _participation(target: Target) -> int:
    client, alias = target.client, target.order.alias
    settings = own_sources.participation(target.order.path, target.quarantines)
    _passed(target, len(settings))
    done = target.patch(participation_patches(settings, load_cards.known_cpts(client, alias)))
    return done + target.patch(iter([load_cards.participant_patch(target.attached())]))


def _structures(target: Target) -> int:
    settings = own_sources.structures(target.order.path, target.quarantines)
    _passed(target, len(settings))
    return target.patch(structure_patches(settings))


def _absences(target: Target) -> int:
    absences = own_sources.absences(target.order.path, target.quarantines)
    _passed(target, len(absences))
    return target.patch(absence_patches(absences))


def _cpts(target: Target) -> int:
    cpts = own_sources.cpts(target.order.path, target.quarantines)
    _passed(target, len(cpts))
    live = target.cards(Kind.CPTS)
    with _joins(target, OwnSources(cpts=cpts)) as joins:
        done = target.replace(load_cards.cpts_cards(joins, live, target.attached()), live)
    return done + target.patch(iter([load_cards.member_patch(cpts)]))


def _sos(target: Target) -> int:
    associations = own_sources.sos(target.order.path, target.quarantines)
    _passed(target, len(associations))
    live = target.cards(Kind.SOS_POINT)
    with _joins(target, OwnSources(sos=associations)) as joins:
        return target.replace(load_cards.sos_cards(joins, live), live)


def _solutions(target: Target) -> int:
    solutions = own_sources.solutions(target.order.path, target.quarantines)
    _passed(target, len(solutions))
    with _joins(target, OwnSources(solutions=solutions)) as joins:
        return target.replace(load_cards.solution_cards(joins), target.cards(Kind.SOLUTION))


def _lrm(target: Target) -> int:
    entries = lrm_registry.registry(target.order.path, target.quarantines)
    _passed(target, len(entries))
    return target.publish(entries)


@contextmanager
def _joins(target: Target, own: OwnSources) -> Iterator[Joins]:
    """A context without published files: only what the own source says."""
    with Spool() as spool:
        yield Joins(own, spool, Locator(), target.order.now.date(), target.quarantines, {})


SOURCES: Mapping[str, Callable[[Target], int]] = {
    "participation": _participation,
    "structures": _structures,
    "absences": _absences,
    "cpts": _cpts,
    "sos": _sos,
    "solutions": _solutions,
    "lrm": _lrm,
}
"""What can be loaded by itself, and how."""
