"""How many cards several searches have, as a click would ask each: decided and counted at once."""

from typing import Any

from search_engine.backend.index import Answer, Index, total_of
from search_engine.query.filters import offer_filters
from search_engine.query.grouped_counts import cards_in, grouping_aggs
from search_engine.query.plan import Plan
from search_engine.query.radius import (
    EXACT,
    bears_name,
    circles_in,
    count_body,
    enough_at,
    needed_slots,
    radii_of,
    within,
)

Body = dict[str, Any]

CARDS = "cards"


async def cards_of(index: Index, plans: list[Plan], answers: list[Answer]) -> list[int]:
    """The cards of each search, whose CPTS are known, in the circle it would choose.

    ``answers`` are those to their ``cards_body``; one request more for names that nobody bears to
    the letter.
    """
    counts = [read_cards(plan, answer) for plan, answer in zip(plans, answers, strict=True)]
    loose = [one for one in counts if isinstance(one, Plan)]
    found = iter(await index.ask_all([loose_body(plan) for plan in loose]))
    return [one if isinstance(one, int) else read_loose(next(found)) for one in counts]


def cards_body(plan: Plan) -> Body:
    """The counts on which the circle hangs, and the cards within each radius."""
    radii = radii_of(plan)
    cards = within(plan, radii, needed_slots(plan), grouping_aggs(plan))
    body = count_body(plan, radii)
    return {**body, "aggs": {**body["aggs"], CARDS: cards}}


def read_cards(plan: Plan, answer: Body) -> int | Plan:
    """The cards in the circle chosen; the plan to be asked loosely when nobody bears the name."""
    chosen, radii = enough_at(answer), radii_of(plan)
    if EXACT in answer["aggregations"] and not bears_name(answer, chosen):
        return (plan.within(radii[chosen]) if radii else plan)._replace(fuzzy=True)
    return cards_in(circles_in(answer, CARDS)[chosen])


def loose_body(plan: Plan) -> Body:
    """How many cards a search by a near spelling has in its own circle."""
    everything = offer_filters(plan)
    everything["bool"]["filter"] += needed_slots(plan)
    body = {"query": everything, "size": 0, "track_total_hits": True}
    grouping = grouping_aggs(plan)
    return {**body, "aggs": grouping} if grouping else body


def read_loose(answer: Body) -> int:
    """The cards of ``loose_body``."""
    return cards_in(answer.get("aggregations", {}), total_of(answer))
