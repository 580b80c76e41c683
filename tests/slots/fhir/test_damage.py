"""Whatever is broken, broken things alone are lost and nothing unsafe comes out."""

import json
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings.instants import parse_instant
from mappings.records import Appointment, Consultation, SlotType
from slots.bounds import find_fault
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.parser import KEYS
from tests.slots.bundles import CPTS, PS, SOS, GuideExample
from tests.slots.simulated_answers import list_simulated_answers

EXAMPLES = (PS, CPTS, SOS)
FULL_SECONDS = 60
"""Time of the damages of a full run."""
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NESTED: Any = [0]
for _ in range(900):
    NESTED = [NESTED]
HUGE = st.sampled_from(
    [
        "x" * 40_000,
        "é" * 600,
        "9" * 5_000,
        10**30,
        1e300,
        float("nan"),
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        [{}] * 3_000,
        [{"reference": "#x"}] * 300,
        {"reference": "x" * 40_000},
        {str(n): n for n in range(3_000)},
        NESTED,
    ]
)
"""Values beyond every bound: they are set aside, never the whole answer but for its own frame."""
GONE = object()
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
    put(copy, path, new)
    return copy


def put(value: Any, path: tuple[Any, ...], new: object) -> None:
    """Replace one place, or remove it."""
    for key in path[:-1]:
        value = value[key]
    if new is GONE:
        del value[path[-1]]
    else:
        value[path[-1]] = new


Case = tuple[GuideExample, list[Any], list[tuple[Any, ...]]]


@lru_cache(maxsize=1)
def list_sound_answers() -> list[Case]:
    """The guide's and the simulated answers: how each is read, its pages, every path in them."""
    guide = [(example, (example.bundle(),)) for example in EXAMPLES]
    sound = [*guide, *list_simulated_answers()]
    return [(example, list(pages), paths(list(pages))) for example, pages in sound]


@st.composite
def corrupt_answers(draw: st.DrawFn) -> tuple[GuideExample, list[Any]]:
    """An answer with one to four places removed or replaced by anything."""
    example, pages, places = draw(st.sampled_from(list_sound_answers()))
    damaged: Any = deepcopy(pages)
    for path in draw(st.lists(st.sampled_from(places), min_size=1, max_size=4)):
        new = draw(JSON_VALUES | CONFUSING | HUGE | st.just(GONE))
        with suppress(KeyError, IndexError, TypeError):  # inside what has been replaced
            put(damaged, path, new)
    return example, damaged


@pytest.mark.usefixtures("large_input")
@pytest.mark.proves("E41", "E43", "C50", "C28", "C30", "C49")
def test_damage_never_breaks_the_parser_nor_lets_an_unsafe_slot_out(
    request: pytest.FixtureRequest,
) -> None:
    """A few answers usually, and a minute of them in a full run."""
    until = monotonic() + (FULL_SECONDS if request.config.getoption("--full") else 0)

    @given(corrupt_answers())
    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    def damage(case: tuple[GuideExample, list[Any]]) -> None:
        check_answer(*case)

    damage()
    while monotonic() < until:
        damage()


def check_answer(example: GuideExample, pages: list[Any]) -> None:
    """The answer is refused with its sentence, or nothing unsafe comes out of it."""
    try:
        answer = example.parse(*pages, origin="sas")
    except AnswerRefusedError as refused:
        assert len(str(refused)) < 300
        return
    json.dumps([answer.slots, answer.rejected]).encode()
    assert all(len(row["slot"]) <= 200 for row in answer.rejected)
    for slot in answer.slots:
        assert list(slot) == [key for key in KEYS if key in slot]
        assert all(value not in (None, "", [], {}) for value in slot.values())
        assert find_fault(slot) is None
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


@pytest.mark.usefixtures("large_input")
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
