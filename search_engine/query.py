"""The request of one page, as the dictionary sent to Elasticsearch."""

from typing import Any

from search_engine.availability import slot_filter
from search_engine.criteria import Sort
from search_engine.facets import facet_aggs
from search_engine.filters import bounds, center
from search_engine.groups import best_members, same_members
from search_engine.nearer import nearest_agg
from search_engine.plan import Plan
from search_engine.ranking import measured
from search_engine.scoring import scored
from search_engine.selections import all_of, member_of, selections
from search_engine.source import SOURCE

Body = dict[str, Any]


def page_body(plan: Plan) -> Body:
    """The page of the plan: its cards in order, their exact number and the facets.

    The query holds what is looked for; what is selected stands in ``post_filter``, so that every
    facet counts without its own filter over one same query. Members of a covering CPTS are not
    among the hits: they stand behind one of them (``members_body``).
    """
    body = {
        "query": scored(plan, bounds(plan)),
        "sort": sort_keys(plan),
        **position(plan),
        "track_total_hits": True,
        "_source": SOURCE,
        "aggs": {**facet_aggs(plan), **nearest_agg(plan)},
    }
    return {**body, **shown_only(plan)}


def shown_only(plan: Plan) -> Body:
    """What narrows the hits and not the facets: selected filters, members behind a card."""
    behind = [{"bool": {"must_not": [member_of(plan)]}}] if plan.covering else []
    shown = [*selections(plan).values(), *behind]
    return {"post_filter": all_of(shown)} if shown else {}


def members_body(plan: Plan) -> Body:
    """The best member of each covering CPTS, by the order of the page and its filters; in a walk
    the member that its first page chose."""
    selected = list(selections(plan).values())
    query, sort = scored(plan, bounds(plan)), sort_keys(plan)
    if plan.after is not None:
        return same_members(query, sort, selected, list(plan.representatives.values()))
    return best_members(query, sort, selected, plan.covering)


def position(plan: Plan) -> Body:
    """Which hits are read: after the last card of a walk, else by number.

    As many more as there are cards of CPTS, which may stand before them (``merging``).
    """
    size = plan.criteria.size
    if plan.after is not None:
        return {"search_after": list(plan.after), "size": size}
    start = (plan.criteria.page - 1) * size
    first = max(0, start - len(plan.covering))
    return {"from": first, "size": start + size - first}


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
