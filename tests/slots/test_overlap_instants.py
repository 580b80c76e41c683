"""The marks of a slot: a horizon holds one of them exactly when the slot overlaps it."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from mappings.instants import utc_text
from mappings.records import MAX_OVERLAP_INSTANT_GAP
from search_engine.query.availability import hours_range
from search_engine.request.criteria import Horizon
from slots.coherence import visible_slots
from slots.stored import overlap_instants
from tests.slots.offers import build_stored_slot, offer

NIGHT = datetime(2026, 10, 24, 20, tzinfo=UTC)
HOUR_S = 3600


def at(seconds: int) -> str:
    return utc_text(NIGHT + timedelta(seconds=seconds))


@given(
    start=st.integers(0, 40 * HOUR_S),
    lasts=st.integers(1, 30 * HOUR_S),
    after=st.integers(0, 80 * HOUR_S),
    longer=st.integers(0, 20 * HOUR_S),
)
def test_a_horizon_holds_a_mark_when_the_slot_overlaps_it(
    start: int, lasts: int, after: int, longer: int
) -> None:
    before = after + int(MAX_OVERLAP_INSTANT_GAP.total_seconds()) + longer
    held = any(
        at(after) <= mark < at(before) for mark in overlap_instants(at(start), at(start + lasts))
    )
    assert held == (start < before and start + lasts > after)


def test_no_horizon_is_narrower_than_the_marks_are_apart() -> None:
    for horizon in get_args(Horizon):
        after, before = map(datetime.fromisoformat, hours_range(NIGHT, horizon))
        assert before - after >= MAX_OVERLAP_INSTANT_GAP


def test_a_short_slot_has_its_first_and_its_last_second() -> None:
    assert overlap_instants("2026-11-23T10:00:00Z", "2026-11-23T10:20:00Z") == [
        "2026-11-23T10:00:00Z",
        "2026-11-23T10:19:59Z",
    ]
    assert overlap_instants("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z") == [
        "2026-11-23T10:00:00Z"
    ]


def test_a_slot_of_an_older_index_gets_its_marks() -> None:
    result = build_stored_slot()
    bare = {name: value for name, value in result.items() if name != "overlap_instants"}
    assert visible_slots(offer(), [bare]) == visible_slots(offer(), [result])  # type: ignore[list-item]


def test_a_slot_without_end_has_few_instants() -> None:
    """No reader lets it through; an index of an older version may hold it."""
    found = overlap_instants("2026-11-23T09:00:00Z", "9999-12-31T23:59:59Z")
    assert len(found) <= 7
    assert (found[0], found[-1]) == ("2026-11-23T09:00:00Z", "9999-12-31T23:59:58Z")
