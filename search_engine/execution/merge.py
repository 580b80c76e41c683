"""The cards of a page: offers with their own card, and the best member of each CPTS.

Both are requested at once, in the same order; here they become one list. The page was requested
with as many hits before it as there are CPTS, so what precedes those hits precedes the page.
"""

from bisect import bisect_left
from heapq import merge
from typing import Any

from search_engine.backend.bodies import Answer, Hit
from search_engine.backend.index import read_hits, read_total
from search_engine.query.cpts_groups import read_representatives
from search_engine.query.page_requests import page_bounds, sort_keys
from search_engine.query.plan import Plan


def merge_cpts_cards(plan: Plan, alone: Answer, members: Answer) -> Answer:
    """The answer of the page with the members in their places, and counted."""
    rank = _ranker(len(sort_keys(plan)))
    best = sorted(read_representatives(members), key=rank)
    total = {**alone["hits"]["total"], "value": read_total(alone) + len(best)}
    shown = _after(plan, read_hits(alone), best, rank)
    return {**alone, "hits": {**alone["hits"], "total": total, "hits": shown}}


def _after(plan: Plan, alone: list[Hit], best: list[Hit], rank: Any) -> list[Hit]:
    """The hits from the start of the page on; by cursor, after the last card seen."""
    if plan.position is not None:
        seen = rank({"sort": list(plan.position.after)})
        return list(merge(alone, [hit for hit in best if rank(hit) > seen], key=rank))
    size, first = plan.request.criteria.size, page_bounds(plan)["from"]
    before = bisect_left(best, rank(alone[0]), key=rank) if alone and first else 0
    start = (plan.request.criteria.page - 1) * size - first - before
    return list(merge(alone, best[before:], key=rank))[start : start + size]


def _ranker(keys: int) -> Any:
    """The order of ``sort_keys``: score downwards, numbers upwards, then the id."""

    def rank(hit: Hit) -> tuple[Any, ...]:
        score, *inside, offer_id = hit["sort"][:keys]
        return (-score, *map(float, inside), offer_id)

    return rank
