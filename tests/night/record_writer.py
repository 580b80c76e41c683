"""A process that changes settings, agendas and orientations until it is killed.

Arguments: the URL of the records, the first number, the slot of Anne's agenda, its next start. Each
change has a number: ``try N`` is printed before it, ``done N`` once it is kept. A number that is
tried again is the same change.
"""

import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from mappings.instants import parse_instant
from records.access import Actor
from records.agenda.agendas import AGENDAS
from records.agenda.changes import change_agenda
from records.agenda.edits import change_slot
from records.database import Database, open_database
from records.kinds import read_record
from records.orientations.kinds import OrientationKind
from records.professional_settings import PARTICIPATION, change_professional_settings
from tests.records.agenda.agendas import PLACES
from tests.records.orientations.agenda import name_slot, show_offer
from tests.records.orientations.people import ask
from tests.records.samples import ANNE, BRUNO, IN_ORDER, build_settings

KINDS = ("settings", "agenda", "orientation")
SEATS, OTHER_SEATS = 9_000, 1_000
"""Least seats, more than there will be orientations, and the numbers of seats above."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The records, and the slot that is changed and taken."""

    database: Database
    slot_id: str
    start: datetime

    def apply(self, number: int) -> None:
        """Make the change of a number, unless it is made already."""
        {"settings": self.settle, "agenda": self.reseat, "orientation": self.orient}[
            name_kind(number)
        ](number)

    def settle(self, number: int) -> None:
        stored = read_record(self.database, PARTICIPATION, BRUNO)
        said = build_settings(BRUNO, additional_info=name_settings(number))
        if stored.value.additional_info != said.additional_info:
            actor, now = Actor(BRUNO), datetime.now(UTC)
            change_professional_settings(
                self.database, actor, said, IN_ORDER, version=stored.version, now=now
            )

    def reseat(self, number: int) -> None:
        stored = read_record(self.database, AGENDAS, ANNE)
        if stored.value.slots[0].seats != count_seats(number):
            edit = change_slot(self.slot_id, {"seats": count_seats(number)})
            actor, now = Actor(ANNE), datetime.now(UTC)
            change_agenda(self.database, actor, ANNE, edit, PLACES, version=stored.version, now=now)

    def orient(self, number: int) -> None:
        ask(
            self.database,
            offer=show_offer(self.slot_id, self.start),
            kind=OrientationKind.SLOT,
            slot=name_slot(self.slot_id, self.start),
            key=str(uuid.UUID(int=number)),
            now=datetime.now(UTC),
        )


def name_settings(number: int) -> str:
    """What the settings of a number say."""
    return f"n{number}"


def count_seats(number: int) -> int:
    """The seats of the slot after the change of a number."""
    return SEATS + number % OTHER_SEATS


def name_kind(number: int) -> str:
    """What the change of a number is about."""
    return KINDS[number % len(KINDS)]


def main() -> None:
    """Change until killed."""
    url, first, slot_id, start = sys.argv[1:]
    writer = Writer(open_database(url), slot_id, parse_instant(start))
    for number in count(int(first)):
        print("try", number, flush=True)
        writer.apply(number)
        print("done", number, flush=True)


if __name__ == "__main__":
    main()
