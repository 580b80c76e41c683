"""The nearest offer with a slot, when the order hides it: participants come first by rule, and
the caller must see what that costs in kilometres (design 8.8)."""

from mappings.records import Offer
from search_engine.backend.bodies import Body
from search_engine.query.clauses import SOURCE, and_clause, distance_order
from search_engine.query.plan import Plan
from search_engine.query.ranking import is_distance_ranked
from search_engine.query.visibility.duty import can_see_clause

NEAREST = "nearest"
FIRST_CARDS = 5
"""Cards that the caller reads anyway: one page of the screen."""


def nearest_agg(plan: Plan, selected: list[Body]) -> dict[str, Body]:
    """The nearest offer with a slot, requested with the first page from a patient's own point."""
    if not plan.first_page or not is_distance_ranked(plan.area):
        return {}
    wanted = [
        *selected,
        *([] if plan.request.slot_needed else [can_see_clause(plan.request.slots)]),
    ]
    top = {"top_hits": {"size": 1, "sort": distance_order(plan.area), "_source": SOURCE}}
    return {NEAREST: {"filter": and_clause(wanted), "aggs": {NEAREST: top}}}


def read_nearest(answer: Body) -> Offer | None:
    """The nearest offer, None when none has a slot or it was not requested."""
    found = answer.get("aggregations", {}).get(NEAREST)
    hits = [] if found is None else found[NEAREST]["hits"]["hits"]
    offer: Offer | None = hits[0]["_source"] if hits else None
    return offer
