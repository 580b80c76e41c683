"""The recipe that replaces the index of offers, from a directory of files.

Lock, build beside the live index, fill, attach slots, merge, pass the gate, swap one alias. A
failure deletes the half-built index and leaves the live one as it was; the index that was live is
kept for ``rollback``, older ones are deleted.
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
from elastic.bulk import write_offers
from elastic.errors import ElasticError
from elastic.names import IndexName, offers_alias, offers_index
from elastic.scan import scan
from elastic.service import lock
from elastic.service.lock import utc_now
from geography.locate import AddressBatch
from indexers.offers.directory import SourceDirectory, open_source_directory
from indexers.offers.settings import NOTHING_DECLARED, DeclaredSources
from indexers.quality import gate
from indexers.quality.index_stats import fetch_index_stats
from indexers.quality.whole_files import FileRefusedError, check_files
from indexers.reindex import catch_up
from indexers.reindex.last_words import ReadHits, read_live_answers, settle_offers
from indexers.reindex.report import (
    ReindexReport,
    count_in_report,
    count_settled,
    stream_counted,
)
from indexers.reindex.run_trail import (
    record_check,
    record_completion,
    record_failure,
    record_rollback,
    record_start,
)
from indexers.reindex.slot_migration import SlotMigration, replay_slots, sequence_number
from indexers.reindex.unfinished import build_unfinished_mapping, drop_leftovers
from indexers.runs import folder as runs
from indexers.runs.interruption import open_uninterruptible_section
from indexers.runs.progress import ProgressListener
from indexers.runs.record import record_run
from indexers.runs.scratch import sweep_scratch
from indexers.sources.own_sources import read_registry_entries
from indexers.sources.source_files import build_directory_loads
from mappings.offers import offers_settings
from records.trail.corrections import read_corrections
from records.trail.last_loads import last_loads
from records.trail.trail import Trail
from slots.loading.requests import WHOLE_ANSWER

LOCK = "offers"
"""Held by everything that rewrites the index: reindex, rollback, load."""
KEPT_INDICES = 1
"""Previous indices kept for a rollback."""
DURABILITY = "translog.durability"
"""While an index is filled a crash costs the whole run anyway: no sync to disk at each batch."""

Judge = Callable[[str], list[str]]
"""Queries an index, by its name, and returns its faults of relevance, one sentence each."""


class NothingToRollBackError(RuntimeError):
    """No previous index is kept."""


@dataclass(frozen=True, slots=True)
class ReindexRequest:
    """The directory to index, and how strictly it is checked."""

    directory: Path
    now: datetime
    """Instant of the data: which sites are open, which slots are over."""
    run: Path
    """Folder of the run, for the quarantine files and the report."""
    started: datetime
    """When the run began, in the name of the index; never frozen."""
    trail: Trail
    floor: int = gate.FLOOR
    accept_drift: bool = False
    geocoder: AddressBatch | None = None
    """Geocoder of the addresses not located before; None stays offline."""
    judge: Judge | None = None
    """Judge of the new index before it goes live; None judges nothing."""
    clock: Callable[[], datetime] = utc_now
    """Time of the events of the audit trail."""
    declared: DeclaredSources = NOTHING_DECLARED
    """What the records hold, in place of the directory's files."""

    @property
    def prefix(self) -> str:
        """The prefix of the service's indices."""
        return self.trail.prefix

    @property
    def alias(self) -> str:
        """The alias the new index is for."""
        return offers_alias(self.prefix)


def reindex(
    client: Elasticsearch, order: ReindexRequest, listener: ProgressListener | None = None
) -> ReindexReport:
    """Build, check and swap; returns the report of the run.

    Raises ``LockTaken``, ``GateClosedError``, ``BulkRefusedError``, ``ElasticError``, or the
    error of a reader on a file in another format; the live index is then as it was.
    """
    seen = listener or ProgressListener()
    report = ReindexReport(str(offers_index(order.prefix, order.started)), None)
    with record_run(order.run, "reindex", seen, order.clock, report.as_json):
        _reindex(client, order, report, seen)
    return report


def _reindex(
    client: Elasticsearch, order: ReindexRequest, report: ReindexReport, progress: ProgressListener
) -> None:
    progress.stage("Taking the lock")
    with lock.open_lock(client, LOCK, prefix=order.prefix) as held:
        progress.on_beat(held.renew_if_due)
        live = lifecycle.live_index(client, order.alias)
        report.live_before = str(live) if live else None
        record_start(order.trail, report, order.clock())
        progress.stage("Reading the files")
        with _open_build(client, order) as build:
            create_build_index(client, build.index)
            read_registry_entries(order.directory, build.sources.quarantines)
            check_sources(client, build.sources, report, order)
            build.sources.use_live_answers(read_live_answers(live_reader(client, build.live)))
            fill_index(client, build, report, progress)
            attach_slots(client, build, report, progress)
            refresh_and_merge(client, build.index, progress)
            check_new_index(client, build, report, order, progress)
            replay_live_slots(client, build, report, progress)
            prepare_handover(client, build)
            progress.stage("Swapping the alias")
            held.renew()
            record_check(order.trail, report, order.clock())
            with open_uninterruptible_section():
                lifecycle.swap_alias(client, order.alias, build.index)
        with open_uninterruptible_section():
            finish_handover(client, order, report, progress)
        _finish_run(client, order, report)


def rollback(client: Elasticsearch, trail: Trail, now: datetime) -> tuple[IndexName, IndexName]:
    """Point the alias back at the previous index; returns the index left and the one now live.

    What sources answered while the other index was live comes along. Records that are away keep
    nobody from going back: their error then says that only the line of the trail is missing.
    """
    alias = offers_alias(trail.prefix)
    with lock.open_lock(client, LOCK, prefix=trail.prefix):
        left, previous = (
            lifecycle.live_index(client, alias),
            lifecycle.previous_indices(client, alias),
        )
        if left is None or not previous:
            raise NothingToRollBackError(
                "No previous index is kept: run `sas reindex --from DIR` with the earlier files."
            )
        catch_up.replay_handover(client, alias)
        catch_up.prepare_return(client, alias, previous[0], now)
        with open_uninterruptible_section():
            lifecycle.swap_alias(client, alias, previous[0])
            catch_up.replay_handover(client, alias)
        details = {"from": str(left), "offers": lifecycle.count_documents(client, previous[0])}
        record_rollback(trail, str(previous[0]), now, details)
    return left, previous[0]


@dataclass(slots=True)
class IndexBuild:
    """A run under way: the joined sources and the index they go to."""

    sources: SourceDirectory
    index: IndexName
    live: IndexName | None
    since: int
    """Sequence number of the live index up to which its slots are in the new one."""


@contextmanager
def _open_build(client: Elasticsearch, order: ReindexRequest) -> Iterator[IndexBuild]:
    """A new index for the body; deleted, with a line in the trail, whatever goes wrong."""
    catch_up.replay_handover(client, order.alias)
    drop_leftovers(client, order.alias)
    sweep_scratch()
    new = offers_index(order.prefix, order.started)
    live = lifecycle.live_index(client, order.alias)
    since = sequence_number(client, str(live)) if live else -1
    try:
        with open_requested_sources(client, order) as sources:
            yield IndexBuild(sources, new, live, since)
    except BaseException as error:
        with open_uninterruptible_section():
            _abandon(client, order, new, error)
        raise


def open_requested_sources(
    client: Elasticsearch, order: ReindexRequest
) -> AbstractContextManager[SourceDirectory]:
    """The sources of an order; quarantine files go to the folder of its run."""
    runs.write_origin(order.run, {"directory": str(order.directory.absolute())})
    folder = order.run / runs.QUARANTINE
    corrections = read_corrections(order.trail)
    return open_source_directory(
        order.directory, order.now, folder, order.geocoder, corrections, declared=order.declared
    )


def create_build_index(client: Elasticsearch, new: IndexName) -> None:
    """An empty index that neither refreshes, copies nor syncs itself while it is filled."""
    settings = {**offers_settings(replicas=0), "refresh_interval": "-1", DURABILITY: "async"}
    lifecycle.create_index(client, new, settings, build_unfinished_mapping())


def fill_index(
    client: Elasticsearch, build: IndexBuild, report: ReindexReport, progress: ProgressListener
) -> None:
    """Every offer of the directory."""
    progress.stage("Reading, joining and writing offers")
    offers = stream_counted(build.sources.offers(), report)
    write_offers(client, str(build.index), offers, progress.count)
    report.quarantine = build.sources.quarantines.as_json()


def attach_slots(
    client: Elasticsearch, build: IndexBuild, report: ReindexReport, progress: ProgressListener
) -> None:
    """Of each source the last word, of the directory or of the live index, on every offer."""
    progress.stage("Giving slots to their offers")
    found = build.sources.slots()
    settled = settle_offers(build.sources, found, live_reader(client, build.live))
    counted = count_settled(settled, found, report, build.sources.has_slots)
    write_offers(client, str(build.index), (one.offer for one in counted), progress.count)


def live_reader(client: Elasticsearch, live: IndexName | None) -> ReadHits:
    """Reads the live index, once it is refreshed; there is nothing to read without one."""
    if live is None:
        return lambda query, source: ()
    lifecycle.refresh_index(client, live)
    return lambda query, source: scan(client, str(live), query, source)


def refresh_and_merge(client: Elasticsearch, index: IndexName, progress: ProgressListener) -> None:
    """Searchable, merged (an unmerged index is 30 to 50 % slower), refreshing, copied."""
    progress.stage("Merging segments")
    lifecycle.refresh_index(client, index)
    lifecycle.force_merge(client, index)
    served = offers_settings(replicas=lifecycle.count_useful_replicas(client))
    names = ("refresh_interval", "number_of_replicas")
    settings = {name: served[name] for name in names}
    lifecycle.put_settings(client, index, {**settings, DURABILITY: "request"})


def check_new_index(
    client: Elasticsearch,
    build: IndexBuild,
    report: ReindexReport,
    order: ReindexRequest,
    progress: ProgressListener,
) -> None:
    """The gate: counts against the live index and the limits, then questions to the new one.

    Neither the smoke queries nor the judge are waived by ``accept_drift``.
    """
    progress.stage("Checking the new index")
    report.before = fetch_index_stats(client, str(build.live)) if build.live else None
    report.accepted = check_report_counts(build.sources, report, order)
    gate.smoke(client, str(build.index), report.offers)
    if order.judge is not None:
        progress.stage("Judging what the new index answers")
        gate.check_relevance(order.judge(str(build.index)))


def replay_live_slots(
    client: Elasticsearch, build: IndexBuild, report: ReindexReport, progress: ProgressListener
) -> None:
    """Slots written to the live index since the run began: little is left for the swap."""
    if build.live is None:
        return
    progress.stage("Replaying slots that arrived meanwhile")
    since, build.since = build.since, sequence_number(client, str(build.live))
    migration = _slot_migration(client, build, report)
    report.slots["replayed"] = replay_slots(migration, since, progress.count)


def _slot_migration(
    client: Elasticsearch, build: IndexBuild, report: ReindexReport
) -> SlotMigration:
    """From the live index to the new one; a place that only an editor knows is counted."""
    count = partial(count_in_report, report=report)
    return SlotMigration(client, str(build.live), str(build.index), build.sources.now, count)


def prepare_handover(client: Elasticsearch, build: IndexBuild) -> None:
    """Note in the complete index the last writes of the live one, to replay after the swap."""
    lifecycle.refresh_index(client, build.index)
    if build.live is not None:
        now = build.sources.now
        catch_up.write_handover_note(client, build.index, build.live, build.since, now)


def finish_handover(
    client: Elasticsearch, order: ReindexRequest, report: ReindexReport, progress: ProgressListener
) -> None:
    """Replay the slots written to the former index while the alias moved."""
    if done := catch_up.replay_handover(client, order.alias, progress.count):
        report.slots["replayed"] += done


def check_sources(
    client: Elasticsearch, sources: SourceDirectory, report: ReindexReport, order: ReindexRequest
) -> None:
    """Each file as a whole, against the last load of its source; raises ``FileRefusedError``."""
    report.loads = build_directory_loads(order.directory, sources.quarantines, order.started)
    last = last_loads(order.trail)
    found = check_files(report.loads, last, sources.quarantines, order.now.date())
    if found.faults and not order.accept_drift:
        raise FileRefusedError(found)
    report.warnings = [*found.faults.values(), *found.warnings]


def collect_problems(check: Callable[[], None]) -> list[str]:
    """Why a check would refuse; nothing when it passes."""
    try:
        check()
    except gate.GateClosedError as closed:
        return closed.problems
    return []


def check_report_counts(
    sources: SourceDirectory, report: ReindexReport, order: ReindexRequest
) -> list[str]:
    """Problems of the counts that ``accept_drift`` waives; raises ``GateClosedError`` without."""
    return gate.check_counts(
        report.offers,
        report.before,
        sources.quarantines,
        floor=order.floor,
        accept_drift=order.accept_drift,
        lost_answers=_count_lost_answers(report.slots),
        names=report.names,
    )


def _count_lost_answers(slots: dict[str, Any]) -> tuple[int, int]:
    """Editors' answers lost as a whole, and how many there were to read."""
    rejected = slots.get("rejected", {})
    return sum(rejected.get(reason, 0) for reason in WHOLE_ANSWER), slots.get("answers", 0)


def _abandon(
    client: Elasticsearch, order: ReindexRequest, new: IndexName, error: BaseException
) -> None:
    """Delete the half-built index; when Elasticsearch is gone, the next run deletes it."""
    try:
        lifecycle.delete_index(client, new)
    except ElasticError as gone:
        error.add_note(f"The half-built index {new} could not be deleted: {gone}")
    record_failure(order.trail, str(new), order.clock(), error)


def _finish_run(client: Elasticsearch, order: ReindexRequest, report: ReindexReport) -> None:
    drop_leftovers(client, order.alias)
    left = lifecycle.delete_indices_between(client, order.alias, report.live_before)
    pruned = [*left, *lifecycle.prune_indices(client, order.alias, KEPT_INDICES)]
    report.pruned = [str(name) for name in pruned]
    record_completion(order.trail, report, order.started, order.clock())
