"""How many cards several searches have, as a click would ask each: decided and counted at once."""

from typing import Any

from search_engine.backend.index import Answer, Index, read_total
from search_engine.query.filters import offer_filters
from search_engine.query.grouped_counts import card_count_aggs, count_bucket_cards
from search_engine.query.plan import Plan
from search_engine.query.radius import (
    EXACT,
    candidate_radii,
    circle_buckets,
    count_body,
    find_enough_circle,
    has_exact_name,
    mandatory_slot_clauses,
    read_circles,
)

Body = dict[str, Any]

CARDS = "cards"


async def count_plan_cards(index: Index, plans: list[Plan], answers: list[Answer]) -> list[int]:
    """The cards of each search, whose CPTS are known, in the circle it would choose.

    ``answers`` are those to their ``cards_body``; one request more for names that nobody bears to
    the letter.
    """
    counts = [read_cards(plan, answer) for plan, answer in zip(plans, answers, strict=True)]
    loose = [one for one in counts if isinstance(one, Plan)]
    found = iter(await index.fetch_answers([fuzzy_body(plan) for plan in loose]))
    return [one if isinstance(one, int) else read_fuzzy(next(found)) for one in counts]


def cards_body(plan: Plan) -> Body:
    """The counts on which the circle hangs, and the cards within each radius."""
    radii = candidate_radii(plan)
    cards = circle_buckets(plan, radii, mandatory_slot_clauses(plan), card_count_aggs(plan))
    body = count_body(plan, radii)
    return {**body, "aggs": {**body["aggs"], CARDS: cards}}


def read_cards(plan: Plan, answer: Body) -> int | Plan:
    """The cards in the circle chosen; the plan to be asked loosely when nobody bears the name."""
    chosen, radii = find_enough_circle(answer), candidate_radii(plan)
    if EXACT in answer["aggregations"] and not has_exact_name(answer, chosen):
        return (plan.with_radius(radii[chosen]) if radii else plan)._replace(fuzzy=True)
    return count_bucket_cards(read_circles(answer, CARDS)[chosen])


def fuzzy_body(plan: Plan) -> Body:
    """How many cards a search by a near spelling has in its own circle."""
    everything = offer_filters(plan)
    everything["bool"]["filter"] += mandatory_slot_clauses(plan)
    body = {"query": everything, "size": 0, "track_total_hits": True}
    grouping = card_count_aggs(plan)
    return {**body, "aggs": grouping} if grouping else body


def read_fuzzy(answer: Body) -> int:
    """The cards of ``fuzzy_body``."""
    return count_bucket_cards(answer.get("aggregations", {}), read_total(answer))
