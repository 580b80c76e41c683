"""The right answer to a search, in order, as plain Python over all offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.search_engine.oracle.answering import answering, name_way
from tests.search_engine.oracle.filters import kept
from tests.search_engine.oracle.groups import Card, Found, cards_of, covering_cpts, group_of
from tests.search_engine.oracle.place import Circle, kilometres
from tests.search_engine.oracle.searches import Asked, day_end, start_of, text
from tests.search_engine.oracle.slots import TYPES_BY_ROLE, good_slots
from tests.search_engine.random_score import chance

TYPE_CREDIT = {"SNP": 0.10, "CPTS": 0.07, "PRO": 0.03, "PUBLIC": 0.0}
WELL_SPELT = frozenset({"exact", "prefix"})


@dataclass(frozen=True, slots=True)
class Decided:
    """Where the search looked at last, and by which ways a name may answer."""

    circle: Circle
    ways: frozenset[str]


@dataclass(frozen=True, slots=True)
class Expected:
    """The whole expected result: offers in order, the cards that show them, what was decided."""

    found: list[Found]
    cards: list[Card]
    decided: Decided

    @property
    def radius_km(self) -> float | None:
        return self.decided.circle.radius

    @property
    def enlarged(self) -> bool:
        return self.decided.circle.first is not None

    @property
    def fuzzy(self) -> bool:
        return "fuzzy" in self.decided.ways


def expected(asked: Asked, offers: Sequence[dict[str, Any]], index: str) -> Expected:
    """The whole result, in order."""
    decided = decide(replace(asked, cpts=None), offers)
    circle = decided.circle
    answers = answering(asked, offers, circle, set(decided.ways))
    covering = covering_cpts(asked, offers)
    found = [
        placed(asked, offer, circle, index, fuzzy="fuzzy" in decided.ways, covering=covering)
        for offer in kept(asked, answers, covering)
    ]
    found.sort(key=lambda one: (-one.score, *one.inside, one.id))
    return Expected(found, cards_of(found), decided)


# What is decided first ----------------------------------------------------------------------


def decide(asked: Asked, offers: Sequence[dict[str, Any]]) -> Decided:
    """Circle and spelling, on the offers that pass every filter, one by one: never on cards."""
    covering = covering_cpts(asked, offers)

    def passing(circle: Circle) -> list[dict[str, Any]]:
        return kept(asked, answering(asked, offers, circle, set(WELL_SPELT)), covering)

    circle = Circle(asked.radius_km)
    if asked.radius_km is not None and not asked.explicit:
        for radius in radii(asked.radius_km, asked.step_km):
            enlarged = radius > asked.radius_km
            circle = Circle(radius, asked.radius_km if enlarged else None)
            if enough(asked, passing(circle)):
                break
    ways = WELL_SPELT
    if asked.meaning.text and all(name_way(asked, one) != "exact" for one in passing(circle)):
        ways = WELL_SPELT | {"fuzzy"}
    return Decided(circle, ways)


def radii(first: float, step: float) -> list[float]:
    """The first radius, then a step further each time, to twice the first."""
    tried = [first]
    while tried[-1] < 2 * first:
        tried.append(min(tried[-1] + step, 2 * first))
    return tried


def enough(asked: Asked, offers: list[dict[str, Any]]) -> bool:
    structures = asked.meaning.structure_word
    if asked.mode in {"available", "all"} and not (asked.mode == "all" and structures):
        offers = [offer for offer in offers if good_slots(asked, offer)]
    return len(offers) >= 5


# Keys of the order --------------------------------------------------------------------------


def placed(
    asked: Asked,
    offer: dict[str, Any],
    circle: Circle,
    index: str,
    *,
    fuzzy: bool,
    covering: frozenset[str],
) -> Found:
    slots = good_slots(asked, offer)
    score = tier(asked, offer, slots, circle, fuzzy=fuzzy)
    group = group_of(offer, covering)
    if asked.sort == "best":
        score += in_tier(asked, offer, slots, circle, index)
        return Found(offer["id"], score, (), group)
    km = kilometres(asked, offer)
    if asked.sort == "distance":
        return Found(offer["id"], score, (km,), group)
    earliest = min((slot["start"] for slot in slots), default="9999")
    equals = km if asked.measured and circle.radius is not None else float(offer["fair_key"])
    return Found(offer["id"], score, (earliest, equals), group)


def tier(
    asked: Asked, offer: dict[str, Any], slots: list[Any], circle: Circle, *, fuzzy: bool
) -> float:
    way = name_way(asked, offer)
    score = {"exact": 48.0, "prefix": 32.0, "fuzzy": 16.0 if fuzzy else 0.0, None: 0.0}[way]
    score += 8.0 if slots else 0.0
    if circle.first is not None and kilometres(asked, offer) <= circle.first:
        score += 4.0
    if asked.mode in {"available", "all"} and offer.get("participant"):
        score += 2.0
    return score


def in_tier(
    asked: Asked, offer: dict[str, Any], slots: list[Any], circle: Circle, index: str
) -> float:
    km, radius = kilometres(asked, offer), circle.radius
    if asked.measured and radius is not None:
        share = min(1.0, asked.reference_km / radius)
        return max(0.0, 1 - km / radius) + credits(asked, offer, slots) * share
    fair = 0.005 * chance(asked.seed, offer["fair_key"], index)
    closeness = 0.0
    if radius is not None:
        closeness = closeness_by_quarter(km, circle.first or radius, radius)
    return closeness + credits(asked, offer, slots) + fair


def closeness_by_quarter(km: float, first: float, radius: float) -> float:
    if km <= first:
        inner, outer = 0.0, first
    else:
        inner, outer = first, radius
    width = (outer - inner) / 4
    outside = sum(km > inner + width * step for step in range(1, 4))
    return 1 - outside / 4


def credits(asked: Asked, offer: dict[str, Any], slots: list[dict[str, Any]]) -> float:
    if asked.profile == "distance":
        return 0.0
    total = credit_of_slots(asked, slots)
    absorbs = {"msp", "health_centre", "unscheduled_care"}
    if asked.mode == "beyond" and offer.get("structure_kind") in absorbs:
        total += 0.03
    if offer.get("precision") in {"housenumber", "street", "locality"}:
        total += 0.02
    return total


def credit_of_slots(asked: Asked, slots: list[dict[str, Any]]) -> float:
    visible = TYPES_BY_ROLE[asked.role]
    soon, today = text(start_of(asked) + timedelta(hours=4)), text(day_end(asked, 0))
    best = 0.0
    for slot in slots:
        credit = max((TYPE_CREDIT[kind] for kind in slot["types"] if kind in visible), default=0.0)
        if slot["start"] <= soon:
            credit += 0.06
        elif slot["start"] <= today:
            credit += 0.03
        best = max(best, credit)
    return best
