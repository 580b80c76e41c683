"""The rule that compares two records, on records alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.changes.differences import (
    SHORT,
    Differences,
    find_changed_fields,
    pair_by_id,
    same_slots,
)
from tests.indexers.reindex_harness import TEN

CARD: dict[str, Any] = {
    "id": "a",
    "kind": "professional",
    "department": "48",
    "title": "Dr Anne MARTIN",
    "phones": ["0466000001"],
    "sources": {"identity": {"source": "rpps", "date": "2026-11-01"}},
}


def card(offer_id: str, **fields: Any) -> dict[str, Any]:
    return {**CARD, "id": offer_id, **fields}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"sources": {"identity": {"source": "rpps", "date": "2026-12-01"}}}, []),
        ({"slots": [TEN]}, []),
        ({"phones": []}, ["phones"]),
        ({"title": "Dr Anne DURAND", "via": ["own"]}, ["title", "via"]),
        ({"point": {"lat": 0.0, "lon": 0.0}}, ["point"]),
    ],
)
def test_facts_count_and_provenance_and_slots_do_not(
    fields: dict[str, Any], expected: list[str]
) -> None:
    assert find_changed_fields(CARD, {**CARD, **fields}) == expected
    assert find_changed_fields({**CARD, **fields}, CARD) == expected


def test_a_slot_seen_again_is_the_same_slot_and_a_shorter_one_is_not() -> None:
    again = {**TEN, "received_at": "2026-11-24T00:00:00Z"}
    other = {**TEN, "id": "acme:2"}
    assert same_slots({"slots": [TEN, other]}, {"slots": [other, again]})
    assert same_slots({}, {"slots": []})
    assert not same_slots({"slots": [TEN]}, {"slots": [{**TEN, "end": "2026-11-23T10:15:00Z"}]})
    assert not same_slots({"slots": [TEN]}, {})


@given(st.dictionaries(st.text(min_size=1), st.booleans()))
def test_two_sorted_streams_meet_on_each_id_once(sides: dict[str, bool]) -> None:
    """``True`` stands on both sides; ``False`` on the left, or on the right for even lengths."""
    left = {key for key, both in sides.items() if both or len(key) % 2}
    right = {key for key, both in sides.items() if both or not len(key) % 2}
    met = list(
        pair_by_id(iter([card(k) for k in sorted(left)]), iter([card(k) for k in sorted(right)]))
    )
    assert [one["id"] for one, _ in met if one] == sorted(left)
    assert [one["id"] for _, one in met if one] == sorted(right)
    assert all(old["id"] == new["id"] for old, new in met if old and new)
    assert len(met) == len(sides)


def test_what_differs_is_counted_by_kind_department_and_field() -> None:
    found = Differences()
    found.add(None, card("new", kind="structure"))
    found.add(card("gone", department="75"), None)
    found.add(card("same"), card("same", slots=[TEN]))
    found.add(card("other"), card("other", title="Dr X", additional_info="y" * SHORT))
    result = found.as_json()
    assert (result["added"]["total"], result["added"]["kinds"]) == (1, {"structure": 1})
    assert (result["removed"]["total"], result["removed"]["departments"]) == (1, {"75": 1})
    assert result["changed"]["fields"] == {"additional_info": 1, "title": 1}
    assert (result["same"], result["slots_changed"]) == (1, 1)
    (example,) = result["changed"]["examples"]
    assert example["fields"] == {
        "additional_info": {},
        "title": {"old": "Dr Anne MARTIN", "new": "Dr X"},
    }


def test_no_more_examples_than_asked_for_and_every_offer_counted() -> None:
    found = Differences(max_examples=2)
    for number in range(10):
        found.add(None, card(str(number)))
    assert [one["id"] for one in found.added.examples] == ["0", "1"]
    assert found.added.total == 10
