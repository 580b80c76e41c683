"""What the slots of an offer say together: the same as the slots themselves, for every reader."""

from typing import Any

import pytest

from mappings.records import Bookable, StoredSlot
from slots.bookable import build_bookable_summary, build_slot_fields
from slots.stored import overlap_instants
from tests.slots.offers import build_stored_slot


def at(hour: int, minutes: int = 20, **fields: Any) -> StoredSlot:
    start, end = (f"2026-11-23T{hour + m // 60:02}:{m % 60:02}:00Z" for m in (0, minutes))
    return {
        **build_stored_slot(),
        "start": start,
        "end": end,
        "marks": overlap_instants(start, end),
        **fields,
    }  # type: ignore[typeddict-item]


def read_bookable(*slots: StoredSlot) -> Bookable:
    (one,) = build_bookable_summary(slots)
    return one


def test_the_latest_start_by_type_and_by_consultation_for_each_reader() -> None:
    one = read_bookable(
        at(8, types=["PUBLIC"], consultation=["AMB"]),
        at(9, types=["PUBLIC", "SNP"], consultation=["VR"]),
        at(10, types=["PRO"], consultation=["AMB", "HH"]),
        at(11, types=["CPTS"], consultation=["AMB"]),
    )
    assert one["last"] == "2026-11-23T11:00:00Z"
    assert one["types"] == {
        "PUBLIC": "2026-11-23T09:00:00Z",
        "SNP": "2026-11-23T09:00:00Z",
        "PRO": "2026-11-23T10:00:00Z",
        "CPTS": "2026-11-23T11:00:00Z",
    }
    assert one["consultation"] == {
        "regulator": {
            "AMB": "2026-11-23T11:00:00Z",
            "HH": "2026-11-23T10:00:00Z",
            "VR": "2026-11-23T09:00:00Z",
        },
        "professional": {
            "AMB": "2026-11-23T10:00:00Z",
            "HH": "2026-11-23T10:00:00Z",
            "VR": "2026-11-23T09:00:00Z",
        },
        "public": {"AMB": "2026-11-23T08:00:00Z", "VR": "2026-11-23T09:00:00Z"},
    }
    assert {name: len(starts) for name, starts in one["starts"].items()} == {
        "regulator": 4,
        "professional": 3,
        "public": 2,
    }
    assert one["marks"]["public"] == [
        "2026-11-23T08:00:00Z",
        "2026-11-23T08:19:59Z",
        "2026-11-23T09:00:00Z",
        "2026-11-23T09:19:59Z",
    ]


def test_a_hidden_or_full_slot_says_only_that_it_is_there() -> None:
    one = read_bookable(at(9, types=[]), at(10, types=["PUBLIC"], seats_max=2, seats_left=0))
    assert one["last"] == "2026-11-23T10:00:00Z"
    assert one["types"] == {}
    assert one["starts"] == {"regulator": [], "professional": [], "public": []}


@pytest.mark.parametrize(
    "odd", [at(8, 241), at(8, consultation=["HH", "elsewhere"])], ids=["long", "other way"]
)
def test_an_offer_that_needs_more_words_is_left_to_be_walked(odd: StoredSlot) -> None:
    assert build_bookable_summary([at(9), odd]) == []
    assert build_bookable_summary([at(9), at(10, 240)]) != []


def test_slots_that_are_gone_leave_nothing_behind() -> None:
    """A list, which a partial update replaces whole, where an object would be merged."""
    assert build_slot_fields([]) == {"slots": [], "bookable": []}
