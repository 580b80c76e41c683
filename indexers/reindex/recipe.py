"""The recipe that replaces the index of offers, from a directory of files.

Lock, build beside the live index, fill, give slots, settle, pass the gate, swap one alias. Whatever
fails deletes the half-built index and leaves the live one as it was; the index that was live is
kept for ``rollback``, older ones go.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import write, write_offers
from elastic.errors import ElasticError
from elastic.names import IndexName, offers_alias, offers_index
from elastic.service import audit, lock
from elastic.service.audit import Event
from elastic.service.last_loads import last_loads, record_loads
from elastic.service.lock import utc_now
from geography.locate import AddressBatch
from indexers.loads import lrm_registry
from indexers.offers.directory import Sources, opened
from indexers.quality import gate
from indexers.quality.corrections import known_corrections
from indexers.quality.index_stats import census
from indexers.quality.whole_files import FileRefusedError, check_files
from indexers.reindex import catch_up
from indexers.reindex.report import Report, slot_counts, trailed
from indexers.reindex.slot_migration import Bringing, carried, replayed, sequence_number
from indexers.reindex.unfinished import drop_leftovers, unfinished_mapping
from indexers.runs import folder as runs
from indexers.runs.interruption import uninterrupted
from indexers.runs.progress import Watch
from indexers.runs.record import recorded
from indexers.runs.scratch import sweep_scratch
from indexers.sources.source_files import loads_of
from mappings.offers import offers_settings
from mappings.records import Offer
from slots.loading.last_imports import record_imports
from slots.loading.requests import WHOLE_ANSWER

LOCK = "offers"
"""Held by everything that rewrites the index: reindex, rollback, load."""
KEPT_INDICES = 1
"""Previous indices kept for a rollback."""
DURABILITY = "translog.durability"
"""While an index is filled a crash costs the whole run anyway: no sync to disk at each batch."""


Judge = Callable[[str], list[str]]
"""Asks an index, by its name, what it must answer well; what is wrong, one sentence each."""


class NothingToRollBackError(RuntimeError):
    """No previous index is kept."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to index, and how strictly it is checked."""

    directory: Path
    now: datetime
    """Instant of the data: which sites are open, which slots are over."""
    run: Path
    """Folder of the run, for the quarantine files and the report."""
    started: datetime
    """When the run began, in the name of the index; never frozen."""
    prefix: str = ""
    floor: int = gate.FLOOR
    accept_drift: bool = False
    geocoder: AddressBatch | None = None
    """What locates the addresses nobody located before; None stays offline."""
    judge: Judge | None = None
    """What judges the answers of the new index before it goes live; None judges nothing."""
    clock: Callable[[], datetime] = utc_now
    """Tells the trail when each event happened."""

    @property
    def alias(self) -> str:
        """The alias the new index is for."""
        return offers_alias(self.prefix)


def reindex(client: Elasticsearch, order: Order, watch: Watch | None = None) -> Report:
    """Build, check and swap; the report of what was done.

    Raises ``LockTaken``, ``GateClosedError``, ``BulkRefusedError``, ``ElasticError``, or what a
    reader raises on a file that is not what its name says; the live index is then as it was.
    """
    seen = watch or Watch()
    report = Report(str(offers_index(order.prefix, order.started)), None)
    with recorded(order.run, "reindex", seen, order.clock, report.as_json):
        _reindex(client, order, report, seen)
    return report


def _reindex(client: Elasticsearch, order: Order, report: Report, seen: Watch) -> None:
    seen.stage("Taking the lock")
    with lock.held(client, LOCK, prefix=order.prefix) as held:
        seen.on_beat(held.renew_if_due)
        _started(client, order, report)
        seen.stage("Reading the files")
        with _building(client, order) as build:
            create(client, build.index)
            registry = lrm_registry.registry_of(order.directory, build.sources.quarantines)
            check_sources(client, build.sources, report, order)
            fill(client, build, report, seen)
            attach_slots(client, build, report, seen)
            settle(client, build.index, seen)
            check(client, build, report, order, seen)
            replay(client, build, report, seen)
            if registry:
                lrm_registry.publish(client, order.prefix, registry.values(), order.now)
            seal(client, build)
            seen.stage("Swapping the alias")
            held.renew()
            with uninterrupted():
                lifecycle.swap(client, order.alias, build.index)
        with uninterrupted():
            complete(client, order, report, seen)
        _finished(client, order, report)


def rollback(client: Elasticsearch, prefix: str, now: datetime) -> tuple[IndexName, IndexName]:
    """Point the alias back at the previous index; returns the index left and the one now live."""
    alias = offers_alias(prefix)
    with lock.held(client, LOCK, prefix=prefix):
        previous = lifecycle.previous_indices(client, alias)
        if not previous:
            raise NothingToRollBackError(
                "No previous index is kept: run `sas reindex --from DIR` with the earlier files."
            )
        left = lifecycle.swap(client, alias, previous[0])
        details = {"from": str(left), "offers": lifecycle.count(client, previous[0])}
        audit.record(
            client, Event.ROLLED_BACK, str(previous[0]), now=now, prefix=prefix, details=details
        )
    if left is None:
        raise NothingToRollBackError("No index is live: run `sas reindex --from DIR`.")
    return left, previous[0]


@dataclass(slots=True)
class Building:
    """A run under way: the joined sources and the index they go to."""

    sources: Sources
    index: IndexName
    live: IndexName | None
    since: int
    """Sequence number of the live index up to which its slots are in the new one."""


@contextmanager
def _building(client: Elasticsearch, order: Order) -> Iterator[Building]:
    """A new index for the body; deleted, with a line in the trail, whatever goes wrong."""
    catch_up.complete(client, order.alias)
    drop_leftovers(client, order.alias)
    sweep_scratch()
    new = offers_index(order.prefix, order.started)
    live = lifecycle.live_index(client, order.alias)
    since = sequence_number(client, str(live)) if live else -1
    try:
        with opened_for(client, order) as sources:
            yield Building(sources, new, live, since)
    except BaseException as error:
        with uninterrupted():
            _abandon(client, order, new, error)
        raise


def opened_for(client: Elasticsearch, order: Order) -> AbstractContextManager[Sources]:
    """The sources of an order; quarantine files go to the folder of its run."""
    runs.write_origin(order.run, {"directory": str(order.directory.absolute())})
    folder = order.run / runs.QUARANTINE
    corrections = known_corrections(client, order.prefix)
    return opened(order.directory, order.now, folder, order.geocoder, corrections)


def create(client: Elasticsearch, new: IndexName) -> None:
    """An empty index that neither refreshes, copies nor syncs itself while it is filled."""
    settings = {**offers_settings(replicas=0), "refresh_interval": "-1", DURABILITY: "async"}
    lifecycle.create_index(client, new, settings, unfinished_mapping())


def fill(client: Elasticsearch, build: Building, report: Report, seen: Watch) -> None:
    """Every offer of the directory."""
    seen.stage("Reading, joining and writing offers")
    offers = build.sources.offers()
    told = (counted(offer, report) for offer in offers)
    write_offers(client, str(build.index), told, seen.count)
    report.quarantine = build.sources.quarantines.as_json()


def attach_slots(client: Elasticsearch, build: Building, report: Report, seen: Watch) -> None:
    """The directory's slots, else those of the live index that are not over."""
    seen.stage("Giving slots to their offers")
    target = str(build.index)
    if build.sources.has_slots:
        found = build.sources.slots()
        for offer in found.created:
            counted(offer, report)
        offers = build.sources.with_slots(found)
        report.slots = {
            "bearers": write_offers(client, target, offers, seen.count),
            **slot_counts(found),
        }
    elif build.live is not None:
        operations = carried(_bringing(client, build, report))
        report.slots = {"carried_to": write(client, target, operations, seen.count).done}


def settle(client: Elasticsearch, index: IndexName, seen: Watch) -> None:
    """Searchable, merged (an unmerged index is 30 to 50 % slower), refreshing, copied."""
    seen.stage("Merging segments")
    lifecycle.refresh(client, index)
    lifecycle.force_merge(client, index)
    served = offers_settings(replicas=lifecycle.replicas(client))
    names = ("refresh_interval", "number_of_replicas")
    settings = {name: served[name] for name in names}
    lifecycle.put_settings(client, index, {**settings, DURABILITY: "request"})


def check(
    client: Elasticsearch, build: Building, report: Report, order: Order, seen: Watch
) -> None:
    """The gate: counts against the live index and the limits, then questions to the new one.

    Neither the smoke queries nor the judge are waived by ``accept_drift``.
    """
    seen.stage("Checking the new index")
    report.before = census(client, str(build.live)) if build.live else None
    report.accepted = counts_accepted(build.sources, report, order)
    gate.smoke(client, str(build.index), report.offers)
    if order.judge is not None:
        seen.stage("Judging what the new index answers")
        gate.check_relevance(order.judge(str(build.index)))


def replay(client: Elasticsearch, build: Building, report: Report, seen: Watch) -> None:
    """Slots that the live index was told of since the run began: little is left for the swap."""
    if build.live is None:
        return
    seen.stage("Replaying slots that arrived meanwhile")
    since, build.since = build.since, sequence_number(client, str(build.live))
    operations = replayed(_bringing(client, build, report), since)
    report.slots["replayed"] = write(client, str(build.index), operations, seen.count).done


def _bringing(client: Elasticsearch, build: Building, report: Report) -> Bringing:
    """From the live index to the new one; a place that only an editor knows is counted."""
    merge = catch_up.merge_rule(build.sources.now, build.sources.has_slots)
    count = partial(counted, report=report)
    return Bringing(client, str(build.live), str(build.index), merge, made=count)


def seal(client: Elasticsearch, build: Building) -> None:
    """The new index is complete; what is told to the live one from now on is noted in it."""
    lifecycle.refresh(client, build.index)
    if build.live is not None:
        sources = build.sources
        catch_up.seal(client, build.index, build.live, build.since, sources.now, sources.has_slots)


def complete(client: Elasticsearch, order: Order, report: Report, seen: Watch) -> None:
    """Slots that the former index was told of while the alias moved."""
    if done := catch_up.complete(client, order.alias, seen.count):
        report.slots["replayed"] += done


def check_sources(client: Elasticsearch, sources: Sources, report: Report, order: Order) -> None:
    """Each file as a whole, against the last load of its source; raises ``FileRefusedError``."""
    report.loads = loads_of(order.directory, sources.quarantines, order.started)
    last = last_loads(client, order.prefix)
    found = check_files(report.loads, last, sources.quarantines, order.now.date())
    if found.faults and not order.accept_drift:
        raise FileRefusedError(found)
    report.warnings = [*found.faults.values(), *found.warnings]


def checked(check: Callable[[], None]) -> list[str]:
    """Why a check would refuse; nothing when it passes."""
    try:
        check()
    except gate.GateClosedError as closed:
        return closed.problems
    return []


def counts_accepted(sources: Sources, report: Report, order: Order) -> list[str]:
    """Problems of the counts that ``accept_drift`` waives; raises ``GateClosedError`` without."""
    return gate.check_counts(
        report.offers,
        report.before,
        sources.quarantines,
        floor=order.floor,
        accept_drift=order.accept_drift,
        lost_answers=_lost_answers(report.slots),
        names=report.names,
    )


def _lost_answers(slots: dict[str, Any]) -> tuple[int, int]:
    """Editors' answers lost as a whole, and how many there were to read."""
    rejected = slots.get("rejected", {})
    return sum(rejected.get(reason, 0) for reason in WHOLE_ANSWER), slots.get("answers", 0)


def counted(offer: Offer, report: Report) -> Offer:
    """The offer, counted in the report."""
    report.offers.add(offer)
    gate.add_names(report.names, offer)
    return offer


def _started(client: Elasticsearch, order: Order, report: Report) -> None:
    live = lifecycle.live_index(client, order.alias)
    report.live_before = str(live) if live else None
    audit.record(
        client, Event.REINDEX_STARTED, report.index, now=order.clock(), prefix=order.prefix
    )


def _abandon(client: Elasticsearch, order: Order, new: IndexName, error: BaseException) -> None:
    """Delete the half-built index; when Elasticsearch is gone, the next run deletes it."""
    try:
        lifecycle.delete_index(client, new)
        audit.record(
            client,
            Event.REINDEX_FAILED,
            str(new),
            now=order.clock(),
            prefix=order.prefix,
            details={"error": type(error).__name__},
        )
    except ElasticError as gone:
        error.add_note(f"The half-built index {new} could not be deleted: {gone}")


def _finished(client: Elasticsearch, order: Order, report: Report) -> None:
    drop_leftovers(client, order.alias)
    left = lifecycle.drop_between(client, order.alias, report.live_before)
    pruned = [*left, *lifecycle.prune(client, order.alias, KEPT_INDICES)]
    report.pruned = [str(name) for name in pruned]
    record_loads(client, order.prefix, report.loads)
    record_imports(client, order.prefix, report.slots.get("sources", {}), order.started)
    audit.record(
        client,
        Event.REINDEX_COMPLETED,
        report.index,
        now=order.clock(),
        prefix=order.prefix,
        details=trailed(report, order.clock() - order.started),
    )
