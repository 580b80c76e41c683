"""The right answer to a search, in order, as plain Python over all offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.search_engine.oracle.filters import filter_offers
from tests.search_engine.oracle.groups import (
    Card,
    OracleHit,
    covering_cpts,
    covering_group,
    group_cards,
)
from tests.search_engine.oracle.matching import matching_offers, name_match_kind
from tests.search_engine.oracle.place import OracleCircle, is_of_commune, kilometres
from tests.search_engine.oracle.query import OracleQuery, day_end, search_start, text
from tests.search_engine.oracle.slots import TYPES_BY_ROLE, good_slots
from tests.search_engine.random_score import random_score

TYPE_CREDIT = {"SNP": 0.10, "CPTS": 0.07, "PRO": 0.03, "PUBLIC": 0.0}
STEPS = {"exact": 112.0, "sound": 96.0, "near": 80.0, "word": 64.0, "prefix": 48.0, "fuzzy": 32.0}
USUAL_WAYS = frozenset(STEPS) - {"fuzzy"}


@dataclass(frozen=True, slots=True)
class OracleScope:
    """Where the search looked at last, and by which ways a name may answer."""

    circle: OracleCircle
    name_matches: frozenset[str]


@dataclass(frozen=True, slots=True)
class OracleResult:
    """The whole expected result: offers in order, the cards that show them, what was decided."""

    hits: list[OracleHit]
    cards: list[Card]
    scope: OracleScope

    @property
    def radius_km(self) -> float | None:
        return self.scope.circle.radius

    @property
    def is_enlarged(self) -> bool:
        return self.scope.circle.first is not None

    @property
    def fuzzy(self) -> bool:
        return "fuzzy" in self.scope.name_matches


def oracle_result(query: OracleQuery, offers: Sequence[dict[str, Any]], index: str) -> OracleResult:
    """The whole result, in order."""
    decided = choose_scope(replace(query, cpts=None), offers)
    circle = decided.circle
    answers = matching_offers(query, offers, circle, set(decided.name_matches))
    covering = covering_cpts(query, offers)
    found = [
        rank_offer(
            query, offer, circle, index, fuzzy="fuzzy" in decided.name_matches, covering=covering
        )
        for offer in filter_offers(query, answers, covering)
    ]
    found.sort(key=lambda one: (-one.score, *one.inside, one.id))
    return OracleResult(found, group_cards(found), decided)


# What is decided first ----------------------------------------------------------------------


def choose_scope(query: OracleQuery, offers: Sequence[dict[str, Any]]) -> OracleScope:
    """Circle and spelling, on the offers that pass every filter, one by one: never on cards."""
    covering = covering_cpts(query, offers)

    def passing(circle: OracleCircle) -> list[dict[str, Any]]:
        return filter_offers(
            query, matching_offers(query, offers, circle, set(USUAL_WAYS)), covering
        )

    circle = OracleCircle(query.radius_km)
    if query.radius_km is not None and not query.explicit:
        for radius in radii(query.radius_km, query.step_km):
            enlarged = radius > query.radius_km
            circle = OracleCircle(radius, query.radius_km if enlarged else None)
            if enough(query, passing(circle)):
                break
    ways = USUAL_WAYS
    if query.meaning.text and all(
        name_match_kind(query, one) in {None, "prefix"} for one in passing(circle)
    ):
        ways = USUAL_WAYS | {"fuzzy"}
    return OracleScope(circle, ways)


def radii(first: float, step: float) -> list[float]:
    """The first radius, then a step further each time, to twice the first."""
    tried = [first]
    while tried[-1] < 2 * first:
        tried.append(min(tried[-1] + step, 2 * first))
    return tried


def enough(query: OracleQuery, offers: list[dict[str, Any]]) -> bool:
    structures = query.meaning.structure_word
    if query.mode in {"available", "all"} and not (query.mode == "all" and structures):
        offers = [offer for offer in offers if good_slots(query, offer)]
    return len(offers) >= 5


# Keys of the order --------------------------------------------------------------------------


def rank_offer(
    query: OracleQuery,
    offer: dict[str, Any],
    circle: OracleCircle,
    index: str,
    *,
    fuzzy: bool,
    covering: frozenset[str],
) -> OracleHit:
    slots = good_slots(query, offer)
    score = tier(query, offer, slots, circle, fuzzy=fuzzy)
    group = covering_group(offer, covering)
    if query.sort == "best":
        score += in_tier(query, offer, slots, circle, index)
        return OracleHit(offer["id"], score, (), group)
    km = kilometres(query, offer)
    if query.sort == "distance":
        return OracleHit(offer["id"], score, (km,), group)
    earliest = min((slot["start"] for slot in slots), default="9999")
    equals = km if query.measured and circle.radius is not None else float(offer["fair_key"])
    return OracleHit(offer["id"], score, (earliest, equals), group)


def tier(
    query: OracleQuery,
    offer: dict[str, Any],
    slots: list[Any],
    circle: OracleCircle,
    *,
    fuzzy: bool,
) -> float:
    way = name_match_kind(query, offer)
    score = 0.0 if way is None or (way == "fuzzy" and not fuzzy) else STEPS[way]
    score += 8.0 if slots else 0.0
    if circle.first is not None and is_near(query, offer, circle.first):
        score += 4.0
    if query.mode in {"available", "all"} and offer.get("participant"):
        score += 2.0
    return score


def is_near(query: OracleQuery, offer: dict[str, Any], first: float) -> bool:
    return kilometres(query, offer) <= first or is_of_commune(query, offer)


def in_tier(
    query: OracleQuery, offer: dict[str, Any], slots: list[Any], circle: OracleCircle, index: str
) -> float:
    km, radius = kilometres(query, offer), circle.radius
    if query.measured and radius is not None:
        share = min(1.0, query.reference_km / radius)
        return max(0.0, 1 - km / radius) + credits(query, offer, slots) * share
    fair = 0.005 * random_score(query.seed, offer["fair_key"], index)
    closeness = 0.0
    if radius is not None:
        first = circle.first or radius
        is_own_beyond = km > first and is_of_commune(query, offer)
        closeness = 0.0 if is_own_beyond else closeness_by_quarter(km, first, radius)
    return closeness + credits(query, offer, slots) + fair


def closeness_by_quarter(km: float, first: float, radius: float) -> float:
    if km <= first:
        inner, outer = 0.0, first
    else:
        inner, outer = first, radius
    width = (outer - inner) / 4
    outside = sum(km > inner + width * step for step in range(1, 4))
    return 1 - outside / 4


def credits(query: OracleQuery, offer: dict[str, Any], slots: list[dict[str, Any]]) -> float:
    if query.profile == "distance":
        return 0.0
    total = credit_of_slots(query, slots)
    absorbs = {"msp", "health_centre", "unscheduled_care"}
    if query.mode == "beyond" and offer.get("structure_kind") in absorbs:
        total += 0.03
    if offer.get("precision") in {"housenumber", "street", "locality"}:
        total += 0.02
    return total


def credit_of_slots(query: OracleQuery, slots: list[dict[str, Any]]) -> float:
    visible = TYPES_BY_ROLE[query.role]
    soon, today = text(search_start(query) + timedelta(hours=4)), text(day_end(query, 0))
    best = 0.0
    for slot in slots:
        credit = max((TYPE_CREDIT[kind] for kind in slot["types"] if kind in visible), default=0.0)
        if slot["start"] <= soon:
            credit += 0.06
        elif slot["start"] <= today:
            credit += 0.03
        best = max(best, credit)
    return best
