"""From a directory of files to offers: read, join, locate, build. No Elasticsearch here.

The rows of the RPPS are staged in a temporary SQLite file, then read person by person, so that
memory does not grow with the country (docs/explanation/pipeline.md). An offer that left the files
is not in the stream, and so not in an index built from it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from geography.locate import Locator
from indexers.offers.cpts import build_cpts_offers, locate_cpts
from indexers.offers.locating import find_crowded_structure_points, locate_candidates
from indexers.offers.participation import msp_with_members
from indexers.offers.professionals import (
    RPPS,
    ProfessionalFacts,
    build_professional_offer,
    professional_candidates,
)
from indexers.offers.provenance import Provenance
from indexers.offers.settings import NOTHING_DECLARED, DeclaredSources, OwnSources
from indexers.offers.solutions import build_solution_offers
from indexers.offers.sos import SOS, build_sos_offers
from indexers.offers.structure_register import StructureRegister
from indexers.offers.structures import (
    FINESS,
    StructureFacts,
    build_structure_offer,
    structure_candidates,
)
from indexers.quality.quarantine import Quarantine
from indexers.runs.folder import Quarantines
from indexers.sources.ameli.conventions import Conventions
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


@dataclass(frozen=True, slots=True)
class OfferSources:
    """The sources of one directory, read and ready to be joined."""

    own: OwnSources
    store: StagingStore
    conventions: Conventions | None
    dates: Mapping[str, str]
    """ISO day of each published source that names it."""


@contextmanager
def open_offer_sources(
    directory: Path, quarantines: Quarantines, declared: DeclaredSources = NOTHING_DECLARED
) -> Iterator[OfferSources]:
    """Read the sources of a directory; temporary files go at the end.

    What the records hold stands in place of the directory's file.

    Raises ``NothingToIndexError``, or the error of a reader on a file in another format than
    its name announces.
    """
    require_offers(directory)
    own = read_own_sources(directory, quarantines).with_declared(declared)
    conventions = read_published_conventions(directory, quarantines)
    with StagingStore() as store:
        dates = stage_published_files(directory, store, quarantines, conventions)
        yield OfferSources(own, store, conventions, dates)


def build_offers(
    sources: OfferSources, locator: Locator, today: date, quarantines: Quarantines
) -> Iterator[Offer]:
    """Every offer, without slots, each id once, in a stable order.

    Professionals, structures, SOS points, CPTS (whose members are known by then), solutions.
    Rows set aside are counted in ``quarantines``.
    """
    counts = sources.own.orientations
    for offer in _join_sources(sources, locator, today, quarantines):
        count = counts.get(offer.get("person_key", ""))
        yield offer if count is None else {**offer, "orientations_today": count}


def _join_sources(
    sources: OfferSources, locator: Locator, today: date, quarantines: Quarantines
) -> Iterator[Offer]:
    crowded = find_crowded_structure_points(sources.store.structures())
    register = StructureRegister(sources.store, today, crowded)
    own, provenance = sources.own, Provenance(sources.dates)
    attached: set[str] = set()
    facts = ProfessionalFacts(own, sources.conventions, provenance)
    for offer in _professional_offers(register, facts, locator, quarantines.get_quarantine(RPPS)):
        attached.update(offer.get("cpts", ()))
        yield offer
    msp = StructureFacts(own, msp_with_members(own.participation.values()), provenance)
    yield from _structure_offers(register, msp, locator, quarantines.get_quarantine(FINESS))
    yield from build_sos_offers(own, locator, provenance, quarantines.get_quarantine(SOS))
    locate = partial(locate_cpts, locator=locator, register=register)
    members = frozenset(attached)
    yield from build_cpts_offers(own.cpts.values(), locate, members, provenance, quarantines)
    yield from build_solution_offers(own.solutions, provenance, quarantines)


def _professional_offers(
    register: StructureRegister, facts: ProfessionalFacts, locator: Locator, quarantine: Quarantine
) -> Iterator[Offer]:
    candidates = professional_candidates(register.store.people(), register, quarantine)
    for located in locate_candidates(candidates, locator, quarantine):
        yield build_professional_offer(located, facts)


def _structure_offers(
    register: StructureRegister, facts: StructureFacts, locator: Locator, quarantine: Quarantine
) -> Iterator[Offer]:
    candidates = structure_candidates(register.store.structures(), register, quarantine)
    for located in locate_candidates(candidates, locator, quarantine):
        yield build_structure_offer(located, facts)
