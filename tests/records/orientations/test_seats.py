"""Seats of an occurrence: of many at once as many succeed as there are seats."""

import threading
from datetime import timedelta

import pytest

from records.agenda.agendas import read_written_agendas
from records.agenda.edits import remove_slot
from records.agenda.occurrences import NONE_TAKEN, OccurrenceKey
from records.database import Database, open_reading, open_transaction
from records.errors import AccessDenied, RulesBroken
from records.orientations.errors import SlotFull, SlotGone
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import OrientationFilter, change_state, list_orientations
from records.orientations.seats import CHUNK, count_taken, give_seat_back, take_seat
from records.orientations.values import Orientation
from records.outbox import list_messages
from tests.records.agenda.agendas import edit_agenda
from tests.records.orientations.agenda import FIRST, name_slot, open_every_day, show_offer
from tests.records.orientations.people import CLAIRE, IRIS, MANAGER, OPERATOR, ask
from tests.records.samples import ANNE, BRUNO, LATER, NOW

DAY = timedelta(days=1)
KEY = OccurrenceKey("00000000000000a1", NOW)
NEXT = KEY._replace(start=LATER)


def take(database: Database, seats: int = 3) -> bool:
    try:
        with open_transaction(database) as session:
            take_seat(session, ANNE, KEY, seats)
    except SlotFull:
        return False
    return True


def orient(database: Database, slot_id: str, **values: object) -> Orientation:
    offer, slot = show_offer(slot_id), name_slot(slot_id)
    chosen = {"offer": offer, "slot": slot, "kind": OrientationKind.SLOT, **values}
    return ask(database, **chosen)  # type: ignore[arg-type]


def read_taken(database: Database, since_day: int = 0) -> dict[OccurrenceKey, int]:
    (written,) = read_written_agendas(database, NOW + since_day * DAY)
    return dict(written.taken)


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
        give_seat_back(session, ANNE, KEY)
        give_seat_back(session, ANNE, KEY)
    assert [take(database, 1), take(database, 1)] == [True, False]


def test_each_occurrence_of_each_professional_has_its_own_seats(database: Database) -> None:
    assert take(database, 1)
    with open_transaction(database) as session:
        take_seat(session, ANNE, NEXT, 1)
        take_seat(session, ANNE, KEY._replace(slot_id="00000000000000b2"), 1)
        take_seat(session, BRUNO, KEY, 1)


def test_a_slot_without_seats_takes_nobody(database: Database) -> None:
    assert not take(database, 0)


def test_seats_taken_are_counted_by_occurrence(database: Database) -> None:
    assert [take(database), take(database)] == [True, True]
    with open_transaction(database) as session:
        take_seat(session, ANNE, NEXT, 1)
        take_seat(session, BRUNO, NEXT, 1)
        give_seat_back(session, BRUNO, NEXT)
    people = [*(f"{number:011d}" for number in range(CHUNK)), ANNE, BRUNO]
    with open_reading(database) as session:
        assert count_taken(session, people, NOW) == {ANNE: {KEY: 2, NEXT: 1}}
        assert count_taken(session, people, LATER) == {ANNE: {NEXT: 1}}
        assert count_taken(session, people[:-2], NOW) == {}


@pytest.mark.proves("F115", "F119")
def test_an_orientation_takes_a_seat_and_projects_the_agenda(database: Database) -> None:
    slot_id = open_every_day(database)
    asked = orient(database, slot_id)
    assert (asked.start, asked.recipient.identifier) == (FIRST, ANNE)
    assert (asked.regulator_role, orient(database, slot_id, actor=IRIS).regulator_role) == (
        "OSNP",
        "IOA",
    )
    assert read_taken(database) == {OccurrenceKey(slot_id, FIRST): 2}
    assert read_taken(database, since_day=2) == NONE_TAKEN
    with open_reading(database) as session:
        kinds = [(one.kind, one.key) for one in list_messages(session, 9)]
    seat = [("count_orientations", ANNE), ("project_agenda", ANNE)]
    assert kinds == [("project_agenda", ANNE), *seat, *seat]
    change_state(database, CLAIRE, asked.id, OrientationState.CANCELLED, LATER)
    change_state(database, CLAIRE, asked.id, OrientationState.CANCELLED, LATER)
    assert read_taken(database) == {OccurrenceKey(slot_id, FIRST): 1}


@pytest.mark.proves("F115", "F118")
@pytest.mark.parametrize("seats", [None, 1])
def test_a_full_slot_is_refused_and_leaves_nothing(database: Database, seats: int | None) -> None:
    slot_id = open_every_day(database, seats)
    kept = orient(database, slot_id)
    key = "00000000-0000-4000-8000-000000000001"
    with pytest.raises(SlotFull):
        orient(database, slot_id, key=key)
    assert list_orientations(database, OPERATOR, OrientationFilter(), 9) == [kept]
    change_state(database, CLAIRE, kept.id, OrientationState.CANCELLED, LATER)
    assert orient(database, slot_id, key=key).state == OrientationState.ASKED


@pytest.mark.proves("F118")
def test_of_many_cancellations_at_once_one_gives_the_seat_back(database: Database) -> None:
    slot_id = open_every_day(database)
    asked = orient(database, slot_id)
    orient(database, slot_id)
    gate = threading.Barrier(6)

    def cancel() -> None:
        gate.wait()
        change_state(database, CLAIRE, asked.id, OrientationState.CANCELLED, LATER)

    threads = [threading.Thread(target=cancel) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_taken(database) == {OccurrenceKey(slot_id, FIRST): 1}


@pytest.mark.proves("F115")
def test_a_slot_that_no_agenda_holds_any_more_is_gone(database: Database) -> None:
    slot_id = open_every_day(database)
    edit_agenda(database, remove_slot(slot_id), 1)
    with pytest.raises(SlotGone):
        orient(database, slot_id)
    with pytest.raises(SlotGone):
        orient(
            database,
            "00000000000000ff",
            offer=show_offer("00000000000000ff"),
            slot=name_slot("00000000000000ff"),
        )
    early = FIRST - timedelta(minutes=15)
    with pytest.raises(SlotGone):
        orient(database, slot_id, offer=show_offer(slot_id, early), slot=name_slot(slot_id, early))
    assert list_orientations(database, OPERATOR, OrientationFilter(), 9) == []


@pytest.mark.proves("F115", "W39")
def test_a_slot_that_does_not_show_is_refused(database: Database) -> None:
    slot_id = open_every_day(database)
    for offer in (show_offer(slot_id, types=()), show_offer(slot_id, FIRST + DAY)):
        with pytest.raises(RulesBroken, match="plus proposé"):
            orient(database, slot_id, offer=offer)
    with pytest.raises(RulesBroken, match="passée"):
        orient(database, slot_id, now=FIRST + timedelta(seconds=1))
    for stranger in (MANAGER, OPERATOR):
        with pytest.raises(AccessDenied):
            orient(database, slot_id, actor=stranger)
    assert read_taken(database) == NONE_TAKEN
