"""As many regulators at once as a country may have on one slot: the seats and no more (F118)."""

from collections import Counter

import pytest

from records.database import Database
from tests.records.orientations.agenda import open_every_day
from tests.records.orientations.seat_rush import Rush, rush
from tests.suite.repetitions import Repetitions

PROCESSES, SEATS = 4, 3


@pytest.mark.proves("F115", "F118", "W44")
def test_several_processes_at_once_take_the_seats_and_no_more(
    database: Database, repetitions: Repetitions
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    slot_id = open_every_day(database, SEATS)
    rounds, at_once = repetitions.seat_rounds, repetitions.seat_rivals
    found = rush(Rush(url, slot_id, PROCESSES, at_once // PROCESSES, rounds))
    assert found == [Counter(taken=SEATS, slot_full=at_once - SEATS)] * rounds
