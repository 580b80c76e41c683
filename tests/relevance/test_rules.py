"""Each rule of every page, on a real page and on the same page damaged."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.relevance.cases import AnywhereCase, Traits
from search_engine.relevance.index_probe import IndexProbe, JudgedAnswer
from search_engine.relevance.rules import ALWAYS, breaches
from tests.search_engine.sample_offers import NOW

MENDE = {"what": "médecin généraliste", "lat": 44.518, "lon": 3.501}
REUNION = {"what": "généraliste", "department": "974"}
FAR = {"lat": 43.0, "lon": 3.5}

Damage = Callable[[JudgedAnswer], None]


def first_card(judged_answer: JudgedAnswer) -> dict[str, Any]:
    card: dict[str, Any] = judged_answer.page["results"][0]
    return card


def first_stored_offer(judged_answer: JudgedAnswer) -> dict[str, Any]:
    offer: dict[str, Any] = judged_answer.offers[first_card(judged_answer)["id"]]  # type: ignore[assignment]
    return offer


def a_slot(judged_answer: JudgedAnswer) -> dict[str, Any]:
    days = first_card(judged_answer)["availability"]["days"]
    slot: dict[str, Any] = next(slot for day in days for slot in day["slots"])
    return slot


def swap_tiers(judged_answer: JudgedAnswer) -> None:
    judged_answer.page["results"].reverse()


def start_later(judged_answer: JudgedAnswer) -> None:
    first_card(judged_answer)["availability"]["next_start"] = "2026-12-31T00:00:00Z"


def lose_slots(judged_answer: JudgedAnswer) -> None:
    del first_card(judged_answer)["availability"]["next_start"]


def pin_the_first(judged_answer: JudgedAnswer) -> None:
    judged_answer.page["pinned"].append(first_card(judged_answer))


DAMAGES: list[tuple[str, dict[str, Any], Damage]] = [
    ("palier", MENDE, swap_tiers),
    (
        "plus proche",
        {**MENDE, "sort": "distance"},
        lambda seen: first_stored_offer(seen).update(point=FAR),
    ),
    (
        "plus proche",
        {**MENDE, "profile": "distance"},
        lambda seen: first_stored_offer(seen).update(point=FAR),
    ),
    ("plus tôt", {**MENDE, "sort": "earliest"}, start_later),
    ("rayon", MENDE, lambda seen: first_stored_offer(seen).update(point=FAR)),
    (
        "hors du département",
        REUNION,
        lambda seen: first_card(seen)["place"].update(department="976"),
    ),
    ("sans créneau", MENDE, lose_slots),
    ("horizon", MENDE, lambda seen: a_slot(seen).update(start="2026-06-16T08:04:59Z")),
    (
        "type de créneau",
        {**MENDE, "role": "OTHER"},
        lambda seen: a_slot(seen).update(types=["SNP"]),
    ),
    (
        "sans accord",
        {**MENDE, "mode": "beyond"},
        lambda seen: first_stored_offer(seen).pop("accepts_beyond"),
    ),
    ("absent", MENDE, lambda seen: first_stored_offer(seen).update(always_absent=True)),
    ("deux fois", MENDE, lambda seen: seen.page["results"].insert(0, first_card(seen))),
    ("médecin traitant", MENDE, pin_the_first),
    ("pour un total de", MENDE, lambda seen: seen.page["total"].update(value=99)),
]


@pytest.mark.parametrize(("sentence", "search", "damage"), DAMAGES, ids=[d[0] for d in DAMAGES])
async def test_a_rule_sees_its_damage_and_nothing_on_a_true_page(
    sentence: str,
    search: dict[str, Any],
    damage: Damage,
    relevance_index: str,
    relevance_client: AsyncElasticsearch,
) -> None:
    seen = await IndexProbe(relevance_client, relevance_index, NOW).fetch_page(search)
    assert seen.cards
    assert breaches(seen) == []
    damaged = deepcopy(seen)
    damage(damaged)
    assert any(sentence in result for result in breaches(damaged)), breaches(damaged)


def test_every_rule_is_damaged_once() -> None:
    assert len({sentence for sentence, _, _ in DAMAGES}) == len(ALWAYS) + 1


async def test_traits_of_every_card_and_of_none(
    relevance_index: str, relevance_client: AsyncElasticsearch
) -> None:
    seen = await IndexProbe(relevance_client, relevance_index, NOW).fetch_page(MENDE)
    case = AnywhereCase(id="a", description="made by hand", search=MENDE)
    doctors, nurses = Traits(profession=["10"]), Traits(profession=["60"])
    kept = case.model_copy(update={"every": doctors, "none": nurses})
    assert breaches(seen, kept) == []
    assert len(breaches(seen, case.model_copy(update={"every": nurses}))) == len(seen.cards)
    assert len(breaches(seen, case.model_copy(update={"none": doctors}))) == len(seen.cards)
    held = Traits(holds=["participant"])
    assert 0 < len(breaches(seen, case.model_copy(update={"every": held}))) < len(seen.cards)
