"""From a directory of files to records: read, join, locate, record. No Elasticsearch here.

The RPPS is read twice in effect: once into a temporary SQLite file, once out of it person by
person, so that memory does not grow with the country (docs/indexing.md). What left the files is
not in the stream, and so not in an index built from it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from geography.locate import Locator
from indexers.offers.build_context import Joins
from indexers.offers.cpts import cpts_offer
from indexers.offers.locating import Draft, crowded_points, located_offers
from indexers.offers.professionals import RPPS, professional_drafts
from indexers.offers.solutions import solution_offer
from indexers.offers.sos import SOS, sos_drafts
from indexers.offers.structures import FINESS, structure_drafts
from indexers.runs.folder import Quarantines
from indexers.sources.own_formats import own_file
from indexers.sources.own_sources import own_sources
from indexers.sources.published import (
    ACTIVITIES,
    edition,
    published_conventions,
    spool_published,
    structure_files,
)
from indexers.sources.staging_store import Spool
from mappings.records import Offer

OFFER_SOURCES = ("cpts", "sos", "solutions")
"""Own sources that are offers by themselves."""


class NothingToIndexError(ValueError):
    """The directory holds no source of offers."""


def require_offers(directory: Path) -> None:
    """Raise ``NothingToIndexError`` unless the directory has at least one source of offers."""
    if not directory.is_dir():
        raise NothingToIndexError(f"{directory} is not a directory: give one with --from")
    published = edition(directory, ACTIVITIES) or structure_files(directory)
    if not published and not any(own_file(directory, name) for name in OFFER_SOURCES):
        raise NothingToIndexError(
            f"{directory} holds no source of offers: put {ACTIVITIES}, a FINESS file, "
            "cpts.jsonl, sos.jsonl or solutions.jsonl there (docs/indexing.md)"
        )


def build_offers(
    directory: Path, locator: Locator, now: datetime, quarantines: Quarantines
) -> Iterator[Offer]:
    """Every offer of a directory, without slots, each id once, in a stable order.

    ``now`` is aware. Rows set aside are counted in ``quarantines``. Raises
    ``NothingToIndexError``, or what a reader raises on a file that is not what its name says.
    """
    with joined(directory, locator, now, quarantines) as joins:
        yield from all_offers(joins)


@contextmanager
def joined(
    directory: Path, locator: Locator, now: datetime, quarantines: Quarantines
) -> Iterator[Joins]:
    """The sources of a directory, read and ready to be joined; temporary files go at the end."""
    require_offers(directory)
    own = own_sources(directory, quarantines)
    conventions = published_conventions(directory, quarantines)
    with Spool() as spool:
        dates = spool_published(directory, spool, quarantines, conventions)
        crowded = crowded_points(spool.structures())
        yield Joins(own, spool, locator, now.date(), quarantines, dates, crowded, conventions)


def all_offers(joins: Joins) -> Iterator[Offer]:
    """Professionals, structures, SOS points, CPTS (which by then know their members), solutions."""
    attached: set[str] = set()
    for offer in _located(RPPS, _professionals(joins), joins):
        if "cpts" in offer:
            attached.update(offer["cpts"])
        yield offer
    yield from _located(FINESS, structure_drafts(joins.spool.structures(), joins), joins)
    yield from _located(SOS, sos_drafts(joins.own.sos, joins), joins)
    members = frozenset(attached)
    yield from _present(cpts_offer(one, joins, members) for one in joins.own.cpts.values())
    yield from _present(solution_offer(one, joins) for one in joins.own.solutions)


def _professionals(joins: Joins) -> Iterator[Draft]:
    return (d for person in joins.spool.people() for d in professional_drafts(person, joins))


def _located(source: str, drafts: Iterable[Draft], joins: Joins) -> Iterator[Offer]:
    return located_offers(drafts, joins.locator, joins.quarantine(source))


def _present(offers: Iterable[Offer | None]) -> Iterator[Offer]:
    return (offer for offer in offers if offer is not None)
