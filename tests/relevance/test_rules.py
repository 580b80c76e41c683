"""Each rule of every page, on a real page and on the same page damaged."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from search_engine.relevance.cases import AnywhereCase, Traits
from search_engine.relevance.judged_page import Asking, Seen
from search_engine.relevance.rules import ALWAYS, breaches
from tests.search_engine.made_offers import NOW

MENDE = {"what": "médecin généraliste", "lat": 44.518, "lon": 3.501}
REUNION = {"what": "généraliste", "department": "974"}
FAR = {"lat": 43.0, "lon": 3.5}

Damage = Callable[[Seen], None]


def first(seen: Seen) -> dict[str, Any]:
    card: dict[str, Any] = seen.page["results"][0]
    return card


def stored(seen: Seen) -> dict[str, Any]:
    offer: dict[str, Any] = seen.offers[first(seen)["id"]]  # type: ignore[assignment]
    return offer


def a_slot(seen: Seen) -> dict[str, Any]:
    days = first(seen)["availability"]["days"]
    slot: dict[str, Any] = next(slot for day in days for slot in day["slots"])
    return slot


def swap_tiers(seen: Seen) -> None:
    seen.page["results"].reverse()


def start_later(seen: Seen) -> None:
    first(seen)["availability"]["next_start"] = "2026-12-31T00:00:00Z"


def lose_slots(seen: Seen) -> None:
    del first(seen)["availability"]["next_start"]


def pin_the_first(seen: Seen) -> None:
    seen.page["pinned"].append(first(seen))


DAMAGES: list[tuple[str, dict[str, Any], Damage]] = [
    ("palier", MENDE, swap_tiers),
    ("plus proche", {**MENDE, "sort": "distance"}, lambda seen: stored(seen).update(point=FAR)),
    ("plus proche", {**MENDE, "profile": "distance"}, lambda seen: stored(seen).update(point=FAR)),
    ("plus tôt", {**MENDE, "sort": "earliest"}, start_later),
    ("rayon", MENDE, lambda seen: stored(seen).update(point=FAR)),
    ("hors du département", REUNION, lambda seen: first(seen)["place"].update(department="976")),
    ("sans créneau", MENDE, lose_slots),
    ("horizon", MENDE, lambda seen: a_slot(seen).update(start="2026-06-16T08:04:59Z")),
    (
        "type de créneau",
        {**MENDE, "role": "OTHER"},
        lambda seen: a_slot(seen).update(types=["SNP"]),
    ),
    ("sans accord", {**MENDE, "mode": "beyond"}, lambda seen: stored(seen).pop("accepts_beyond")),
    ("absent", MENDE, lambda seen: stored(seen).update(always_absent=True)),
    ("deux fois", MENDE, lambda seen: seen.page["results"].insert(0, first(seen))),
    ("médecin traitant", MENDE, pin_the_first),
    ("pour un total de", MENDE, lambda seen: seen.page["total"].update(value=99)),
]


@pytest.mark.parametrize(("sentence", "search", "damage"), DAMAGES, ids=[d[0] for d in DAMAGES])
async def test_a_rule_sees_its_damage_and_nothing_on_a_true_page(
    sentence: str,
    search: dict[str, Any],
    damage: Damage,
    judged: str,
    asking: AsyncElasticsearch,
) -> None:
    seen = await Asking(asking, judged, NOW).seen(search)
    assert seen.cards
    assert breaches(seen) == []
    damaged = deepcopy(seen)
    damage(damaged)
    assert any(sentence in told for told in breaches(damaged)), breaches(damaged)


def test_every_rule_is_damaged_once() -> None:
    assert len({sentence for sentence, _, _ in DAMAGES}) == len(ALWAYS) + 1


async def test_traits_of_every_card_and_of_none(judged: str, asking: AsyncElasticsearch) -> None:
    seen = await Asking(asking, judged, NOW).seen(MENDE)
    case = AnywhereCase(id="a", description="made by hand", search=MENDE)
    doctors, nurses = Traits(profession=["10"]), Traits(profession=["60"])
    kept = case.model_copy(update={"every": doctors, "none": nurses})
    assert breaches(seen, kept) == []
    assert len(breaches(seen, case.model_copy(update={"every": nurses}))) == len(seen.cards)
    assert len(breaches(seen, case.model_copy(update={"none": doctors}))) == len(seen.cards)
    held = Traits(holds=["participant"])
    assert 0 < len(breaches(seen, case.model_copy(update={"every": held}))) < len(seen.cards)
