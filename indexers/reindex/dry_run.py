"""A reindex rehearsed: everything read and joined, nothing written.

It reports exactly which offers would be added, changed and removed, what becomes of the slots, and
the gate's answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import IndexName
from elastic.scan import PointInTimeView, open_point_in_time_view
from indexers.changes.comparison import compare_with_live
from indexers.changes.differences import EXAMPLES, Differences, same_slots
from indexers.offers.directory import SourceDirectory
from indexers.quality.index_stats import fetch_index_stats
from indexers.reindex.last_words import (
    ReadHits,
    read_live_answers,
    settle_offers,
)
from indexers.reindex.recipe import (
    ReindexRequest,
    check_report_counts,
    check_sources,
    collect_problems,
    open_requested_sources,
)
from indexers.reindex.report import ReindexReport, count_settled, stream_counted
from indexers.runs.progress import ProgressListener
from indexers.runs.record import record_run
from indexers.sources.own_sources import read_registry_entries
from mappings.records import Offer
from slots.last_word import without_words

KEEP_ALIVE = "1h"
"""How long the live index is held between two looks at it: a geocoder may answer slowly."""


def dry_run(
    client: Elasticsearch,
    order: ReindexRequest,
    listener: ProgressListener | None = None,
    examples: int = EXAMPLES,
) -> ReindexReport:
    """The report of ``reindex`` for the same order, with ``examples`` offers named for each change.

    Raises the errors of the readers; problems of the gate are in ``ReindexReport.refused``.
    """
    seen, report = listener or ProgressListener(), ReindexReport("", None)
    report.differences = Differences(max_examples=examples)
    with record_run(order.run, "reindex --dry-run", seen, order.clock, report.as_json):
        _compare_sources(client, order, report, report.differences, seen)
    return report


def _compare_sources(
    client: Elasticsearch,
    order: ReindexRequest,
    report: ReindexReport,
    differences: Differences,
    progress: ProgressListener,
) -> None:
    progress.stage("Reading the sources")
    live = lifecycle.live_index(client, order.alias)
    report.live_before = str(live) if live else None
    with open_requested_sources(client, order) as build, _open_live_view(client, live) as view:
        report.before = fetch_index_stats(client, str(live)) if live else None
        read_registry_entries(order.directory, build.quarantines)
        report.refused = collect_problems(lambda: check_sources(client, build, report, order))
        progress.stage("Reading, joining and comparing")
        read = _view_reader(view)
        build.use_live_answers(read_live_answers(read))
        offers = _offers(build, report, read, differences)
        for _ in compare_with_live(view, offers, differences):
            progress.count(report.offers.total)
        report.quarantine = build.quarantines.as_json()
        report.refused += collect_problems(lambda: _accept(build, report, order))


def _accept(build: SourceDirectory, report: ReindexReport, order: ReindexRequest) -> None:
    report.accepted = check_report_counts(build, report, order)


def _view_reader(view: PointInTimeView | None) -> ReadHits:
    return (lambda query, source: ()) if view is None else view.hits


@contextmanager
def _open_live_view(
    client: Elasticsearch, live: IndexName | None
) -> Iterator[PointInTimeView | None]:
    if live is None:
        yield None
        return
    lifecycle.refresh_index(client, live)
    with open_point_in_time_view(client, str(live), KEEP_ALIVE) as view:
        yield view


def _offers(
    build: SourceDirectory, report: ReindexReport, read: ReadHits, differences: Differences
) -> Iterator[Offer]:
    """Every offer of the directory, then those that only its slots or the live ones know."""
    yield from stream_counted(build.offers(), report)
    found = build.slots()
    settled = settle_offers(build, found, read)
    for one in count_settled(settled, found, report, build.has_slots):
        differences.slots += one.before is not None and not same_slots(one.before, one.offer)
        if one.is_new_place:
            yield without_words(one.offer)
