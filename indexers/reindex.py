"""The recipe that replaces the index of offers, from a directory of files.

Lock, build beside the live index, fill, give slots, settle, pass the gate, swap one alias. Whatever
fails deletes the half-built index and leaves the live one as it was; the index that was live is
kept for ``rollback``, older ones go.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import audit, lifecycle, lock
from elastic.audit import Event
from elastic.errors import ElasticError, translated
from elastic.lock import utc_now
from elastic.names import IndexName, offers_alias, offers_index
from geography.locate import AddressBatch
from indexers import gate, lrm, runs
from indexers.bulk import write, write_offers
from indexers.carry_over import carried, fresher, not_over, replayed, sequence_number
from indexers.gate import Census
from indexers.interruption import uninterrupted
from indexers.slots.requests import WHOLE_ANSWER
from indexers.sources import Sources, opened
from indexers.unfinished import drop_leftovers, mark_finished, unfinished_mapping
from indexers.watch import Watch
from mappings.offers import offers_settings

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


@dataclass(slots=True)
class Report:
    """What a run did, or would do; counts only."""

    index: str
    live_before: str | None
    offers: Census = field(default_factory=Census)
    before: Census | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    quarantine: dict[str, Any] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    """Problems of the gate that were accepted with ``--accept-drift``."""
    refused: list[str] = field(default_factory=list)
    """Dry run only: why the gate would not open."""
    pruned: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "index": self.index,
            "live_before": self.live_before,
            "kinds": changes(self.offers, self.before),
            "total": self.offers.total,
            "slots": self.slots,
            "quarantine": self.quarantine,
            "accepted": self.accepted,
            "refused": self.refused,
            "pruned": self.pruned,
        }


def changes(new: Census, before: Census | None) -> dict[str, dict[str, int]]:
    """Offers by kind: in the live index, in the new one."""
    live = {} if before is None else before.kinds
    return {
        kind: {"live": live.get(kind, 0), "new": new.kinds.get(kind, 0)}
        for kind in sorted({*live, *new.kinds})
    }


def reindex(client: Elasticsearch, order: Order, watch: Watch | None = None) -> Report:
    """Build, check and swap; the report of what was done.

    Raises ``LockTaken``, ``GateClosedError``, ``BulkRefusedError``, ``ElasticError``, or what a
    reader raises on a file that is not what its name says; the live index is then as it was.
    """
    seen = watch or Watch()
    with lock.held(client, LOCK, prefix=order.prefix) as held:
        seen.on_beat(held.renew_if_due)
        report = _started(client, order)
        with _building(client, order) as build:
            create(client, build.index)
            registry = lrm.registry_of(order.directory, build.sources.quarantines)
            fill(client, build, report, seen)
            attach_slots(client, build, report, seen)
            settle(client, build.index, seen)
            check(client, build, report, order, seen)
            replay(client, build, report, seen)
            if registry:
                lrm.publish(client, order.prefix, registry.values(), order.now)
            mark_finished(client, build.index)
            held.renew()
            lifecycle.swap(client, order.alias, build.index)
        _finished(client, order, report)
    return report


def dry_run(client: Elasticsearch, order: Order, watch: Watch | None = None) -> Report:
    """Read and join everything, write nothing: what would change, would the gate open."""
    seen = watch or Watch()
    live = lifecycle.live_index(client, order.alias)
    report = Report("", str(live) if live else None)
    report.before = gate.census(client, order.alias) if live else None
    with _opened(order) as build:
        lrm.registry_of(order.directory, build.quarantines)
        seen.stage("Reading and joining")
        for offer in build.offers():
            report.offers.add(offer["kind"], offer["department"])
            seen.count(report.offers.total)
        report.quarantine = build.quarantines.as_json()
        try:
            report.accepted = _counts(build, report, order)
        except gate.GateClosedError as closed:
            report.refused = closed.problems
    return report


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
        details = {"from": str(left)}
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
    """Sequence number of the live index when the run began."""


@contextmanager
def _building(client: Elasticsearch, order: Order) -> Iterator[Building]:
    """A new index for the body; deleted, with a line in the trail, whatever goes wrong."""
    drop_leftovers(client, order.alias)
    new = offers_index(order.prefix, order.started)
    live = lifecycle.live_index(client, order.alias)
    since = sequence_number(client, str(live)) if live else -1
    try:
        with _opened(order) as sources:
            yield Building(sources, new, live, since)
    except BaseException as error:
        with uninterrupted():
            _abandon(client, order, new, error)
        raise


def _opened(order: Order) -> AbstractContextManager[Sources]:
    folder = order.run / runs.QUARANTINE
    return opened(order.directory, order.now, folder, order.geocoder)


def create(client: Elasticsearch, new: IndexName) -> None:
    """An empty index that neither refreshes, copies nor syncs itself while it is filled."""
    settings = {**offers_settings(replicas=0), "refresh_interval": "-1", DURABILITY: "async"}
    lifecycle.create_index(client, new, settings, unfinished_mapping())


def fill(client: Elasticsearch, build: Building, report: Report, seen: Watch) -> None:
    """Every offer of the directory."""
    seen.stage("Reading, joining and writing offers")
    offers = build.sources.offers()
    counted = (_counted(offer, report.offers) for offer in offers)
    write_offers(client, str(build.index), counted, seen.count)
    report.quarantine = build.sources.quarantines.as_json()


def attach_slots(client: Elasticsearch, build: Building, report: Report, seen: Watch) -> None:
    """The directory's slots, else those of the live index that are not over."""
    seen.stage("Giving slots to their offers")
    target = str(build.index)
    if build.sources.has_slots:
        found = build.sources.slots()
        created = [_counted(offer, report.offers) for offer in found.created]
        offers = build.sources.with_slots(found)
        report.slots = {
            "bearers": write_offers(client, target, offers, seen.count),
            "slots": sum(map(len, found.slots.values())),
            "answers": found.answers,
            "places_created": len(created),
            "unmatched": dict(found.unmatched),
            "hidden": dict(found.hidden),
            "rejected": dict(found.rejected),
        }
    elif build.live is not None:
        operations = carried(client, str(build.live), target, build.sources.now)
        report.slots = {"carried_to": write(client, target, operations, seen.count).done}


def settle(client: Elasticsearch, index: IndexName, seen: Watch) -> None:
    """Searchable, merged (an unmerged index is 30 to 50 % slower), refreshing, copied."""
    seen.stage("Merging segments")
    lifecycle.refresh(client, index)
    lifecycle.force_merge(client, index)
    served = offers_settings(replicas=_replicas(client))
    names = ("refresh_interval", "number_of_replicas")
    settings = {name: served[name] for name in names}
    lifecycle.put_settings(client, index, {**settings, DURABILITY: "request"})


def _replicas(client: Elasticsearch) -> int:
    """One copy as soon as there is a second data node to hold it."""
    with translated():
        return int(client.cluster.health()["number_of_data_nodes"] > 1)


def check(
    client: Elasticsearch, build: Building, report: Report, order: Order, seen: Watch
) -> None:
    """The gate: counts against the live index and the limits, then questions to the new one.

    Neither the smoke queries nor the judge are waived by ``accept_drift``.
    """
    seen.stage("Checking the new index")
    report.before = gate.census(client, str(build.live)) if build.live else None
    report.accepted = _counts(build.sources, report, order)
    gate.smoke(client, str(build.index), report.offers)
    if order.judge is not None:
        seen.stage("Judging what the new index answers")
        gate.check_relevance(order.judge(str(build.index)))


def replay(client: Elasticsearch, build: Building, report: Report, seen: Watch) -> None:
    """Slots that the live index was told of since the run began, so that none is lost."""
    if build.live is None:
        return
    seen.stage("Replaying slots that arrived meanwhile")
    now, target = build.sources.now, str(build.index)
    merge = fresher(now) if build.sources.has_slots else lambda _, live: not_over(live, now)
    operations = replayed(client, str(build.live), target, build.since, merge)
    report.slots["replayed"] = write(client, target, operations, seen.count).done
    lifecycle.refresh(client, build.index)


def _counts(sources: Sources, report: Report, order: Order) -> list[str]:
    return gate.check_counts(
        report.offers,
        report.before,
        sources.quarantines,
        floor=order.floor,
        accept_drift=order.accept_drift,
        lost_answers=_lost_answers(report.slots),
    )


def _lost_answers(slots: dict[str, Any]) -> tuple[int, int]:
    """Editors' answers lost as a whole, and how many there were to read."""
    rejected = slots.get("rejected", {})
    return sum(rejected.get(reason, 0) for reason in WHOLE_ANSWER), slots.get("answers", 0)


def _counted(offer: Any, census: Census) -> Any:
    census.add(offer["kind"], offer["department"])
    return offer


def _started(client: Elasticsearch, order: Order) -> Report:
    live = lifecycle.live_index(client, order.alias)
    report = Report(str(offers_index(order.prefix, order.started)), str(live) if live else None)
    audit.record(
        client, Event.REINDEX_STARTED, report.index, now=order.clock(), prefix=order.prefix
    )
    return report


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
    pruned = lifecycle.prune(client, order.alias, KEPT_INDICES)
    report.pruned = [str(name) for name in pruned]
    runs.write_report(order.run, report.as_json())
    audit.record(
        client,
        Event.REINDEX_COMPLETED,
        report.index,
        now=order.clock(),
        prefix=order.prefix,
        details={key: value for key, value in report.as_json().items() if key != "quarantine"},
    )
