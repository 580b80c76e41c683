"""Rules of an agenda (F107), judged on the hours that a change opens; closing is never refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from mappings.agenda.days import find_opening
from mappings.agenda.formats import MAX_RULES, AgendaFormat, AgendaSlotFormat
from mappings.agenda.overlaps import find_overlap_day
from records.agenda.wording import describe_slot, to_local

Places = Mapping[str, str]
"""IANA zone of each place where a professional practises, by IDNST."""
Fault = tuple[str, str]
"""The field of a fault, and its sentence."""

NOT_HIS_PLACE = "{idnst} n'est pas un lieu d'exercice de cette personne : choisissez {known}."
NO_PLACE = (
    "Aucun lieu d'exercice de cette personne n'est connu : vérifiez le RPPS, ou attendez que "
    "l'annuaire soit chargé."
)
OTHER_CLOCK = "L'heure de {idnst} est celle de {zone}, pas de {given}."
PAST = "Ce créneau commence le {start:%d/%m/%Y à %H:%M}, c'est passé : choisissez une date à venir."
NEVER = (
    "Ce créneau n'aurait jamais lieu : aucun jour ne convient, ou le changement d'heure saute "
    "ces heures ce jour-là."
)
OVERLAP = (
    "Ce créneau chevauche un autre, {other}, le {day:%d/%m/%Y} : changez les heures, ou retirez "
    "l'autre."
)
TOO_MANY = "Un agenda a au plus {most} créneaux : regroupez-en dans un créneau hebdomadaire."


@dataclass(frozen=True)
class AgendaChange:
    """An agenda before and after a change, where its professional practises, and when."""

    before: AgendaFormat
    after: AgendaFormat
    places: Places
    now: datetime

    @cached_property
    def formers(self) -> Mapping[str, AgendaSlotFormat]:
        """The slots before the change, by id."""
        return {slot.id: slot for slot in self.before.slots}

    @cached_property
    def opened(self) -> list[AgendaSlotFormat]:
        """The slots that take place when none of their id did, or otherwise."""
        return [slot for slot in self.after.slots if not is_within(slot, self.find_former(slot))]

    def find_former(self, slot: AgendaSlotFormat) -> AgendaSlotFormat | None:
        """The slot of the same id before the change."""
        return self.formers.get(slot.id)


def is_within(slot: AgendaSlotFormat, former: AgendaSlotFormat | None) -> bool:
    """True when a slot is what it was, or takes place on fewer days."""
    if former is None:
        return False
    days = {"until": former.until, "exceptions": former.exceptions}
    if slot.model_copy(update=days) != former:
        return False
    last = slot.last_day or date.max
    kept = {day for day in former.exceptions if day <= last}
    return last <= (former.last_day or date.max) and kept <= {*slot.exceptions}


def find_broken_agenda_rules(change: AgendaChange) -> list[Fault]:
    """Field and sentence of each rule that a change breaks; what was there before is not judged."""
    return list(dict.fromkeys(fault for rule in RULES for fault in rule(change)))


def _judge_place(change: AgendaChange) -> Iterator[Fault]:
    for slot in change.opened:
        former = change.find_former(slot)
        if former is not None and former.idnst == slot.idnst:
            continue
        zone = change.places.get(slot.idnst)
        if zone is None:
            yield "place", describe_unknown_place(slot.idnst, change.places)
        elif zone != slot.timezone:
            yield (
                "timezone",
                OTHER_CLOCK.format(idnst=slot.idnst, zone=zone, given=slot.timezone),
            )


def describe_unknown_place(idnst: str, places: Places) -> str:
    """What to do about a place that is not one of a professional's."""
    if not places:
        return NO_PLACE
    return NOT_HIS_PLACE.format(idnst=idnst, known=", ".join(sorted(places)))


def _judge_time(change: AgendaChange) -> Iterator[Fault]:
    """A running weekly slot may change its hours: its past occurrences are over anyway."""
    for slot in change.opened:
        opening, former = find_opening(slot), change.find_former(slot)
        is_running = slot.is_weekly and former is not None and former.day == slot.day
        if opening is None:
            yield "day", NEVER
        elif not is_running and opening[0] < change.now:
            yield "day", PAST.format(start=to_local(opening[0], slot))


def _judge_overlaps(change: AgendaChange) -> Iterator[Fault]:
    changed = {slot.id for slot in change.opened}
    for slot in change.after.slots:
        for other in change.after.slots if slot.id in changed else ():
            if other.id == slot.id or (other.id in changed and other.id < slot.id):
                continue
            if (day := find_overlap_day(slot, other)) is not None:
                yield "start", OVERLAP.format(other=describe_slot(other), day=day)


def _judge_number(change: AgendaChange) -> Iterator[Fault]:
    if len(change.after.slots) > MAX_RULES:
        yield "slots", TOO_MANY.format(most=MAX_RULES)


RULES: tuple[Callable[[AgendaChange], Iterator[Fault]], ...] = (
    _judge_place,
    _judge_time,
    _judge_overlaps,
    _judge_number,
)
