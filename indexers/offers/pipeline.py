"""From a directory of files to records: read, join, locate, record. No Elasticsearch here.

The RPPS is read twice in effect: once into a temporary SQLite file, once out of it person by
person, so that memory does not grow with the country (docs/explanation/pipeline.md). What left
the files is not in the stream, and so not in an index built from it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from geography.locate import Locator
from indexers.offers.build_context import BuildContext
from indexers.offers.cpts import cpts_offer
from indexers.offers.locating import UnlocatedOffer, find_crowded_structure_points, locate_offers
from indexers.offers.professionals import RPPS, build_unlocated_professionals
from indexers.offers.solutions import solution_offer
from indexers.offers.sos import SOS, build_unlocated_sos_points
from indexers.offers.structures import FINESS, build_unlocated_structures
from indexers.runs.folder import Quarantines
from indexers.sources.own_formats import find_own_file
from indexers.sources.own_sources import read_own_sources
from indexers.sources.published import (
    ACTIVITIES,
    find_edition,
    read_published_conventions,
    stage_published_files,
    structure_files,
)
from indexers.sources.staging_store import StagingStore
from mappings.records import Offer

OFFER_SOURCES = ("cpts", "sos", "solutions")
"""Own sources that are offers by themselves."""


class NothingToIndexError(ValueError):
    """The directory holds no source of offers."""


def require_offers(directory: Path) -> None:
    """Raise ``NothingToIndexError`` unless the directory has at least one source of offers."""
    if not directory.is_dir():
        raise NothingToIndexError(f"{directory} is not a directory: give one with --from")
    published = find_edition(directory, ACTIVITIES) or structure_files(directory)
    if not published and not any(find_own_file(directory, name) for name in OFFER_SOURCES):
        raise NothingToIndexError(
            f"{directory} holds no source of offers: put {ACTIVITIES}, a FINESS file, "
            "cpts.jsonl, sos.jsonl or solutions.jsonl there (docs/explanation/pipeline.md)"
        )


def build_offers(
    directory: Path, locator: Locator, now: datetime, quarantines: Quarantines
) -> Iterator[Offer]:
    """Every offer of a directory, without slots, each id once, in a stable order.

    ``now`` is aware. Rows set aside are counted in ``quarantines``. Raises
    ``NothingToIndexError``, or what a reader raises on a file that is not what its name says.
    """
    with open_build_context(directory, locator, now, quarantines) as joins:
        yield from all_offers(joins)


@contextmanager
def open_build_context(
    directory: Path, locator: Locator, now: datetime, quarantines: Quarantines
) -> Iterator[BuildContext]:
    """The sources of a directory, read and ready to be joined; temporary files go at the end."""
    require_offers(directory)
    own = read_own_sources(directory, quarantines)
    conventions = read_published_conventions(directory, quarantines)
    with StagingStore() as spool:
        dates = stage_published_files(directory, spool, quarantines, conventions)
        crowded = find_crowded_structure_points(spool.structures())
        yield BuildContext(
            own, spool, locator, now.date(), quarantines, dates, crowded, conventions
        )


def all_offers(context: BuildContext) -> Iterator[Offer]:
    """Professionals, structures, SOS points, CPTS (which by then know their members), solutions."""
    attached: set[str] = set()
    for offer in _locate_offers(RPPS, _professionals(context), context):
        if "cpts" in offer:
            attached.update(offer["cpts"])
        yield offer
    yield from _locate_offers(
        FINESS, build_unlocated_structures(context.staging_store.structures(), context), context
    )
    yield from _locate_offers(SOS, build_unlocated_sos_points(context.own.sos, context), context)
    members = frozenset(attached)
    yield from _drop_missing(cpts_offer(one, context, members) for one in context.own.cpts.values())
    yield from _drop_missing(solution_offer(one, context) for one in context.own.solutions)


def _professionals(context: BuildContext) -> Iterator[UnlocatedOffer]:
    return (
        d
        for person in context.staging_store.people()
        for d in build_unlocated_professionals(person, context)
    )


def _locate_offers(
    source: str, drafts: Iterable[UnlocatedOffer], context: BuildContext
) -> Iterator[Offer]:
    return locate_offers(drafts, context.locator, context.quarantine(source))


def _drop_missing(offers: Iterable[Offer | None]) -> Iterator[Offer]:
    return (offer for offer in offers if offer is not None)
