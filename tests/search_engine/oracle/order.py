"""The right answer to a search, in order, as plain Python over all offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import floor
from typing import Any

from tests.search_engine.oracle.duty import can_be_met, sees_whoever_comes
from tests.search_engine.oracle.effort import measure
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
from tests.search_engine.oracle.query import OracleQuery, search_start, text
from tests.search_engine.oracle.slots import good_slots
from tests.search_engine.random_score import random_score

STEPS = {
    **{"whole": 1152.0, "exact": 1024.0, "sound": 768.0, "near": 640.0},
    **{"word": 512.0, "prefix": 384.0, "fuzzy": 256.0},
}
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

    @property
    def people(self) -> int:
        return len({hit.person for hit in self.hits})


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

    tried = circles(query)
    circle = next((one for one in tried if enough(query, passing(one))), tried[-1])
    ways = USUAL_WAYS
    if query.meaning.text and all(
        name_match_kind(query, one) in {None, "prefix"} for one in passing(circle)
    ):
        ways = USUAL_WAYS | {"fuzzy"}
    return OracleScope(circle, ways)


def circles(query: OracleQuery) -> list[OracleCircle]:
    """Where is looked, one after the other, until enough are found."""
    first = query.radius_km
    if first is None or query.explicit:
        return [OracleCircle(first)]
    if query.consultation == {"VR"}:
        return [OracleCircle(None, reach="territory"), OracleCircle(None, reach="country")]
    wider = [OracleCircle(radius, first) for radius in radii(first, query.step_km)[1:]]
    return [OracleCircle(first), *wider]


def radii(first: float, step: float) -> list[float]:
    """The first radius, then a step further each time, to twice the first."""
    tried = [first]
    while tried[-1] < 2 * first:
        tried.append(min(tried[-1] + step, 2 * first))
    return tried


def enough(query: OracleQuery, offers: list[dict[str, Any]]) -> bool:
    structures = query.meaning.structure_word
    if query.mode in {"available", "all"} and not (query.mode == "all" and structures):
        offers = [offer for offer in offers if can_be_met(query, offer)]
    return len({find_person(offer) for offer in offers}) >= 5


def find_person(offer: dict[str, Any]) -> str:
    """Whose offer it is: a professional has one RPPS at all his places."""
    return str(offer.get("rpps", offer["id"]))


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
    """Sorted by falling score, then by the keys inside: smaller efforts have greater scores."""
    slots = good_slots(query, offer)
    step = tier(query, offer, slots, fuzzy=fuzzy)
    group = covering_group(offer, covering)
    km, person = kilometres(query, offer), find_person(offer)
    if query.sort == "best":
        effort = measure(query, offer, slots)
        place = in_tier(query, offer, effort, circle, index)
        return OracleHit(offer["id"], step, place, group, effort, person)
    if query.sort == "distance":
        return OracleHit(offer["id"], step, (km,), group, None, person)
    earliest = min((slot["start"] for slot in slots), default="9999")
    equals = km if query.measured and circle.radius is not None else float(offer["fair_key"])
    return OracleHit(offer["id"], step, (earliest, equals), group, None, person)


def tier(
    query: OracleQuery, offer: dict[str, Any], slots: list[dict[str, Any]], *, fuzzy: bool
) -> float:
    way = name_match_kind(query, offer)
    step = 0.0 if way is None or (way == "fuzzy" and not fuzzy) else STEPS[way]
    step += 0.0 if is_beyond_water(query, offer) else 64.0
    step += 32.0 if query.titled and query.meaning.text and is_doctor(offer) else 0.0
    step += 16.0 if is_of_commune(query, offer) and is_sought_in_commune(query) else 0.0
    opened = sees_whoever_comes(query, offer)
    if query.meaning.needs_emergency:
        step += 8.0 if offer.get("emergency") else 0.0
    else:
        step += 8.0 if slots or opened else 0.0
    if query.deadline is not None:
        latest = text(search_start(query) + timedelta(hours=query.deadline, minutes=15))
        step += 4.0 if opened or any(slot["start"] <= latest for slot in slots) else 0.0
    if query.profile == "published" and query.mode in {"available", "all"}:
        step += 2.0 if offer.get("participant") else 0.0
    if query.sort == "earliest":
        step += 1.0 if opened else 0.0
    return step


def is_doctor(offer: dict[str, Any]) -> bool:
    return offer.get("profession") in {"10", "40"}


def is_sought_in_commune(query: OracleQuery) -> bool:
    """Somebody of a name, or structures of a kind, of a commune, whether or not they have a slot:
    not places of duty."""
    meaning = query.meaning
    if query.slot_type or query.consultation or query.horizons or meaning.needs_emergency:
        return False
    if meaning.text:
        return True
    return meaning.structure_word and "sos_point" not in meaning.offer_kinds


def is_beyond_water(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """On another landmass; nobody crosses the water to be seen from afar, nor inside a
    department."""
    if query.radius_km is None or query.consultation == {"VR"}:
        return False
    return bool(offer.get("landmass", query.landmass) != query.landmass)


def in_tier(
    query: OracleQuery, offer: dict[str, Any], effort: float, circle: OracleCircle, index: str
) -> tuple[float, ...]:
    """The band and the draw; in the other profiles the distance, or the draw without a patient."""
    draw = -floor(random_score(query.seed, offer["fair_key"], index) * 2048) / 2048
    if query.profile == "regulation":
        return float(floor(effort / 3)), draw
    if query.measured and circle.radius is not None:
        return (kilometres(query, offer),)
    return (draw,)
