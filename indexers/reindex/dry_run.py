"""A reindex rehearsed: everything read and joined, nothing written.

It says exactly which offers would be added, changed and removed, and whether the gate would open.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import IndexName
from elastic.scan import View, frozen
from indexers.changes.comparison import compared
from indexers.changes.differences import EXAMPLES, Differences
from indexers.loads import lrm_registry
from indexers.offers.directory import Sources
from indexers.quality.index_stats import census
from indexers.reindex.recipe import (
    Order,
    check_sources,
    checked,
    counted,
    counts_accepted,
    opened_for,
)
from indexers.reindex.report import Report, slot_counts
from indexers.runs.progress import Watch
from indexers.runs.record import recorded
from mappings.records import Offer

KEEP_ALIVE = "1h"
"""How long the live index is held between two looks at it: a geocoder may answer slowly."""


def dry_run(
    client: Elasticsearch, order: Order, watch: Watch | None = None, examples: int = EXAMPLES
) -> Report:
    """What ``reindex`` would do with the same order, ``examples`` offers named for each change.

    Raises what a reader raises; a gate that would stay closed is told in ``Report.refused``.
    """
    seen, report = watch or Watch(), Report("", None)
    report.differences = Differences(shown=examples)
    with recorded(order.run, "reindex --dry-run", seen, order.clock, report.as_json):
        _rehearsed(client, order, report, report.differences, seen)
    return report


def _rehearsed(
    client: Elasticsearch, order: Order, report: Report, differences: Differences, seen: Watch
) -> None:
    seen.stage("Reading the sources")
    live = lifecycle.live_index(client, order.alias)
    report.live_before = str(live) if live else None
    with opened_for(client, order) as build, _view(client, live) as view:
        report.before = census(client, str(live)) if live else None
        lrm_registry.registry_of(order.directory, build.quarantines)
        report.refused = checked(lambda: check_sources(client, build, report, order))
        seen.stage("Reading, joining and comparing")
        for offer in compared(view, _offers(build, report), differences):
            counted(offer, report)
            seen.count(report.offers.total)
        report.quarantine = build.quarantines.as_json()
        report.refused += checked(lambda: _accept(build, report, order))


def _accept(build: Sources, report: Report, order: Order) -> None:
    report.accepted = counts_accepted(build, report, order)


@contextmanager
def _view(client: Elasticsearch, live: IndexName | None) -> Iterator[View | None]:
    if live is None:
        yield None
        return
    lifecycle.refresh(client, live)
    with frozen(client, str(live), KEEP_ALIVE) as view:
        yield view


def _offers(build: Sources, report: Report) -> Iterator[Offer]:
    """Every offer of the directory, then those that only its slots know."""
    yield from build.offers()
    if build.has_slots:
        found = build.slots()
        report.slots = slot_counts(found)
        yield from found.created
