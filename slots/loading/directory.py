"""The slots of a directory of files on their offers, for a reindex."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mappings.records import CanonicalSlot, Offer, StoredSlot
from slots.coherence import count_hidden_slots, visible_slots
from slots.last_word import AnswerTimes, answer_time, with_words
from slots.loading.requests import (
    WHOLE_ANSWER,
    DirectoryRequests,
    SourceAnswer,
    parse_requests,
)
from slots.matching.attribution import Attribution
from slots.matching.locating import commune_geography
from slots.matching.matching import Locate, OfferIndex, bare_owner, offer_owner, slot_owner
from slots.stored import AGENDA_SOURCE

JUST_BEFORE = timedelta(microseconds=1)
"""A file is older than the run that reads it: what is answered during the run is later."""


@dataclass(frozen=True, slots=True)
class LiveAnswers:
    """When each source last answered, in the index that is live: by owner, and the SAS agenda."""

    by_owner: Mapping[str, AnswerTimes] = field(default_factory=dict)

    @property
    def agenda(self) -> str:
        """The newest answer of the agenda, which is one file for all its owners."""
        return max((at.get(AGENDA_SOURCE, "") for at in self.by_owner.values()), default="")

    def has_later(self, owner: str, source: str, answered_at: str) -> bool:
        """True when the source has answered later about this owner."""
        return self.by_owner.get(owner, {}).get(source, "") > answered_at


@dataclass(frozen=True, slots=True)
class DirectorySlots:
    """The last words of a directory: slots by offer id, instants by owner; counts by reason.

    ``created`` offers are complete but for their ``slots``, which are in ``slots`` like the
    others. ``unmatched`` and ``hidden`` count slots; ``rejected`` counts the entries that the
    parser refused, and answers and lines refused as a whole. ``answers`` counts all of them,
    ``late`` the owners of an answer about whom the live index holds a later one.
    """

    slots: dict[str, list[StoredSlot]]
    created: list[Offer]
    unmatched: Counter[str]
    hidden: Counter[str]
    rejected: Counter[str]
    answers: int = 0
    late: int = 0
    answered: Mapping[str, AnswerTimes] = field(default_factory=dict)
    """By owner, when each source answered."""
    of_all: AnswerTimes = field(default_factory=dict)
    """Of the sources that answered about every owner there is: the agenda."""

    def with_own_words(self, offer: Offer) -> Offer:
        """The offer with the slots and the instants of the directory."""
        times = {**self.of_all, **self.answered.get(offer_owner(offer), {})}
        return with_words(offer, self.slots.get(offer["id"], []), times)


def keep_place(place: Offer) -> Offer:
    """A created place without settings of its own."""
    return place


def attribute_directory(
    slots: DirectoryRequests,
    index: OfferIndex,
    now: datetime,
    *,
    locate: Locate = commune_geography,
    live: LiveAnswers | None = None,
    settle_place: Callable[[Offer], Offer] = keep_place,
    agendas: Iterable[SourceAnswer] = (),
) -> DirectorySlots:
    """Every slot of a directory on its offer, coherence applied.

    ``index`` holds at least the offers of ``slots.owners()``, participation and absences
    included; created offers are added to it, with the settings of ``settle_place``. An answer
    about an owner of whom ``live`` has a later one of that source gives nothing. ``agendas`` are
    those of the records, each owner's as old as its own last change. Memory holds the slots and
    one answer at a time.
    """
    reader = _DirectoryReader(index, Attribution(index, now, locate), live or LiveAnswers())
    rejected, answers = Counter(slots.rejected), 0
    latest = now - JUST_BEFORE
    reader.read_agenda(slots, latest)
    for agenda in agendas:
        reader.read_answer(agenda)
    for answer in parse_requests(slots.requests, now, rejected, latest=latest):
        reader.read_answer(answer)
        answers += 1
    answers += sum(rejected[reason] for reason in WHOLE_ANSWER)
    return reader.finish(rejected, answers, settle_place)


class _DirectoryReader:
    """Answers given to their offers one after the other, the later in place of the earlier."""

    def __init__(self, index: OfferIndex, attribution: Attribution, live: LiveAnswers) -> None:
        self._index, self._attribution, self._live = index, attribution, live
        self._answered: dict[str, dict[str, str]] = defaultdict(dict)
        self._of_all: dict[str, str] = {}
        self._late = 0

    def read_agenda(self, slots: DirectoryRequests, latest: datetime) -> None:
        """The agenda file is the whole agenda; an empty one says nothing."""
        at = slots.agenda_answered_at(latest)
        if not slots.agenda_lines or answer_time(at) < self._live.agenda:
            return
        self._of_all[AGENDA_SOURCE] = answer_time(at)
        self._attribution.add(slots.agenda(), AGENDA_SOURCE)

    def read_answer(self, answer: SourceAnswer) -> None:
        """One answer, less what it says of owners of whom the live index knows later."""
        at = answer_time(answer.answered_at) if answer.answered_at else ""
        owners = {self._index.resolve_owner(bare_owner(one)) for one in answer.requested_ids}
        heard = {one for one in owners if not self._live.has_later(one, answer.source, at)}
        self._late += len(owners - heard)
        self._attribution.drop(heard, answer.source)
        heard_slots = self._without_owners(answer, owners - heard)
        self._attribution.add(heard_slots, answer.source, answer.received_at)
        for owner in heard:
            self._answered[owner][answer.source] = at

    def _without_owners(self, answer: SourceAnswer, left_out: Set[str]) -> Iterator[CanonicalSlot]:
        for slot in answer.slots:
            if self._index.resolve_owner(slot_owner(slot)) not in left_out:
                yield slot

    def finish(
        self, rejected: Counter[str], answers: int, settle_place: Callable[[Offer], Offer]
    ) -> DirectorySlots:
        """The last words read; created places that a later answer emptied are left out."""
        hidden: Counter[str] = Counter()
        slots = {key: held for key, held in self._attribution.slots.items() if held}
        created = [settle_place(one) for one in self._attribution.created if one["id"] in slots]
        for place in self._attribution.created:
            self._index.remove(place["id"])
        for place in created:
            self._index.add(place)
        for offer_id, stored in slots.items():
            slots[offer_id] = visible_slots(self._index.offer(offer_id), stored)
            hidden.update(count_hidden_slots(slots[offer_id]))
        return DirectorySlots(
            slots=slots,
            created=created,
            unmatched=self._attribution.unmatched,
            hidden=hidden,
            rejected=rejected,
            answers=answers,
            late=self._late,
            answered=self._answered,
            of_all=self._of_all,
        )
