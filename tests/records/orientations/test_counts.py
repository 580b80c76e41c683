"""The count of a person's orientations: of his last day, without the cancelled ones."""

from datetime import UTC, datetime, timedelta

import pytest

from records.database import Database, open_reading, open_transaction
from records.orientations.counts import COUNT_ORIENTATIONS, count_last_day, queue_counts_since
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import change_state
from records.outbox import list_messages
from records.upkeep.projected_index import queue_missed_changes
from tests.records.orientations.people import CLAIRE, SLOT_ID, ask, build_offer
from tests.records.samples import ANNE, BRUNO, LATER, NOW

DAY = timedelta(days=1)


def test_a_cancelled_one_counts_no_more(database: Database) -> None:
    first, _ = ask(database), ask(database, kind=OrientationKind.BOOKING, slot=SLOT_ID)
    ask(database, offer=build_offer(BRUNO))
    assert count_last_day(database, [ANNE, BRUNO, "nobody"]) == {
        ANNE: {"day": "2026-11-23", "count": 2},
        BRUNO: {"day": "2026-11-23", "count": 1},
    }
    change_state(database, CLAIRE, first.id, OrientationState.CANCELLED, LATER)
    assert count_last_day(database, [ANNE]) == {ANNE: {"day": "2026-11-23", "count": 1}}


def test_the_last_day_with_one_is_counted(database: Database) -> None:
    ask(database)
    later = ask(database, now=NOW + DAY, start=NOW + 2 * DAY)
    ask(database, now=NOW + DAY, start=NOW + 2 * DAY)
    assert count_last_day(database, [ANNE]) == {ANNE: {"day": "2026-11-24", "count": 2}}
    change_state(database, CLAIRE, later.id, OrientationState.CANCELLED, NOW + DAY)
    assert count_last_day(database, [ANNE]) == {ANNE: {"day": "2026-11-24", "count": 1}}


def test_a_day_whose_orientations_were_all_cancelled_is_not_the_last_one(
    database: Database,
) -> None:
    ask(database)
    cancelled = ask(database, now=NOW + DAY, start=NOW + 2 * DAY)
    change_state(database, CLAIRE, cancelled.id, OrientationState.CANCELLED, NOW + DAY)
    assert count_last_day(database, [ANNE]) == {ANNE: {"day": "2026-11-23", "count": 1}}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Paris", "2026-11-24"),
        ("America/Cayenne", "2026-11-23"),
        ("Pacific/Noumea", "2026-11-24"),
    ],
)
def test_the_day_is_that_of_the_place(database: Database, zone: str, day: str) -> None:
    night = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    ask(database, offer=build_offer(timezone=zone), now=night, start=night + DAY / 96 * 2)
    assert count_last_day(database, [ANNE]) == {ANNE: {"day": day, "count": 1}}


def test_a_new_index_gets_everybody_of_today_and_yesterday(database: Database) -> None:
    ask(database, now=NOW - 2 * DAY)
    ask(database, offer=build_offer(BRUNO))
    with open_transaction(database) as session:
        assert queue_counts_since(session, NOW.date(), NOW) == 1
    added = queue_missed_changes(database, "offers", "offers-2", NOW, NOW)
    assert added == 1
    with open_reading(database) as session:
        keys = [one.key for one in list_messages(session, 9) if one.kind == COUNT_ORIENTATIONS]
    assert keys == [ANNE, BRUNO, BRUNO, BRUNO]
