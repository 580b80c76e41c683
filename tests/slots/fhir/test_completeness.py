"""An answer that says it is incomplete is refused: what is missing is not "no slot"."""

import json
from typing import Any

import pytest

from simulation.slots.editors import EDITORS
from simulation.slots.fhir import EditorResponse
from slots.fhir.answer import AnswerRefusedError
from tests.slots.bundles import PS, SLOT1, SOS, GuideExample, Json, only, plus, slot_ids, without

BASE = "https://exemple.com/ans-sas/Slot"
SELF = f"{BASE}?status=free&_count=1000"
ALL = [f"ExampleSlotPSIndiv{n}" for n in range(1, 5)]


def page(entries: list[Json], **links: Any) -> Json:
    """A page of the example with these entries and links; None is a link without its URL."""
    written = [
        {"relation": name, **({} if url is None else {"url": url})} for name, url in links.items()
    ]
    return {**PS.bundle(), "entry": entries, "link": written}


def pages(*links: Json) -> list[Json]:
    """The example over as many pages as there are links, a slot at least on each."""
    entries = PS.bundle()["entry"]
    parts = [entries[i :: len(links)] for i in range(len(links))]
    return [page(part, **one) for part, one in zip(parts, links, strict=True)]


def refusal(example: GuideExample, *given: Json | bytes) -> str:
    """The sentence that refuses an incomplete answer."""
    with pytest.raises(AnswerRefusedError) as refused:
        example.parse(*given)
    assert refused.value.reason == "answer_incomplete"
    return str(refused.value)


@pytest.mark.proves("E10", "C47")
@pytest.mark.parametrize(
    "next_url",
    [f"{SELF}&page=2", "?page=2", "https://autre.fr/Slot?page=2", "", None, 12, "http://[", ["x"]],
)
def test_a_page_whose_next_is_not_given_is_refused(next_url: object) -> None:
    whole = PS.bundle()["entry"]
    sentence = refusal(PS, page(whole, self=SELF, next=next_url))
    assert "Give all the pages" in sentence
    assert "\n" not in sentence


def test_the_relation_is_read_in_any_case_and_as_bytes() -> None:
    bundle = page(PS.bundle()["entry"], self=SELF, Next=f"{SELF}&page=2")
    refusal(PS, json.dumps(bundle).encode())


@pytest.mark.proves("E10", "E13", "C47")
@pytest.mark.parametrize(
    ("links_of_first", "links_of_second"),
    [
        ({"self": SELF, "next": f"{SELF}&page=2"}, {"self": f"{SELF}&page=2"}),
        ({"self": SELF, "next": f"{BASE}?a=1&b=2"}, {"self": f"{BASE}?b=2&a=1"}),
        ({"self": SELF, "next": "?page=2"}, {"self": f"{BASE}?page=2"}),
        ({"self": SELF, "next": "http://a.fr/ans-sas/Slot?page=2"}, {"self": f"{BASE}/?page=2"}),
        ({"self": SELF, "next": f"{BASE}?a=b%7Cc"}, {"self": f"{BASE}?a=b|c"}),
        ({"self": SELF, "next": f"{SELF}&page=2"}, {"self": SELF}),
        ({"self": SELF, "next": f"{SELF}&page=2"}, {}),
        ({"next": f"{SELF}&page=2"}, {"previous": SELF}),
    ],
)  # fmt: skip
def test_a_page_given_with_its_next_is_good(links_of_first: Json, links_of_second: Json) -> None:
    answer = PS.parse(*pages(links_of_first, links_of_second))
    assert sorted(slot_ids(answer)) == ALL


def test_a_page_given_twice_does_not_stand_for_the_one_that_follows() -> None:
    """Its server writes the address of the search as ``self`` of every page."""
    links = [{"self": SELF, "next": f"{SELF}&page={n}"} for n in (2, 3)]
    first, second, third = pages(*links, {"self": SELF})
    assert sorted(slot_ids(PS.parse(first, second, third))) == ALL
    refusal(PS, *({**one, "total": 0} for one in (first, first, third)))


def test_pages_in_another_order_are_good_when_they_are_named() -> None:
    first, second = pages({"self": SELF, "next": f"{SELF}&p=2"}, {"self": f"{SELF}&p=2"})
    assert sorted(slot_ids(PS.parse(second, first))) == ALL


def test_the_middle_page_of_three_is_missed() -> None:
    first, second, third = pages(
        {"self": SELF, "next": f"{SELF}&p=2"},
        {"self": f"{SELF}&p=2", "next": f"{SELF}&p=3"},
        {"self": f"{SELF}&p=3"},
    )
    assert sorted(slot_ids(PS.parse(first, second, third))) == ALL
    for kept in ((first, third), (first, second), (second,)):
        refusal(PS, *({**one, "total": 0} for one in kept))


@pytest.mark.proves("E11", "C47")
def test_a_page_that_follows_itself_and_pages_in_a_ring_miss_nothing() -> None:
    (alone,) = pages({"self": SELF, "next": SELF})
    assert slot_ids(PS.parse(alone)) == ALL
    ring = pages({"self": SELF, "next": f"{SELF}&p=2"}, {"self": f"{SELF}&p=2", "next": SELF})
    assert sorted(slot_ids(PS.parse(*ring))) == ALL


def test_the_first_page_given_twice_does_not_stand_for_the_second() -> None:
    first, _ = pages({"self": SELF, "next": f"{SELF}&p=2"}, {"self": f"{SELF}&p=2"})
    refusal(PS, first, first)


@pytest.mark.proves("E09")
@pytest.mark.parametrize("total", [5, 9, 12, 4000, "5", 5.0])
def test_a_total_above_the_matches_that_came_is_refused(total: object) -> None:
    """The example has 4 matches and 12 entries: what is included counts for nothing."""
    assert "4 came" in refusal(PS, {**PS.bundle(), "total": total})


@pytest.mark.proves("E09")
@pytest.mark.parametrize(
    "total", [None, 0, 1, 3, 4, "4", "many", -1, 4.5, True, [9], "9" * 5000, float("inf")]
)
def test_a_total_at_or_below_what_came_or_unreadable_is_not_read(total: object) -> None:
    """Some editors count one page alone."""
    assert slot_ids(PS.parse({**PS.bundle(), "total": total})) == ALL


@pytest.mark.parametrize("missing", [SLOT1, "Slot/ExampleSlotPSIndiv4"])
def test_a_slot_that_is_missing_from_the_total_is_missed(missing: str) -> None:
    assert "total is 4 and 3 came" in refusal(PS, {**without(PS.bundle(), missing), "total": 4})


def test_slots_are_counted_in_a_search_of_schedules() -> None:
    """SOS1: the total counts Slots, which are included; the matches are the Schedules."""
    assert len(SOS.parse(SOS.bundle()).slots) == 4
    assert "3 came" in refusal(SOS, {**without(SOS.bundle(), "Slot/ExampleSlotSOS1"), "total": 4})


def test_a_page_given_twice_does_not_make_up_the_total() -> None:
    part = {**only(PS.bundle(), SLOT1), "total": 2}
    assert "total is 2 and 1 came" in refusal(PS, part, part)


@pytest.mark.proves("E27")
def test_an_entry_written_twice_on_a_page_is_in_its_total_twice() -> None:
    part = only(PS.bundle(), SLOT1)
    assert len(PS.parse({**plus(part, part["entry"][0]), "total": 2}).slots) == 1


@pytest.mark.proves("E41")
@pytest.mark.parametrize("broken", [None, {}, {"resource": None}, {"resource": {"id": "x"}}, 7])
def test_an_entry_that_came_broken_has_come(broken: object) -> None:
    kept = plus(without(PS.bundle(), SLOT1), broken)
    assert slot_ids(PS.parse({**kept, "total": 4})) == ALL[1:]


@pytest.mark.parametrize("editor", EDITORS, ids=lambda one: one.id)
def test_every_simulated_editor_s_pages_are_whole_together_alone(editor: Any) -> None:
    response = EditorResponse(editor, "R01")
    response.slots = [
        {"fullUrl": f"{editor.base}/Slot/{n}", "resource": {"resourceType": "Slot", "id": str(n)}}
        for n in range(3 * (editor.page or 1))
    ]
    made = response.pages()
    assert len(PS.parse(*made).rejected) == len(response.slots)
    for rank in range(len(made) if len(made) > 1 else 0):
        refusal(PS, *(one for number, one in enumerate(made) if number != rank))
