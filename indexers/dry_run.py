"""A reindex rehearsed: everything read and joined, nothing written.

It says exactly which offers would be added, changed and removed, and whether the gate would open.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import IndexName
from indexers import gate, lrm
from indexers.census import census
from indexers.comparison import compared
from indexers.differences import EXAMPLES, Differences
from indexers.reindex import Order, Report, counted, counts_accepted, opened_for, slot_counts
from indexers.scan import View, frozen
from indexers.sources import Sources
from indexers.watch import Watch
from mappings.records import Offer

KEEP_ALIVE = "1h"
"""How long the live index is held between two looks at it: a geocoder may answer slowly."""


def dry_run(
    client: Elasticsearch, order: Order, watch: Watch | None = None, examples: int = EXAMPLES
) -> Report:
    """What ``reindex`` would do with the same order, ``examples`` offers named for each change.

    Raises what a reader raises; a gate that would stay closed is told in ``Report.refused``.
    """
    seen = watch or Watch()
    live = lifecycle.live_index(client, order.alias)
    report = Report("", str(live) if live else None)
    report.differences = Differences(shown=examples)
    with opened_for(order) as build, _view(client, live) as view:
        report.before = census(client, str(live)) if live else None
        lrm.registry_of(order.directory, build.quarantines)
        seen.stage("Reading, joining and comparing")
        for offer in compared(view, _offers(build, report), report.differences):
            counted(offer, report)
            seen.count(report.offers.total)
        report.quarantine = build.quarantines.as_json()
        try:
            report.accepted = counts_accepted(build, report, order)
        except gate.GateClosedError as closed:
            report.refused = closed.problems
    return report


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
