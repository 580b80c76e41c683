"""From asked to its outcome: who may bring an orientation where, and how its life reads."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from records.access import Actor, OrientationScope, find_orientation_scope
from records.database import Database, open_reading, open_transaction
from records.errors import AccessDenied, RecordMissing
from records.orientations.errors import StateRefused
from records.orientations.kinds import FOLLOWING, OrientationState
from records.orientations.life import (
    OrientationFilter,
    change_state,
    expire_orientations,
    list_orientations,
    read_orientation,
)
from records.orientations.values import Orientation
from records.outbox import list_messages
from records.upkeep.periodic import PeriodicTask, run_if_due
from tests.records.orientations.people import (
    CLAIRE,
    DENIS,
    DOCTOR,
    HERE,
    MANAGER,
    OPERATOR,
    PEOPLE,
    THERE,
    TOMORROW,
    ask,
)
from tests.records.samples import ANNE, LATER, NOW
from worker.periodic import TASKS, run_periodic

STATE = OrientationState
AFTER = TOMORROW + timedelta(hours=1)
LATE = TOMORROW + timedelta(days=1)


def bring(database: Database, one: Orientation, *states: OrientationState) -> Orientation:
    for state in states:
        if state is STATE.EXPIRED:
            assert expire(database, LATE) == 1
        else:
            change_state(database, OPERATOR, one.id, state, AFTER)
    return read_orientation(database, OPERATOR, one.id)


def expire(database: Database, now: datetime) -> int:
    with open_transaction(database) as session:
        return expire_orientations(session, now)


def test_its_life_is_kept_with_instants_and_authors(database: Database) -> None:
    asked = ask(database)
    change_state(database, CLAIRE, asked.id, STATE.BOOKED, LATER)
    change_state(database, DOCTOR, asked.id, STATE.HONOURED, AFTER)
    life = read_orientation(database, CLAIRE, asked.id).life
    assert [(one.state, one.at, one.by) for one in life] == [
        (STATE.ASKED, NOW, CLAIRE.id),
        (STATE.BOOKED, LATER, CLAIRE.id),
        (STATE.HONOURED, AFTER, ANNE),
    ]


@pytest.mark.parametrize("state", STATE)
@pytest.mark.parametrize("before", STATE)
def test_a_state_follows_those_it_may(
    database: Database, before: OrientationState, state: OrientationState
) -> None:
    one = ask(database)
    one = bring(database, one, before) if before is not STATE.ASKED else one
    if state in (STATE.ASKED, STATE.EXPIRED):
        with pytest.raises(AccessDenied):
            change_state(database, CLAIRE, one.id, state, AFTER)
    elif state == before or state in FOLLOWING[before]:
        changed = change_state(database, OPERATOR, one.id, state, AFTER)
        assert changed.state == state
        assert (changed == one) is (state == before)
    else:
        with pytest.raises(StateRefused, match="ne peut plus être"):
            change_state(database, OPERATOR, one.id, state, AFTER)
        assert read_orientation(database, OPERATOR, one.id) == one


def test_an_outcome_waits_for_the_hour(database: Database) -> None:
    one = ask(database)
    for state in (STATE.HONOURED, STATE.NOT_HONOURED):
        with pytest.raises(StateRefused, match="n'est pas venue"):
            change_state(database, DOCTOR, one.id, state, LATER)
    assert change_state(database, DOCTOR, one.id, STATE.HONOURED, TOMORROW).state == "honoured"


def test_what_nobody_told_expires_a_day_after_its_hour(database: Database) -> None:
    one, other = ask(database), ask(database)
    change_state(database, CLAIRE, other.id, STATE.CANCELLED, LATER)
    assert expire(database, LATE - timedelta(seconds=1)) == 0
    assert expire(database, LATE) == 1
    assert expire(database, LATE) == 0
    expired = read_orientation(database, OPERATOR, one.id)
    assert (expired.state, expired.life[-1].at, expired.life[-1].by) == (STATE.EXPIRED, LATE, "sas")
    assert read_orientation(database, OPERATOR, other.id).state == STATE.CANCELLED


def test_one_worker_expires_for_all(database: Database) -> None:
    one = ask(database)
    (task,) = [task for task in TASKS if task.name == "expire_orientations"]
    assert run_periodic(database, LATE - task.every) == 0
    assert run_periodic(database, LATE - timedelta(seconds=1)) == 0
    assert run_periodic(database, LATE) == 1
    assert read_orientation(database, OPERATOR, one.id).state == STATE.EXPIRED


def test_periodic_work_that_fails_is_due_again_at_once(database: Database) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError

    every = timedelta(hours=1)
    with pytest.raises(RuntimeError):
        run_if_due(database, PeriodicTask("work", every, fail), NOW)
    done = PeriodicTask("work", every, lambda *_: 7)
    assert [
        run_if_due(database, done, NOW + wait) for wait in (timedelta(0), every / 2, every)
    ] == [
        7,
        0,
        7,
    ]


def test_a_cancellation_counts_again(database: Database) -> None:
    one = ask(database)
    change_state(database, CLAIRE, one.id, STATE.CANCELLED, LATER)
    change_state(database, CLAIRE, one.id, STATE.CANCELLED, LATER)
    with open_reading(database) as session:
        assert [message.key for message in list_messages(session, 9)] == [ANNE, ANNE]


class UseCase(NamedTuple):
    """What somebody does with an orientation that Claire (SAS-48) gave to Anne (SAS-48)."""

    name: str
    state: OrientationState | None


READ, BOOK, CANCEL, SAY_OUTCOME = (
    UseCase("read", None),
    UseCase("book", STATE.BOOKED),
    UseCase("cancel", STATE.CANCELLED),
    UseCase("say_outcome", STATE.HONOURED),
)
ALLOWED = {
    "osnp": {READ, BOOK, CANCEL},
    "other_osnp": set[UseCase](),
    "ioa": set[UseCase](),
    "manager": {READ},
    "far_manager": set[UseCase](),
    "doctor": {READ, BOOK, CANCEL, SAY_OUTCOME},
    "other_doctor": set[UseCase](),
    "operator": {READ, BOOK, CANCEL, SAY_OUTCOME},
    "nobody": set[UseCase](),
}
"""Use cases by person: the regulator, the recipient and the territory's manager, and strangers."""


@pytest.mark.proves("F125", "W37", "W39")
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("use_case", [READ, BOOK, CANCEL, SAY_OUTCOME], ids=lambda one: one.name)
def test_each_acts_on_what_is_his(database: Database, person: str, use_case: UseCase) -> None:
    one, actor = ask(database), PEOPLE[person]

    def act() -> Orientation:
        if use_case.state is None:
            return read_orientation(database, actor, one.id)
        return change_state(database, actor, one.id, use_case.state, AFTER)

    if use_case in ALLOWED[person]:
        assert act().state == (use_case.state or STATE.ASKED)
    else:
        with pytest.raises(AccessDenied):
            act()
        assert read_orientation(database, OPERATOR, one.id) == one
    listed = list_orientations(database, actor, OrientationFilter(), 10)
    assert bool(listed) is (READ in ALLOWED[person])


@pytest.mark.proves("F125", "W45")
def test_a_manager_reads_what_his_regulators_give_elsewhere(database: Database) -> None:
    given_by_far = ask(database, DENIS)
    for manager in (PEOPLE["far_manager"], MANAGER):
        assert read_orientation(database, manager, given_by_far.id) == given_by_far
        assert list_orientations(database, manager, OrientationFilter(), 9) == [given_by_far]


@pytest.mark.proves("F125")
def test_who_lost_the_role_lost_the_orientations(database: Database) -> None:
    one, without_role = ask(database), Actor(CLAIRE.id, territories=CLAIRE.territories)
    with pytest.raises(AccessDenied):
        read_orientation(database, without_role, one.id)
    with pytest.raises(AccessDenied):
        change_state(database, without_role, one.id, STATE.CANCELLED, LATER)
    assert find_orientation_scope(DOCTOR) == OrientationScope(recipients=frozenset({ANNE}))
    manager = find_orientation_scope(MANAGER)
    assert (manager.territories, manager.regulator) == (frozenset({HERE}), None)


def test_they_are_listed_latest_first_and_chosen(database: Database) -> None:
    first, second = ask(database), ask(database, DENIS, now=LATER)
    change_state(database, CLAIRE, first.id, STATE.CANCELLED, LATER)

    def find(**chosen: object) -> list[str]:
        found = list_orientations(database, OPERATOR, OrientationFilter(**chosen), 10)  # type: ignore[arg-type]
        return [one.id for one in found]

    assert find() == [second.id, first.id]
    assert find(state=STATE.CANCELLED) == [first.id]
    assert find(territory=HERE) == [second.id, first.id]
    assert find(territory=THERE) == []
    assert find(regulator=DENIS.id) == [second.id]
    assert find(since=LATER) == [second.id]
    assert len(list_orientations(database, OPERATOR, OrientationFilter(), 1)) == 1


def test_an_unknown_one_is_told(database: Database) -> None:
    with pytest.raises(RecordMissing, match="identifiant x"):
        read_orientation(database, OPERATOR, "x")
