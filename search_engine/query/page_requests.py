"""All sub-requests of a page, by name: the only place where they are put together.

They go to Elasticsearch in one round trip. ``docs/explanation/search-requests.md`` justifies each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from search_engine.backend.bodies import Answer, Body, Clause
from search_engine.query.alternatives import Alternative, cards_body
from search_engine.query.availability import slot_filter
from search_engine.query.clauses import SOURCE, and_clause, distance_sort
from search_engine.query.cpts_groups import best_members_agg, cpts_body
from search_engine.query.facet_clauses import Clauses
from search_engine.query.facets import all_slot_facets, member_facets, offer_facets
from search_engine.query.filters import base_query
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.names.candidates import candidates_agg
from search_engine.query.nearest_alternative import nearest_agg
from search_engine.query.people.counts import count_people_agg
from search_engine.query.plan import Plan
from search_engine.query.post_filters import members_clause, post_filter_clauses
from search_engine.query.ranking import is_distance_ranked, is_distance_sorted
from search_engine.query.scoring import build_scored_query
from search_engine.query.solutions import solutions_body
from search_engine.query.visibility.home_visits import COVERAGE_FIELDS
from search_engine.query.visibility.remote import in_person_body, remote_body
from search_engine.request.criteria import Sort

PAGE, SLOT_FACETS, CPTS_CARDS = "page", "slot facets", "cpts cards"
SOLUTIONS, ALTERNATIVE = "solutions", "alternative "
IN_PERSON, REMOTE = "in person", "remote"


def page_requests(
    plan: Plan,
    *,
    solutions: bool = False,
    alternatives: Sequence[Alternative] = (),
    remote: bool = False,
) -> dict[str, Body]:
    """The sub-requests of a page, first or next, with the blocks that are expected beside it.

    ``merge_page_answers`` makes one answer of the hits and counts.
    """
    return {
        **_result_requests(plan),
        **_cursor_requests(plan),
        **beside_requests(plan, solutions=solutions, alternatives=alternatives, remote=remote),
    }


def beside_requests(
    plan: Plan, *, solutions: bool, alternatives: Sequence[Alternative], remote: bool
) -> dict[str, Body]:
    """The sub-requests of the blocks beside a page: solutions, people seen from afar where few are
    seen in person, and a count per alternative."""
    return {
        **({SOLUTIONS: solutions_body(plan)} if solutions else {}),
        **(_remote_requests(plan) if remote else {}),
        **{
            f"{ALTERNATIVE}{number}": cards_body(one.plan)
            for number, one in enumerate(alternatives)
        },
    }


def _remote_requests(plan: Plan) -> dict[str, Body]:
    """People seen from afar; those seen in person where the page does not count them."""
    counted = plan.request.slot_needed
    seen = {} if counted else {IN_PERSON: in_person_body(plan)}
    return {**seen, REMOTE: remote_body(plan)}


def alternative_answers(answers: Mapping[str, Answer]) -> list[Answer]:
    """The answers to the counts of alternatives, in their order."""
    return [answer for name, answer in answers.items() if name.startswith(ALTERNATIVE)]


def merge_page_answers(answers: Mapping[str, Answer]) -> Answer:
    """The hits, with all aggregations beside them."""
    page = answers[PAGE]
    counts = page.get("aggregations", {})
    beside = answers[SLOT_FACETS]["aggregations"] if SLOT_FACETS in answers else {}
    both = {MEMBERS: {**counts[MEMBERS], **beside.get(MEMBERS, {})}} if MEMBERS in counts else {}
    return {**page, "aggregations": {**counts, **beside, **both}}


def _result_requests(plan: Plan) -> dict[str, Body]:
    base, selected = base_query(plan), post_filter_clauses(plan)
    source = [*SOURCE, *(COVERAGE_FIELDS if plan.request.is_home else ())]
    ranked = {"query": build_scored_query(plan, base), "sort": sort_keys(plan), "_source": source}
    bodies = {PAGE: _page(plan, ranked, selected)}
    if plan.request.criteria.facets:
        bodies[SLOT_FACETS] = _slot_facets(plan, base, selected)
    return bodies


def _cursor_requests(plan: Plan) -> dict[str, Body]:
    """The cards of the CPTS that a page read by cursor shows: its first page found them."""
    searched = plan.request.criteria.cpts
    shown = [*plan.area_cpts, *([searched] if searched else [])]
    return {CPTS_CARDS: cpts_body(shown)} if plan.position is not None and shown else {}


def _page(plan: Plan, ranked: Body, selected: Clauses) -> Body:
    """The cards in order, their exact number and the facets on offers.

    The query holds what is searched; selected filters are in ``post_filter``, so that each facet
    counts without its own filter over the same query. Members of a covering CPTS are no hits: one
    card shows them, at the rank of the best, and its three best come beside the hits.
    """
    chosen = [*selected.values()]
    facets = offer_facets(plan, selected) if plan.request.criteria.facets else {}
    shown = _page_post_filter(plan, selected)
    return {
        **ranked,
        **page_bounds(plan),
        "post_filter": shown,
        "track_total_hits": True,
        "aggs": {
            **facets,
            **_members_agg(plan, selected),
            **count_people_agg(chosen),
            **nearest_agg(plan, chosen),
            **candidates_agg(plan, shown, ranked["sort"]),
        },
    }


def _members_agg(plan: Plan, selected: Clauses) -> dict[str, Body]:
    """The best members of each covering CPTS in the order of the page, and the facets of members.

    A page read by cursor keeps the members that its first page chose.
    """
    if not plan.area_cpts:
        return {}
    facets = member_facets(plan, selected) if plan.request.criteria.facets else {}
    best = best_members_agg(plan, [*selected.values()], sort_keys(plan))
    return {MEMBERS: {"filter": members_clause(plan), "aggs": {**facets, **best}}}


def _page_post_filter(plan: Plan, selected: Clauses) -> Clause:
    grouped = [{"bool": {"must_not": [members_clause(plan)]}}] if plan.area_cpts else []
    return and_clause([*selected.values(), *grouped])


def _slot_facets(plan: Plan, base: Body, selected: Clauses) -> Body:
    """Apart from the hits, so that Elasticsearch counts slots while it ranks.

    The query leaves out the slot that an offer needs: an offer without any counts nowhere here, and
    a remote slot, which is none of those, counts for the click that shows it.
    """
    counts = all_slot_facets(plan, selected)
    return {"query": base, "size": 0, "track_total_hits": False, "aggs": counts}


def page_bounds(plan: Plan) -> dict[str, Any]:
    """Which hits are read: after the last card of a cursor, else by number.

    By cursor one more, which tells whether any follows: in a live index the total moves. By number
    as many more as there are cards of CPTS, which may come before them (``merge``).
    """
    size = plan.request.criteria.size
    if plan.position is not None:
        return {"search_after": list(plan.position.after), "size": size + 1}
    start = (plan.request.criteria.page - 1) * size
    first = max(0, start - len(plan.area_cpts))
    return {"from": first, "size": start + size - first}


def sort_keys(plan: Plan) -> list[Body]:
    """Score, then the keys of the sort inside a tier, then the id: never the order of arrival."""
    inside: list[Body] = []
    if is_distance_sorted(plan):
        inside = [distance_sort(plan.area)]
    elif plan.request.criteria.sort is Sort.EARLIEST:
        inside = first_slot_sort(plan)
    return [{"_score": {"order": "desc"}}, *inside, {"id": {"order": "asc"}}]


def first_slot_sort(plan: Plan) -> list[Body]:
    """Earliest visible slot first (F022), none last; ties by distance, else by fair key."""
    nested = {"path": "slots", "filter": slot_filter(plan.request.slots)}
    start = {"order": "asc", "mode": "min", "missing": "_last", "nested": nested}
    fair = {"fair_key": {"order": "asc"}}
    ties = distance_sort(plan.area) if is_distance_ranked(plan.area) else fair
    return [{"slots.start": start}, ties]
