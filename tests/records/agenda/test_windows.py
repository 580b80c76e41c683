"""The window moves at midnight of each zone, once a day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from records.agenda.agendas import PROJECT_AGENDA
from records.agenda.edits import add_slot
from records.agenda.windows import queue_moved_windows
from records.database import Database, open_reading, open_transaction
from records.outbox import list_messages
from tests.records.agenda.agendas import edit_agenda
from tests.records.agenda.rules import OTHER_PLACE, build_slot
from tests.records.samples import ANNE, BRUNO

HOUR = timedelta(hours=1)
ON_REUNION: dict[str, Any] = {"idnst": OTHER_PLACE, "timezone": "Indian/Reunion"}


def take_keys(database: Database) -> list[str]:
    """The agendas queued, which are taken from the outbox."""
    with open_transaction(database) as session:
        messages = list_messages(session, 10)
        assert {one.kind for one in messages} <= {PROJECT_AGENDA}
        keys = [one.key for one in messages]
        for one in messages:
            session.delete(one)
        return keys


def move_windows(database: Database, at: str) -> list[str]:
    with open_transaction(database) as session:
        queue_moved_windows(session, datetime.fromisoformat(at))
    return take_keys(database)


@pytest.mark.proves("F105", "W16")
def test_the_agendas_of_a_zone_are_queued_once_a_day(database: Database) -> None:
    edit_agenda(database, add_slot(build_slot(id="")))
    edit_agenda(database, add_slot(build_slot(id="", **ON_REUNION)), rpps=BRUNO)
    take_keys(database)
    assert move_windows(database, "2026-11-23T08:00:00+00:00") == [ANNE, BRUNO]
    assert move_windows(database, "2026-11-23T19:59:59+00:00") == []
    assert move_windows(database, "2026-11-23T20:00:00+00:00") == [BRUNO]
    assert move_windows(database, "2026-11-23T22:59:59+00:00") == []
    assert move_windows(database, "2026-11-23T23:00:00+00:00") == [ANNE]
    assert move_windows(database, "2026-11-30T12:00:00+00:00") == [ANNE, BRUNO]


def test_a_day_is_queued_once(database: Database) -> None:
    edit_agenda(database, add_slot(build_slot(id="")))
    take_keys(database)
    for day in ("2026-11-23T08:00:00+00:00", "2026-11-24T08:00:00+00:00"):
        assert move_windows(database, day) == [ANNE]
        assert move_windows(database, day) == []
    with open_reading(database) as session:
        assert list_messages(session, 10) == []
