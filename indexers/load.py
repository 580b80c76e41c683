"""One small source of ours applied at once to the live index (F111): the file is the whole source.

What the file no longer says is taken back. Slots already stored are judged again by the coherence
rules, so no editor has to be asked.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import audit, lifecycle, lock
from elastic.audit import Event
from elastic.errors import IndexMissing
from elastic.lock import utc_now
from elastic.names import offers_alias
from geography.locate import Locator
from indexers import gate, load_cards, lrm, own_sources, patching, runs
from indexers.bulk import write
from indexers.load_settings import absence_patches, participation_patches, structure_patches
from indexers.loads import measured, record_loads
from indexers.offers.joins import Joins
from indexers.offers.settings import OwnSources
from indexers.patching import Patch
from indexers.reindex import LOCK
from indexers.run_record import recorded
from indexers.runs import Quarantines
from indexers.spool import Spool
from indexers.watch import Watch
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

    def cards(self, kind: Kind) -> dict[str, Offer]:
        """The live offers of a kind, by id."""
        return load_cards.live_cards(self.client, self.order.alias, kind)

    def patch(self, patches: Iterator[Patch]) -> int:
        """Apply patches; returns the writes made."""
        return patching.apply(self.client, self.order.alias, patches)

    def replace(self, cards: Iterator[Offer], live: Mapping[str, Offer]) -> int:
        """Make the live cards those of the file; returns the writes made."""
        found = {card["id"]: card for card in cards}
        operations = load_cards.replacement(found, live)
        done = write(self.client, self.order.alias, operations, require_alias=True).done
        lifecycle.refresh(self.client, self.order.alias)
        return done


def load(client: Elasticsearch, order: LoadOrder) -> dict[str, Any]:
    """Apply one source; returns the writes made and what was set aside.

    Raises ``UnknownSourceError``, ``EmptySourceError``, ``OwnFormatError``, ``GateClosedError``
    when more than 1 % of the file was set aside, ``LockTaken``, ``ElasticError``. Nothing is
    written before the whole file was read and passed.
    """
    if order.source not in SOURCES:
        raise UnknownSourceError(
            f"{order.source!r} cannot be loaded by itself: choose one of {', '.join(SOURCES)}"
        )
    quarantines, report = Quarantines(order.run / runs.QUARANTINE), Loaded(order.source)
    counts = partial(report.as_json, quarantines)
    seen = Watch()
    with recorded(order.run, f"load {order.source}", seen, order.clock, counts):
        _load(client, order, quarantines, report, seen)
    return counts()


@dataclass(slots=True)
class Loaded:
    """What a load did."""

    source: str
    index: str = ""
    writes: int = 0

    def as_json(self, quarantines: Quarantines) -> dict[str, Any]:
        """The counts as plain values."""
        counts = {"source": self.source, "index": self.index, "writes": self.writes}
        return {**counts, "quarantine": quarantines.as_json()}


def _load(
    client: Elasticsearch, order: LoadOrder, quarantines: Quarantines, report: Loaded, seen: Watch
) -> None:
    seen.stage("Taking the lock")
    with lock.held(client, LOCK, prefix=order.prefix):
        live = lifecycle.live_index(client, order.alias)
        if live is None:
            raise IndexMissing("No index is live: run `sas reindex --from DIR` first.")
        report.index = str(live)
        seen.stage("Reading the file and writing offers")
        try:
            report.writes = SOURCES[order.source](Target(client, order, quarantines))
        finally:
            quarantines.close()
        rows = quarantines.of(order.source).read
        record_loads(
            client, order.prefix, [measured(order.source, [order.path], rows, None, order.now)]
        )
        _recorded(client, order, str(live), report, quarantines)


def _recorded(
    client: Elasticsearch,
    order: LoadOrder,
    live: str,
    report: Loaded,
    quarantines: Quarantines,
) -> None:
    details = {
        "source": order.source,
        "writes": report.writes,
        "aside": {order.source: quarantines.of(order.source).rejected.total()},
        "seconds": round((order.clock() - order.now).total_seconds(), 3),
    }
    audit.record(
        client, Event.SOURCE_LOADED, live, now=order.now, prefix=order.prefix, details=details
    )


def _passed(target: Target, entries: int) -> None:
    """Raise unless the file may be applied: not empty, not more than 1 % set aside."""
    problems = gate.quarantine_problems(target.quarantines)
    if problems and not target.order.accept_drift:
        raise gate.GateClosedError(problems, "Nothing was changed; look at `sas quarantine`.")
    if not entries and not target.order.accept_drift:
        raise EmptySourceError(
            f"{target.order.path.name} holds no valid line: nothing was changed; "
            "--accept-drift takes back everything this source had said"
        )


def _participation(target: Target) -> int:
    client, alias = target.client, target.order.alias
    settings = own_sources.participation(target.order.path, target.quarantines)
    _passed(target, len(settings))
    done = target.patch(participation_patches(settings, load_cards.known_cpts(client, alias)))
    attached = load_cards.attached_cpts(client, alias)
    return done + target.patch(iter([load_cards.participant_patch(attached)]))


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
    attached = load_cards.attached_cpts(target.client, target.order.alias)
    with _joins(target, OwnSources(cpts=cpts)) as joins:
        done = target.replace(load_cards.cpts_cards(joins, live, attached), live)
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
    order = target.order
    entries = lrm.registry(order.path, target.quarantines)
    _passed(target, len(entries))
    lrm.publish(target.client, order.prefix, entries.values(), order.now)
    return len(entries)


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
