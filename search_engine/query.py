"""The request of one page, as the dictionary sent to Elasticsearch."""

from typing import Any

from search_engine.availability import has_slot, slot_filter
from search_engine.criteria import Sort
from search_engine.filters import center, name_queries, offer_filters
from search_engine.plan import Plan
from search_engine.ranking import measured
from search_engine.scoring import scored

Body = dict[str, Any]

CARD_FIELDS = (
    *("id", "kind", "structure_kind", "title", "rpps", "family", "given", "profession"),
    *("specialties", "sector", "participant", "via", "cpts", "cpts_name", "accepts_beyond"),
    *("association", "place_name", "lines", "postal_code", "city", "insee", "department", "point"),
    *("precision", "zone", "phones", "hours", "additional_info", "sources"),
    *("absences", "always_absent"),
)
SLOT_FIELDS = (
    *("id", "start", "end", "types", "consultation", "appointment", "source", "cpts"),
    *("seats_max", "seats_left", "url", "reasons"),
)
SOURCE = [*CARD_FIELDS, *(f"slots.{field}" for field in SLOT_FIELDS)]
"""What comes back of a hit: what a card may show, and nothing else."""

WITH_SLOT, EXACT_NAME = "with_slot", "exact_name"
"""Counts asked beside the page when a decision hangs on them."""


def page_body(plan: Plan, *, count_slots: bool = False) -> Body:
    """The page of the plan, its exact total, and the counts that decisions need."""
    criteria = plan.criteria
    body = {
        "query": scored(plan, offer_filters(plan)),
        "sort": sort_keys(plan),
        "from": (criteria.page - 1) * criteria.size,
        "size": criteria.size,
        "track_total_hits": True,
        "_source": SOURCE,
    }
    counts = _counts(plan, count_slots=count_slots)
    return {**body, "aggs": counts} if counts else body


def sort_keys(plan: Plan) -> list[Body]:
    """Score, then what the sort asks inside a tier, then the id: never the order of arrival."""
    inside: dict[Sort, list[Body]] = {
        Sort.BEST: [],
        Sort.DISTANCE: [by_distance(plan)],
        Sort.EARLIEST: by_first_slot(plan),
    }
    return [{"_score": {"order": "desc"}}, *inside[plan.criteria.sort], {"id": {"order": "asc"}}]


def by_distance(plan: Plan) -> Body:
    """Nearest to the centre of the search first."""
    return {"_geo_distance": {"point": center(plan.area), "order": "asc", "unit": "km"}}


def by_first_slot(plan: Plan) -> list[Body]:
    """Earliest showing slot first (F022), none last; equals by distance, else by fair key."""
    nested = {"path": "slots", "filter": slot_filter(plan.slots)}
    start = {"order": "asc", "mode": "min", "missing": "_last", "nested": nested}
    equals = by_distance(plan) if measured(plan.area) else {"fair_key": {"order": "asc"}}
    return [{"slots.start": start}, equals]


def _counts(plan: Plan, *, count_slots: bool) -> dict[str, Body]:
    counts: dict[str, Body] = {}
    if count_slots:
        counts[WITH_SLOT] = {"filter": has_slot(plan.slots)}
    if plan.meaning.text and not plan.fuzzy:
        counts[EXACT_NAME] = {"filter": name_queries(plan.meaning.text, fuzzy=False)["exact"]}
    return counts
