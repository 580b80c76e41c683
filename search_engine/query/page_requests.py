"""The requests of one page, as the dictionaries sent to Elasticsearch.

They go together and are answered at the same time: the hits with the facets on offers, the facets
on slots, and the members who stand behind the card of their CPTS with the facets to take off.
"""

from collections.abc import Mapping
from typing import Any

from search_engine.backend.index import Answer
from search_engine.query.availability import slot_filter
from search_engine.query.cpts_groups import best_members, same_members
from search_engine.query.facet_clauses import Clauses
from search_engine.query.facets import member_facets, offer_facets
from search_engine.query.filters import base_query, center
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.nearest_alternative import nearest_agg
from search_engine.query.plan import Plan
from search_engine.query.post_filters import and_clause, members_clause, post_filter_clauses
from search_engine.query.ranking import is_distance_ranked
from search_engine.query.scoring import build_scored_query
from search_engine.query.slot_facets import slot_facets
from search_engine.query.source_fields import SOURCE
from search_engine.request.criteria import Sort

Body = dict[str, Any]

PAGE, SLOT_FACETS = "page", "slot facets"


def page_bodies(plan: Plan) -> dict[str, Body]:
    """All that a page needs; ``merge_page_answers`` makes one answer of theirs."""
    wanted, selected = base_query(plan), post_filter_clauses(plan)
    ranked = {"query": build_scored_query(plan, wanted), "sort": sort_keys(plan), "_source": SOURCE}
    bodies = {
        PAGE: _hits(plan, ranked, selected),
        SLOT_FACETS: _slot_facets(plan, wanted, selected),
    }
    if plan.area_cpts:
        bodies[MEMBERS] = _members(plan, ranked, selected)
    return bodies


def merge_page_answers(answers: Mapping[str, Answer]) -> Answer:
    """The hits, with every count beside them."""
    page, slots = answers[PAGE], answers[SLOT_FACETS]
    counts = {**page.get("aggregations", {}), **slots["aggregations"]}
    if MEMBERS in answers:
        counts[MEMBERS] = answers[MEMBERS]["aggregations"]
    return {**page, "aggregations": counts}


def _hits(plan: Plan, ranked: Body, selected: Clauses) -> Body:
    """The cards in order, their exact number and the facets on offers.

    The query holds what is looked for; what is selected stands in ``post_filter``, so that every
    facet counts without its own filter over one same query. Members of a covering CPTS are not
    among the hits: they stand behind one of them.
    """
    aggs = {**offer_facets(plan, selected), **nearest_agg(plan, [*selected.values()])}
    return {
        **ranked,
        **position(plan),
        "post_filter": _page_post_filter(plan, selected),
        "track_total_hits": True,
        "aggs": aggs,
    }


def _page_post_filter(plan: Plan, selected: Clauses) -> Body:
    behind = [{"bool": {"must_not": [members_clause(plan)]}}] if plan.area_cpts else []
    return and_clause([*selected.values(), *behind])


def _slot_facets(plan: Plan, wanted: Body, selected: Clauses) -> Body:
    """Apart from the hits, so that Elasticsearch counts slots while it ranks.

    The query leaves out the slot that an offer needs: an offer without any counts nowhere here.
    """
    counts = slot_facets(plan, selected)
    return {"query": wanted, "size": 0, "track_total_hits": False, "aggs": counts}


def _members(plan: Plan, ranked: Body, selected: Clauses) -> Body:
    """The best member of each covering CPTS, by the order of the page and its filters; in a walk
    the member that its first page chose. With the facets of all members."""
    if plan.after is not None:
        chosen = same_members(list(plan.best_member_by_cpts.values()), [*selected.values()])
    else:
        chosen = best_members(plan.area_cpts, [*selected.values()])
    query = {"bool": {"must": [ranked["query"]], "filter": [members_clause(plan)]}}
    aggs = {**member_facets(plan, selected), **chosen.pop("aggs", {})}
    return {**ranked, "query": query, "track_total_hits": False, "aggs": aggs, **chosen}


def position(plan: Plan) -> Body:
    """Which hits are read: after the last card of a walk, else by number.

    As many more as there are cards of CPTS, which may stand before them (``merging``).
    """
    size = plan.criteria.size
    if plan.after is not None:
        return {"search_after": list(plan.after), "size": size}
    start = (plan.criteria.page - 1) * size
    first = max(0, start - len(plan.area_cpts))
    return {"from": first, "size": start + size - first}


def sort_keys(plan: Plan) -> list[Body]:
    """Score, then what the sort asks inside a tier, then the id: never the order of arrival."""
    inside: dict[Sort, list[Body]] = {
        Sort.BEST: [],
        Sort.DISTANCE: [distance_sort(plan)],
        Sort.EARLIEST: first_slot_sort(plan),
    }
    return [{"_score": {"order": "desc"}}, *inside[plan.criteria.sort], {"id": {"order": "asc"}}]


def distance_sort(plan: Plan) -> Body:
    """Nearest to the centre of the search first."""
    return {"_geo_distance": {"point": center(plan.area), "order": "asc", "unit": "km"}}


def first_slot_sort(plan: Plan) -> list[Body]:
    """Earliest showing slot first (F022), none last; equals by distance, else by fair key."""
    nested = {"path": "slots", "filter": slot_filter(plan.slots)}
    start = {"order": "asc", "mode": "min", "missing": "_last", "nested": nested}
    equals = (
        distance_sort(plan) if is_distance_ranked(plan.area) else {"fair_key": {"order": "asc"}}
    )
    return [{"slots.start": start}, equals]
