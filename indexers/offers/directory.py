"""The directory of one run: its sources joined and located, with their slots."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from geography.locate import AddressBatch, GeocodedPoint, Locator
from indexers.loads.settings import settle_place
from indexers.offers.pipeline import (
    OfferSources,
    build_offers,
    open_offer_sources,
    require_offers,
)
from indexers.offers.settings import NOTHING_DECLARED, DeclaredSources
from indexers.runs.folder import Quarantines
from indexers.runs.gc_tuning import open_reduced_gc
from indexers.sources.geocoding_cache import read_geocoded
from mappings.files import resolve_inside
from mappings.records import Offer
from records.trail.corrections import Corrections
from slots.loading.agenda import build_agenda_answers
from slots.loading.directory import DirectorySlots, LiveAnswers, attribute_directory
from slots.loading.requests import DirectoryRequests, read_directory_requests
from slots.matching.locating import build_locate
from slots.matching.matching import OfferIndex

GEOCODED = "geocoded.csv"
"""Addresses geocoded before, if the directory has them."""


def directory_locator(directory: Path, geocoder: AddressBatch | None = None) -> Locator:
    """A locator that knows the directory's geocoded addresses; offline without ``geocoder``."""
    path = directory / GEOCODED
    answers = read_geocoded(resolve_inside(directory, GEOCODED)) if path.exists() else {}
    known = {key: GeocodedPoint(*answer) for key, answer in answers.items()}
    return Locator(answers=known, geocoder=geocoder)


class SourceDirectory:
    """The sources of one run. Read ``offers`` first, then ``slots``, which are put on them."""

    def __init__(
        self,
        directory: Path,
        now: datetime,
        sources: OfferSources,
        locator: Locator,
        quarantines: Quarantines,
    ) -> None:
        self.directory = directory
        self.now = now
        self.quarantines = quarantines
        self._sources = sources
        self._locator = locator
        self._agendas = list(build_agenda_answers(sources.own.agendas or (), now))
        self._slot_requests = self._read_requests()
        self._owners = self._slot_requests.owners() | {
            owner for agenda in self._agendas for owner in agenda.requested_ids
        }
        self._live = LiveAnswers()
        self._offer_index = OfferIndex(self._owners)

    def _read_requests(self) -> DirectoryRequests:
        """What the directory has of slots; the agendas of the records stand for its agenda."""
        found = read_directory_requests(self.directory)
        return replace(found, agenda_lines=()) if self._agendas else found

    @property
    def has_slots(self) -> bool:
        """True when the directory brings answers, of the agenda or of editors."""
        requests = self._slot_requests
        return bool(self._agendas or requests.agenda_lines or requests.requests)

    @property
    def offer_index(self) -> OfferIndex:
        """The offers read so far of those whose slots the directory or the live index has."""
        return self._offer_index

    def use_live_answers(self, live: LiveAnswers) -> None:
        """Keep the offers of these owners too; call it before ``offers``."""
        self._live = live
        self._offer_index = OfferIndex(self._owners | live.by_owner.keys())

    def offers(self) -> Iterator[Offer]:
        """Every offer, without slots; those that slots may belong to are kept in memory."""
        today = self.now.date()
        for offer in build_offers(self._sources, self._locator, today, self.quarantines):
            self._offer_index.add(offer)
            yield offer

    def slots(self) -> DirectorySlots:
        """The directory's slots on the offers already read."""
        locate = build_locate(self._locator)
        return attribute_directory(
            self._slot_requests,
            self._offer_index,
            self.now,
            locate=locate,
            live=self._live,
            settle_place=self.settle_place,
            agendas=self._agendas,
        )

    def settle_place(self, place: Offer) -> Offer:
        """A place that only an editor knows, with the settings of the directory."""
        return settle_place(self._sources.own, place)


@contextmanager
def open_source_directory(
    directory: Path,
    now: datetime,
    quarantine_folder: Path | None,
    geocoder: AddressBatch | None = None,
    corrections: Corrections | None = None,
    *,
    declared: DeclaredSources = NOTHING_DECLARED,
) -> Iterator[SourceDirectory]:
    """The sources of a directory; temporary files and quarantine files are closed at the end."""
    quarantines = Quarantines(quarantine_folder, corrections)
    try:
        require_offers(directory)
        with open_reduced_gc():
            locator = directory_locator(directory, geocoder)
            with open_offer_sources(directory, quarantines, declared) as sources:
                yield SourceDirectory(directory, now, sources, locator, quarantines)
    finally:
        quarantines.close()
