"""Whatever is broken, broken things alone are lost and nothing unsafe comes out."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.instants import parse_instant
from mappings.records import Appointment, Consultation, SlotType
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.parser import KEYS
from tests.slots.bundles import CPTS, PS, SOS, GuideExample

EXAMPLES = (PS, CPTS, SOS)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
CONFUSING = st.sampled_from(
    [
        "#ExampleLocation3",
        "Schedule/ExampleSchedule3",
        "Slot",
        "free",
        "PUBLIC",
        "\ud800",
        {},
        [],
        [[]],
    ]
)


def paths(value: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path inside a JSON value, the empty one left out."""
    items: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [p for key, inner in items for p in [(*at, key), *paths(inner, (*at, key))]]


def replace_at(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """A copy with one place replaced."""
    copy = deepcopy(value)
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


@st.composite
def corrupt_bundles(draw: st.DrawFn) -> tuple[GuideExample, Any]:
    """An example with one to four places replaced by anything."""
    example = draw(st.sampled_from(EXAMPLES))
    bundle = example.bundle()
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(paths(bundle)))
        bundle = replace_at(bundle, path, draw(JSON_VALUES | CONFUSING))
    return example, bundle


@pytest.mark.proves("E41", "E43", "C50", "C28", "C30", "C49")
@given(corrupt_bundles())
@settings(max_examples=200, deadline=None)
def test_damage_never_breaks_the_parser_nor_lets_an_unsafe_slot_out(
    case: tuple[GuideExample, Any],
) -> None:
    example, bundle = case
    try:
        answer = example.parse(bundle, origin="sas")
    except AnswerRefusedError:
        return
    json.dumps([answer.slots, answer.rejected]).encode()
    for slot in answer.slots:
        assert list(slot) == [key for key in KEYS if key in slot]
        assert all(value not in (None, "", [], {}) for value in slot.values())
        assert parse_instant(example.now).replace(microsecond=0) <= parse_instant(slot["start"])
        assert slot["start"] < slot["end"]
        assert slot["types"]
        assert set(slot["types"]) <= set(SlotType)
        assert set(slot.get("consultation", [])) <= set(Consultation)
        assert slot.get("appointment", Appointment.ROUTINE) in set(Appointment)
        assert slot.get("url", "http").lower().startswith("http")
        owner = slot.get("practitioner", {}).get("idnps") or slot["sos"]["siret"]
        assert owner in example.requested_ids
        assert (SlotType.CPTS in slot["types"]) is bool(slot.get("cpts"))


@pytest.mark.proves("C50")
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_an_entry_broken_in_any_way_leaves_the_slots_it_does_not_serve(data: st.DataObject) -> None:
    """The first slot's own entry is damaged: the three others come out untouched."""
    bundle = PS.bundle()
    path = data.draw(st.sampled_from(paths(bundle["entry"][0])))
    bundle["entry"][0] = replace_at(bundle["entry"][0], path, data.draw(JSON_VALUES))
    others = [slot for slot in PS.parse(bundle).slots if slot["slot"] in OTHER_SLOTS]
    assert others == PS.parse(PS.bundle()).slots[1:]


OTHER_SLOTS = [f"ExampleSlotPSIndiv{number}" for number in (2, 3, 4)]


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(AnswerRefusedError):
        PS.parse(body)
