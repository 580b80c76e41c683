"""Searches that would not be empty, when one is: a page is never a dead end (design 8.7).

Those who are absent are one of them wherever nobody present answers a name, also above the rest of
the line.

Each alternative names the criteria to change and how many cards the changed search has. It is
counted as a click would search it: from the first circle and with the exact spelling.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from search_engine.backend.bodies import Answer, Body
from search_engine.backend.index import read_total
from search_engine.query.availability import SLOT_FILTERS
from search_engine.query.clauses import distance_order
from search_engine.query.filters import offer_filters
from search_engine.query.grouped_counts import card_count_aggs, count_bucket_cards
from search_engine.query.plan import Plan, ResolvedRequest
from search_engine.query.post_filters import OFFER_FILTERS
from search_engine.query.radius import (
    WELL_SPELT,
    candidate_areas,
    circle_buckets,
    count_body,
    find_enough_circle,
    is_well_spelt,
    mandatory_slot_clauses,
    read_circles,
    start_plan,
)
from search_engine.query.scoring import name_clauses
from search_engine.request.criteria import MAX_RADIUS_KM, Mode, SearchRequest

FILTERS = (*SLOT_FILTERS, *OFFER_FILTERS, "specialty", "kind", "participation", "open_now")
"""Criteria that a person selects after a search, and may remove."""

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        name: SearchRequest.model_fields[name].get_default(call_default_factory=True)
        for name in FILTERS
    }
)

WIDER_FACTOR = 2.0
"""Ratio of the wider radius to the radius just searched."""

SEARCH_MODE_LABELS: Mapping[Mode, str] = MappingProxyType(
    {
        Mode.AVAILABLE: "Offres avec créneau",
        Mode.ALL: "Toutes les offres, avec ou sans créneau",
        Mode.BEYOND: "Offres acceptant un patient en surnuméraire",
        Mode.REORIENTATION: "Offres du forfait de réorientation",
    }
)

CARDS = "cards"

ABSENT_SHOWN = 3
"""Places read of those who are absent: a sentence names them."""

ABSENCE_FIELDS = ["id", "title", "rpps", "city", "timezone", "absences", "always_absent"]


class Alternative(NamedTuple):
    """One alternative: what changes, its label, the criteria to send, the search they make."""

    change: str
    label: str
    criteria: dict[str, Any]
    plan: Plan


def build_alternatives(plan: Plan) -> list[Alternative]:
    """The searches that differ by one thing: fewer filters, a larger circle, another mode."""
    return [*_without_filters(plan), *_wider_radius(plan), *_other_modes(plan)]


def build_absent_alternatives(requests: Iterable[ResolvedRequest]) -> list[Alternative]:
    """The searches of a line by name, with those who are absent for the whole window."""
    criteria = {"absent": True}
    return [
        Alternative("absent", "Absents compris", criteria, _change_plan(start_plan(one), criteria))
        for one in requests
        if one.meaning.names_somebody and not one.criteria.absent
    ]


def absent_body(plan: Plan) -> Body:
    """``cards_body``, with the first of those who answer, the best names and the nearest first."""
    body = cards_body(plan)
    named = {**body["query"]["bool"], "should": name_clauses(plan)}
    order = [{"_score": {"order": "desc"}}, *distance_order(plan.area)]
    shown = {"size": ABSENT_SHOWN, "sort": order, "_source": ABSENCE_FIELDS}
    return {**body, **shown, "query": {"bool": named}}


def alternatives_block(
    alternatives: Sequence[Alternative], totals: Sequence[int]
) -> list[dict[str, Any]]:
    """The alternatives that are not empty, as the block ``instead`` of a page."""
    return [
        {"change": one.change, "label": one.label, "criteria": one.criteria, "total": total}
        for one, total in zip(alternatives, totals, strict=True)
        if total
    ]


def cards_body(plan: Plan) -> Body:
    """The counts that choose the circle, and the cards within each radius."""
    areas = candidate_areas(plan)
    cards = circle_buckets(areas, mandatory_slot_clauses(plan), card_count_aggs(plan))
    body = count_body(plan, areas)
    return {**body, "aggs": {**body["aggs"], CARDS: cards}}


def read_cards(plan: Plan, answer: Answer) -> int | Plan:
    """The cards in the circle chosen; the plan to count by near spelling if no name is exact."""
    chosen = find_enough_circle(answer)
    if WELL_SPELT in answer["aggregations"] and not is_well_spelt(answer, chosen):
        return plan._replace(area=candidate_areas(plan)[chosen], fuzzy=True)
    return count_bucket_cards(read_circles(answer, CARDS)[chosen])


def fuzzy_body(plan: Plan) -> Body:
    """How many cards a search by near spelling has in its own circle."""
    query = offer_filters(plan)
    query["bool"]["filter"] += mandatory_slot_clauses(plan)
    body = {"query": query, "size": 0, "track_total_hits": True}
    grouping = card_count_aggs(plan)
    return {**body, "aggs": grouping} if grouping else body


def read_fuzzy(answer: Answer) -> int:
    """The cards of ``fuzzy_body``."""
    return count_bucket_cards(answer.get("aggregations", {}), read_total(answer))


def _without_filters(plan: Plan) -> Iterator[Alternative]:
    selected = [name for name in FILTERS if getattr(plan.request.criteria, name)]
    if selected:
        criteria = {name: DEFAULTS[name] for name in selected}
        yield Alternative("filters", "Sans les filtres", criteria, _change_plan(plan, criteria))


def _wider_radius(plan: Plan) -> Iterator[Alternative]:
    radius = plan.area.radius_km if plan.area.scope is None else None
    wider = None if radius is None else min(radius * WIDER_FACTOR, MAX_RADIUS_KM)
    if radius is None or wider is None or wider <= radius:
        return
    label = f"Dans un rayon de {f'{wider:g}'.replace('.', ',')} km"
    criteria = {"radius_km": wider}
    changed = _change_plan(plan, criteria)
    area = changed.area._replace(radius_km=wider, explicit_radius=True)
    yield Alternative("radius", label, criteria, changed._replace(area=area))


def _other_modes(plan: Plan) -> Iterator[Alternative]:
    mode = plan.request.mode
    empty_too = {mode, *([Mode.AVAILABLE] if mode is Mode.ALL else [])}
    for other in plan.request.criteria.modes:
        changed = _change_plan(plan, {"mode": other})
        if other not in empty_too and changed.request.mode is other:
            criteria = {"mode": other.value}
            yield Alternative("mode", SEARCH_MODE_LABELS[other], criteria, changed)


def _change_plan(plan: Plan, update: Mapping[str, Any]) -> Plan:
    """A first attempt at the changed search: only the grouping by CPTS is kept."""
    request = plan.request.with_criteria(update)
    return start_plan(request, plan.area_cpts)
