"""Which slots show, to whom: participation, opt-out, absences, CPTS, two sources on one card."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.records import Offer, StoredSlot
from slots.coherence import HiddenReason, count_hidden_slots, visible_slots
from slots.stored import AGENDA_SOURCE
from tests.slots.offers import build_stored_slot, offer, sos_point

MORNING = {"gte": "2026-11-23T00:00:00Z", "lt": "2026-11-23T10:00:00Z"}


def visible_types(record: Offer, *slots: StoredSlot) -> list[Any]:
    """(types, hidden) of each slot, in order of start."""
    return [(s["types"], s.get("hidden_reason")) for s in visible_slots(record, slots)]


@pytest.mark.proves("F073")
@pytest.mark.parametrize("types", [["PUBLIC"], ["PRO"], ["SNP"], ["PUBLIC", "PRO", "SNP"]])
@pytest.mark.parametrize("fields", [{}, {"participant": True, "via": ["own"]}, {"via": ["cpts"]}])
def test_ordinary_types_show_for_everyone(types: list[str], fields: dict[str, Any]) -> None:
    assert visible_types(offer(**fields), build_stored_slot(types=types)) == [(types, None)]


@pytest.mark.proves("E35", "C41")
@pytest.mark.parametrize(
    ("declared", "on_slot", "types", "hidden"),
    [
        (["950047225"], ["950047225"], ["PUBLIC", "CPTS"], None),
        (["950047225"], ["950000111", "950047225"], ["PUBLIC", "CPTS"], None),
        (["950047225"], ["950000111"], ["PUBLIC"], None),
        ([], ["950047225"], ["PUBLIC"], None),
        (None, ["950047225"], ["PUBLIC"], None),
        (["950047225"], None, ["PUBLIC"], None),
    ],
)
def test_a_cpts_type_shows_for_a_declared_cpts_only(
    declared: list[str] | None, on_slot: list[str] | None, types: list[str], hidden: str | None
) -> None:
    slot = build_stored_slot(types=["PUBLIC", "CPTS"], cpts=on_slot)
    assert visible_types(offer(cpts=declared), slot) == [(types, hidden)]


@pytest.mark.proves("E35")
def test_a_slot_for_an_undeclared_cpts_only_is_hidden_and_counted() -> None:
    slots = [
        build_stored_slot(9, types=["CPTS"], cpts=["950000111"]),
        build_stored_slot(10, types=["PUBLIC", "CPTS"], cpts=["950000111"]),
        build_stored_slot(11),
    ]
    judged = visible_slots(offer(cpts=["950047225"]), slots)
    assert [s.get("hidden_reason") for s in judged] == [HiddenReason.CPTS_NOT_DECLARED, None, None]
    assert count_hidden_slots(judged) == {"cpts_not_declared": 1, "cpts_stripped": 1}


def test_who_takes_part_through_sos_shows_on_its_points_only() -> None:
    assert visible_types(offer(via=["sos"], participant=True), build_stored_slot()) == [([], "sos")]
    assert visible_types(offer(via=["own", "sos"]), build_stored_slot()) == [(["PUBLIC"], None)]
    assert visible_types(sos_point(via=["sos"]), build_stored_slot()) == [(["PUBLIC"], None)]


@pytest.mark.proves("F040")
def test_opting_out_hides_editors_and_not_the_agenda() -> None:
    slots = [
        build_stored_slot(9, "alpha"),
        build_stored_slot(10, AGENDA_SOURCE),
        build_stored_slot(11, "beta"),
    ]
    assert visible_types(offer(editor_disabled=True), *slots) == [
        ([], "editor_disabled"),
        (["PUBLIC"], None),
        ([], "editor_disabled"),
    ]


@pytest.mark.proves("F036", "W27")
@pytest.mark.parametrize("source", ["alpha", AGENDA_SOURCE])
def test_an_absence_removes_the_slots_it_touches_and_only_those(source: str) -> None:
    slots = [
        build_stored_slot(8, source, end="2026-11-23T10:00:00Z"),
        build_stored_slot(9, source, start="2026-11-23T09:50:00Z", end="2026-11-23T10:10:00Z"),
        build_stored_slot(10, source),
        build_stored_slot(11, source),
    ]
    away = offer(absences=[MORNING])
    assert [hidden for _, hidden in visible_types(away, *slots)] == ["absent", "absent", None, None]
    before = {"gte": "2026-11-23T11:30:00Z", "lt": "2026-11-24T00:00:00Z"}
    assert [h for _, h in visible_types(offer(absences=[before]), *slots)] == [None] * 4


@pytest.mark.proves("F034", "W27")
def test_always_absent_hides_everything() -> None:
    slots = [build_stored_slot(9), build_stored_slot(10, AGENDA_SOURCE)]
    assert visible_types(offer(always_absent=True), *slots) == [([], "always_absent")] * 2


def test_the_first_rule_that_holds_is_named() -> None:
    away = offer(absences=[MORNING], via=["sos"], editor_disabled=True)
    assert [
        hidden for _, hidden in visible_types(away, build_stored_slot(9), build_stored_slot(11))
    ] == ["absent", "sos"]


@pytest.mark.proves("F068", "W11")
def test_editor_and_agenda_stand_on_one_card_each_with_its_source() -> None:
    judged = visible_slots(
        offer(), [build_stored_slot(10, "alpha"), build_stored_slot(9, AGENDA_SOURCE)]
    )
    assert [(s["source"], s["types"]) for s in judged] == [
        (AGENDA_SOURCE, ["PUBLIC"]),
        ("alpha", ["PUBLIC"]),
    ]


@pytest.mark.proves("F068", "E27", "C48")
@pytest.mark.parametrize(
    ("first", "second", "showing"),
    [
        (build_stored_slot(9, "alpha"), build_stored_slot(9, AGENDA_SOURCE), [AGENDA_SOURCE]),
        (build_stored_slot(9, "alpha"), build_stored_slot(9, "beta"), ["alpha"]),
        (
            build_stored_slot(9, "alpha", types=["PUBLIC", "SNP"]),
            build_stored_slot(9, AGENDA_SOURCE),
            ["alpha"],
        ),
        (
            build_stored_slot(9, "alpha", types=["SNP"]),
            build_stored_slot(9, AGENDA_SOURCE),
            ["alpha", AGENDA_SOURCE],
        ),
        (
            build_stored_slot(9, "alpha"),
            build_stored_slot(9, "beta", consultation=["VR"]),
            ["alpha", "beta"],
        ),
        (
            build_stored_slot(9, "alpha"),
            build_stored_slot(9, "beta", consultation=None),
            ["alpha", "beta"],
        ),
    ],
)
def test_one_interval_told_by_two_sources_shows_once(
    first: StoredSlot, second: StoredSlot, showing: list[str]
) -> None:
    for slots in ([first, second], [second, first]):
        judged = visible_slots(offer(), slots)
        assert [s["source"] for s in judged if s["types"]] == showing
        assert all(s.get("hidden_reason") == "duplicate" for s in judged if not s["types"])


@pytest.mark.proves("F068")
def test_a_duplicate_shows_again_when_the_other_source_is_hidden() -> None:
    slots = [
        build_stored_slot(9, "alpha", types=["PUBLIC", "SNP"]),
        build_stored_slot(9, AGENDA_SOURCE),
    ]
    judged = visible_slots(offer(editor_disabled=True), slots)
    assert {s["source"] for s in judged if s["types"]} == {AGENDA_SOURCE}


TYPES = st.lists(st.sampled_from(["PUBLIC", "PRO", "SNP", "CPTS", "PRIVATE"]), unique=True)
SLOTS = st.lists(
    st.builds(
        lambda hour, source, types, cpts: build_stored_slot(hour, source, types=types, cpts=cpts),
        st.integers(0, 23),
        st.sampled_from(["alpha", "beta", AGENDA_SOURCE]),
        TYPES,
        st.none() | st.lists(st.sampled_from(["950047225", "950000111"]), unique=True),
    ),
    max_size=8,
)
OFFERS = st.builds(
    lambda **fields: offer(**{name: value for name, value in fields.items() if value}),
    via=st.lists(st.sampled_from(["own", "cpts", "msp", "sos"]), unique=True),
    cpts=st.lists(st.sampled_from(["950047225", "950000111"]), unique=True),
    editor_disabled=st.booleans(),
    always_absent=st.booleans(),
    absences=st.lists(st.just(MORNING), max_size=1),
)


@given(OFFERS, SLOTS)
def test_the_rules_never_add_a_type_and_twice_is_once(
    given_offer: Offer, slots: list[StoredSlot]
) -> None:
    before = [dict(slot) for slot in slots]
    judged = visible_slots(given_offer, slots)
    assert slots == before
    assert len(judged) == len(slots)
    assert visible_slots(given_offer, judged) == judged
    for slot in judged:
        assert set(slot["types"]) <= set(slot["declared_types"])
        assert ("hidden_reason" in slot) is (slot["types"] == [])


@given(OFFERS, SLOTS)
def test_changing_the_settings_and_back_gives_the_same_slots(
    given_offer: Offer, slots: list[StoredSlot]
) -> None:
    hidden = visible_slots(offer(always_absent=True), slots)
    assert visible_slots(given_offer, hidden) == visible_slots(given_offer, slots)
