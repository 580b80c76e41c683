"""Seats of an occurrence: of many at once as many succeed as there are seats."""

import threading

import pytest

from records.agenda.occurrences import OccurrenceKey
from records.database import Database, open_reading, open_transaction
from records.orientations.errors import SlotFull
from records.orientations.seats import CHUNK, count_taken, give_seat_back, take_seat
from tests.records.samples import LATER, NOW

SLOT = "agenda-1"


def take(database: Database, seats: int = 3) -> bool:
    try:
        with open_transaction(database) as session:
            take_seat(session, SLOT, NOW, seats)
    except SlotFull:
        return False
    return True


@pytest.mark.proves("F118", "W44")
def test_of_many_at_once_as_many_succeed_as_there_are_seats(database: Database) -> None:
    taken: list[bool] = []
    gate = threading.Barrier(12)

    def try_once() -> None:
        gate.wait()
        taken.append(take(database))

    threads = [threading.Thread(target=try_once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (taken.count(True), taken.count(False)) == (3, 9)


def test_a_seat_given_back_is_taken_again_once(database: Database) -> None:
    assert [take(database, 1), take(database, 1)] == [True, False]
    with open_transaction(database) as session:
        give_seat_back(session, SLOT, NOW)
        give_seat_back(session, SLOT, NOW)
    assert [take(database, 1), take(database, 1)] == [True, False]


def test_each_occurrence_has_its_own_seats(database: Database) -> None:
    assert take(database, 1)
    with open_transaction(database) as session:
        take_seat(session, SLOT, LATER, 1)
        take_seat(session, "agenda-2", NOW, 1)


def test_a_slot_without_seats_takes_nobody(database: Database) -> None:
    assert not take(database, 0)


def test_seats_taken_are_counted_by_occurrence(database: Database) -> None:
    assert [take(database), take(database)] == [True, True]
    with open_transaction(database) as session:
        take_seat(session, SLOT, LATER, 1)
        take_seat(session, "given-back", LATER, 1)
        give_seat_back(session, "given-back", LATER)
    slots = [*(f"other-{number}" for number in range(CHUNK)), SLOT, "given-back"]
    with open_reading(database) as session:
        assert count_taken(session, slots, NOW) == {
            OccurrenceKey(SLOT, NOW): 2,
            OccurrenceKey(SLOT, LATER): 1,
        }
        assert count_taken(session, slots, LATER) == {OccurrenceKey(SLOT, LATER): 1}
        assert count_taken(session, slots[:-2], NOW) == {}
