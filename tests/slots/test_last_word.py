"""The last word of each source holds, whatever the order in which indices learn of answers."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from mappings.records import Offer
from slots.last_word import (
    answer_time,
    is_late,
    merge_last_words,
    read_answer_times,
    with_answer,
    with_former_words,
)
from tests.slots.offers import NOW, build_stored_slot, offer

SOURCES = ("alpha", "beta", "sas-agenda")
HOURS = st.lists(st.integers(9, 12), max_size=2, unique=True)


class Answer(NamedTuple):
    """An answer of a source at a second, with the hours at which its slots begin."""

    source: str
    second: int
    hours: list[int]

    @property
    def answered_at(self) -> str:
        """Its instant as stored."""
        return answer_time(NOW + timedelta(seconds=self.second))


ANSWERS = st.lists(
    st.builds(Answer, st.sampled_from(SOURCES), st.integers(0, 60), HOURS),
    max_size=8,
    unique_by=lambda answer: (answer.source, answer.second),
)


def apply_answer(stored: Offer, answer: Answer) -> Offer:
    """What an import does with an answer."""
    if is_late(stored, answer.source, answer.answered_at):
        return stored
    slots = [build_stored_slot(hour, answer.source) for hour in answer.hours]
    return with_answer(stored, answer.source, answer.answered_at, slots)


def last_words(answers: list[Answer]) -> dict[str, tuple[str, list[int]]]:
    """By source, the latest answer, found without the code under test."""
    latest: dict[str, Answer] = {}
    for answer in answers:
        if answer.source not in latest or answer.second > latest[answer.source].second:
            latest[answer.source] = answer
    return {name: (one.answered_at, sorted(one.hours)) for name, one in latest.items()}


def read_words(stored: Offer) -> dict[str, tuple[str, list[int]]]:
    """The same as an offer holds it."""
    found: dict[str, tuple[str, list[int]]] = {}
    for source, at in read_answer_times(stored).items():
        hours = [int(s["start"][11:13]) for s in stored.get("slots", []) if s["source"] == source]
        found[source] = (at, sorted(hours))
    return found


@given(ANSWERS, st.data())
def test_the_last_word_holds_in_any_order_of_imports_and_merges(
    answers: list[Answer], data: Any
) -> None:
    """Answers reach one of two indices in any order, late ones too; each is replayed at any time.

    A reindex, a replay after the swap and a rollback are all such a merge.
    """
    indices = [offer(), offer()]
    for answer in data.draw(st.permutations(answers)):
        here = data.draw(st.integers(0, 1))
        indices[here] = apply_answer(indices[here], answer)
        if data.draw(st.booleans()):
            indices[here] = merge_last_words(indices[here], indices[1 - here])
    merged = merge_last_words(indices[0], indices[1])
    assert read_words(merged) == last_words(answers)
    assert read_words(merge_last_words(indices[1], indices[0])) == last_words(answers)
    assert merge_last_words(merged, indices[1]) is merged


@given(ANSWERS)
def test_an_answer_given_again_changes_nothing(answers: list[Answer]) -> None:
    stored = offer()
    for answer in answers:
        stored = apply_answer(stored, answer)
        assert apply_answer(stored, answer) == stored


def test_instants_compare_as_texts_to_the_microsecond() -> None:
    whole = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert answer_time(whole) == "2026-11-23T08:00:00.000000Z"
    assert answer_time(whole) < answer_time(whole + timedelta(microseconds=1))


def test_an_offer_written_before_instants_were_kept_has_those_of_its_slots() -> None:
    newer = build_stored_slot(10, received_at="2026-11-23T08:30:00Z")
    stored = offer(slots=[build_stored_slot(9), newer])
    assert read_answer_times(stored) == {"alpha": "2026-11-23T08:30:00.000000Z"}


def test_new_facts_of_a_card_keep_the_words_of_its_sources() -> None:
    before = with_answer(offer(), "alpha", answer_time(NOW), [])
    assert with_former_words(offer(title="X"), before)["answered_at"] == before["answered_at"]
    assert with_former_words(offer(), None) == offer()
