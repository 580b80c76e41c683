"""The nearest offer with a slot, when the order hides it: participants come first by rule, and
whoever calls must see what that costs in kilometres (design 8.8)."""

from typing import Any

from mappings.records import Offer
from search_engine.query.availability import has_slot
from search_engine.query.filters import center
from search_engine.query.plan import Plan
from search_engine.query.post_filters import and_clause
from search_engine.query.ranking import is_distance_ranked
from search_engine.query.source_fields import SOURCE

Body = dict[str, Any]

NEAREST = "nearest"
FIRST_CARDS = 5
"""Cards that whoever calls reads anyway: one page of the screen."""


def nearest_agg(plan: Plan, selected: list[Body]) -> dict[str, Body]:
    """The nearest offer with a slot, asked with the first page from a patient's own point."""
    if not plan.first_page or not is_distance_ranked(plan.area):
        return {}
    wanted = [*selected, *([] if plan.slot_needed else [has_slot(plan.slots)])]
    distance = {"point": center(plan.area), "order": "asc", "unit": "km"}
    sort = [{"_geo_distance": distance}, {"id": {"order": "asc"}}]
    top = {"top_hits": {"size": 1, "sort": sort, "_source": SOURCE}}
    return {NEAREST: {"filter": and_clause(wanted), "aggs": {NEAREST: top}}}


def read_nearest(answer: Body) -> Offer | None:
    """The nearest offer, None when none has a slot or nobody asked."""
    found = answer.get("aggregations", {}).get(NEAREST)
    hits = [] if found is None else found[NEAREST]["hits"]["hits"]
    offer: Offer | None = hits[0]["_source"] if hits else None
    return offer
