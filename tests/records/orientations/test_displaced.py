"""Orientations on hours that close: kept, moved with their seats, or cancelled by who confirms."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from mappings.formats import Absence
from records.absences import change_absence
from records.access import OPERATOR, Actor
from records.agenda.edits import Edit, Scope, change_slot, remove_slot
from records.database import Database
from records.errors import RecordsError, RulesBroken
from records.orientations.displaced import OrientationsHeld
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import OrientationFilter, change_state, list_orientations
from records.orientations.values import Orientation
from tests.records.agenda.agendas import edit_agenda
from tests.records.agenda.rules import OTHER_PLACE
from tests.records.orientations.agenda import FIRST, name_slot, open_every_day, show_offer
from tests.records.orientations.people import CLAIRE, ask, build_offer
from tests.records.orientations.test_seats import read_taken
from tests.records.samples import ANNE, LATER

DAY = timedelta(days=1)
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


def orient(database: Database, slot_id: str, days: int = 0, **values: Any) -> Orientation:
    start = FIRST + days * DAY
    offer, slot = show_offer(slot_id, start), name_slot(slot_id, start)
    return ask(database, offer=offer, slot=slot, kind=OrientationKind.SLOT, **values)


def read_states(database: Database) -> dict[str, tuple[str, str]]:
    """State of each orientation, and who gave it."""
    found = list_orientations(database, OPERATOR, OrientationFilter(), 99)
    return {one.id: (one.state.value, one.life[-1].by) for one in found}


CLOSING: tuple[Callable[[str], Edit], ...] = (
    remove_slot,
    lambda slot: remove_slot(slot, Scope(TUESDAY)),
    lambda slot: remove_slot(slot, Scope(TUESDAY, is_following=True)),
    lambda slot: change_slot(slot, {"start": "09:00"}),
    lambda slot: change_slot(slot, {"start": "09:00"}, Scope(TUESDAY)),
    lambda slot: change_slot(slot, {"weekdays": ["sun"]}),
    lambda slot: change_slot(slot, {"consultation": ["VR"]}),
    lambda slot: change_slot(slot, {"day": WEDNESDAY}),
)


@pytest.mark.proves("F105", "F115")
@pytest.mark.parametrize("build", CLOSING)
def test_an_hour_with_patients_closes_only_when_it_is_confirmed(
    database: Database, build: Callable[[str], Edit]
) -> None:
    slot_id = open_every_day(database)
    one = orient(database, slot_id)
    with pytest.raises(OrientationsHeld, match="1 patient est orienté vers cette heure") as held:
        edit_agenda(database, build(slot_id), 1)
    assert "le 24/11/2026 à 08:00" in str(held.value)
    assert read_states(database) == {one.id: ("asked", CLAIRE.id)}
    edit_agenda(database, build(slot_id), 1, cancels=True)
    assert read_states(database) == {one.id: ("cancelled", ANNE)}
    assert read_taken(database) == {}


STAYING: tuple[Callable[[str], Edit], ...] = (
    lambda slot: change_slot(slot, {"seats": 9}),
    lambda slot: change_slot(slot, {"end": "08:30"}, Scope(TUESDAY)),
    lambda slot: change_slot(
        slot, {"consultation": ["AMB", "VR"]}, Scope(TUESDAY, is_following=True)
    ),
    lambda slot: remove_slot(slot, Scope(WEDNESDAY)),
    lambda slot: remove_slot(slot, Scope(WEDNESDAY, is_following=True)),
)


@pytest.mark.parametrize("build", STAYING)
def test_an_hour_that_stays_keeps_its_patients_and_its_seats(
    database: Database, build: Callable[[str], Edit]
) -> None:
    slot_id = open_every_day(database)
    key = "00000000-0000-4000-8000-000000000001"
    one = orient(database, slot_id, key=key)
    orient(database, slot_id)
    stored = edit_agenda(database, build(slot_id), 1)
    (occurrence, taken) = next(iter(read_taken(database).items()))
    assert (occurrence.start, taken) == (FIRST, 2)
    assert occurrence.slot_id in {slot.id for slot in stored.value.slots}
    assert read_states(database)[one.id] == ("asked", CLAIRE.id)
    assert orient(database, slot_id, key=key).id == one.id
    change_state(database, CLAIRE, one.id, OrientationState.CANCELLED, LATER)
    assert read_taken(database) == {occurrence: 1}


def test_what_is_over_or_elsewhere_holds_nothing(database: Database) -> None:
    slot_id = open_every_day(database)
    cancelled, over = orient(database, slot_id, 1), orient(database, slot_id)
    change_state(database, CLAIRE, cancelled.id, OrientationState.CANCELLED, LATER)
    ask(database, start=FIRST + DAY)
    edit_agenda(database, remove_slot(slot_id), 1, now=FIRST + timedelta(hours=1))
    assert read_states(database)[over.id] == ("asked", CLAIRE.id)


def declare(database: Database, *, cancels: bool = False, **values: Any) -> None:
    absence = Absence.model_validate({"rpps": ANNE, **values})
    change_absence(database, Actor(ANNE), absence, version=None, now=LATER, cancels=cancels)


TWO_DAYS = {"ranges": [{"start": "2026-11-24", "end": "2026-11-25"}]}


@pytest.mark.proves("F034")
def test_an_absence_with_patients_is_confirmed(database: Database) -> None:
    slot_id = open_every_day(database)
    on_slot, beyond = orient(database, slot_id, 1), ask(database, start=FIRST)
    booked = ask(database, kind=OrientationKind.BOOKING, slot="creneau-1", offer=build_offer())
    later = ask(database, start=FIRST + 3 * DAY)
    with pytest.raises(
        OrientationsHeld, match=r"2 patients .* le 24/11/2026 à 08:00, le 25/11/2026"
    ):
        declare(database, **TWO_DAYS)
    declare(database, **TWO_DAYS, idnst=OTHER_PLACE)
    declare(database, ranges=[{"start": "2026-11-26", "end": "2026-11-26"}])
    assert {state for state, _ in read_states(database).values()} == {"asked"}
    absence = Absence.model_validate({"rpps": ANNE, **TWO_DAYS})
    change_absence(database, Actor(ANNE), absence, version=1, now=LATER, cancels=True)
    states = read_states(database)
    assert {states[one.id] for one in (on_slot, beyond)} == {("cancelled", ANNE)}
    assert {states[one.id][0] for one in (booked, later)} == {"asked"}
    assert set(read_taken(database).values()) <= {0}


def test_an_absence_that_no_search_shows_yet_refuses_its_hours(database: Database) -> None:
    slot_id = open_every_day(database)
    declare(database, **TWO_DAYS)
    with pytest.raises(RulesBroken, match="Une absence est déclarée"):
        ask(database, start=FIRST)
    with pytest.raises(RulesBroken, match="Une absence est déclarée"):
        orient(database, slot_id)
    ask(database, start=FIRST + 2 * DAY)
    assert [state for state, _ in read_states(database).values()] == ["asked"]
    assert read_taken(database) == {}


def test_a_structure_that_is_away_receives_nobody_either(database: Database) -> None:
    centre = build_offer("", id="finess:480000123", kind="structure", finess="480000123")
    one = ask(database, offer=centre, start=FIRST)
    away = Absence.model_validate({"finess": "480000123", **TWO_DAYS})
    declare_away = partial(change_absence, database, OPERATOR, away, version=None, now=LATER)
    with pytest.raises(OrientationsHeld):
        declare_away()
    declare_away(cancels=True)
    with pytest.raises(RulesBroken, match="Une absence est déclarée"):
        ask(database, offer=centre, start=FIRST)
    assert read_states(database) == {one.id: ("cancelled", OPERATOR.id)}


def test_a_closing_and_a_cancellation_at_once_never_wait_in_a_ring(database: Database) -> None:
    slot_id = open_every_day(database)
    asked = [orient(database, slot_id) for _ in range(3)]
    gate, failures = threading.Barrier(4), list[RecordsError]()

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        except RecordsError as error:
            failures.append(error)

    def cancel(one: Orientation) -> Callable[[], object]:
        return lambda: change_state(database, CLAIRE, one.id, OrientationState.CANCELLED, LATER)

    works = [*map(cancel, asked)]
    works.append(lambda: edit_agenda(database, remove_slot(slot_id), 1, cancels=True))
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {state for state, _ in read_states(database).values()} == {"cancelled"}
