"""The directory of one run: what it holds, joined, located, with its slots."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from geography.locate import AddressBatch, KnownAnswer, Locator
from indexers.offers.build_context import Joins
from indexers.offers.pipeline import all_offers, joined, require_offers
from indexers.quality.corrections import Corrections
from indexers.runs.folder import Quarantines
from indexers.runs.gc_tuning import rarely_collected
from indexers.sources.geocoded import read_geocoded
from mappings.records import Offer
from slots.bookable import borne
from slots.loading.directory import DirectorySlots, owners_in, slots_from_directory
from slots.loading.requests import AGENDA_FILE, REQUESTS_FILE
from slots.matching.locating import located_by
from slots.matching.matching import OfferIndex

GEOCODED = "geocoded.csv"
"""Addresses geocoded before, if the directory has them."""


def directory_locator(directory: Path, geocoder: AddressBatch | None = None) -> Locator:
    """A locator that knows the directory's geocoded addresses; offline without ``geocoder``."""
    path = directory / GEOCODED
    answers = read_geocoded(path) if path.is_file() else {}
    known = {key: KnownAnswer(*answer) for key, answer in answers.items()}
    return Locator(answers=known, geocoder=geocoder)


class Sources:
    """What a run reads. ``offers`` first, then ``slots``: slots need to know the offers."""

    def __init__(self, directory: Path, now: datetime, joins: Joins) -> None:
        self.directory = directory
        self.now = now
        self.quarantines = joins.quarantines
        self._joins = joins
        self._bearers = OfferIndex(owners_in(directory))

    @property
    def has_slots(self) -> bool:
        """True when the directory brings slots, from the agenda or from editors."""
        return any((self.directory / name).is_file() for name in (AGENDA_FILE, REQUESTS_FILE))

    def offers(self) -> Iterator[Offer]:
        """Every offer, without slots; those that slots may belong to are remembered."""
        for offer in all_offers(self._joins):
            self._bearers.add(offer)
            yield offer

    def slots(self) -> DirectorySlots:
        """The directory's slots on the offers already read."""
        locate = located_by(self._joins.locator)
        return slots_from_directory(self.directory, self._bearers, self.now, locate)

    def with_slots(self, found: DirectorySlots) -> Iterator[Offer]:
        """The offers that bear slots, created ones included, with their slots."""
        for offer_id, slots in found.slots.items():
            yield {**self._bearers.offer(offer_id), **borne(slots)}


@contextmanager
def opened(
    directory: Path,
    now: datetime,
    quarantine_folder: Path | None,
    geocoder: AddressBatch | None = None,
    corrections: Corrections | None = None,
) -> Iterator[Sources]:
    """The sources of a directory; temporary files and quarantine files are closed at the end."""
    quarantines = Quarantines(quarantine_folder, corrections)
    try:
        require_offers(directory)
        with rarely_collected():
            locator = directory_locator(directory, geocoder)
            with joined(directory, locator, now, quarantines) as joins:
                yield Sources(directory, now, joins)
    finally:
        quarantines.close()
