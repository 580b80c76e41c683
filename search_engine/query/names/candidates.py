"""Who else answers a name: those behind the first page, so that a click on one ends the search."""

from search_engine.backend.bodies import Answer, Body, Clause, Hit
from search_engine.backend.index import read_hits
from search_engine.query.names.ways import meaning_queries
from search_engine.query.plan import Plan

READ = 40
"""Offers read of each kind of bearers: a person has several places, and a line shows people."""

WINDOW = 100
"""Elasticsearch reads no hit beyond it inside an aggregation: of what follows a page longer than
``WINDOW - READ``, fewer are read, and some are on the page."""

FIELDS = [
    *("id", "kind", "title", "rpps", "finess", "profession"),
    *("postal_code", "city", "department"),
]
"""What tells one bearer of a name from another."""

CANDIDATES, BEHIND, FIRST = "candidates", "behind", "first"

BETTER = {"in part": "whole", "heard": "exact"}
"""The way in which those who are left out of a group answer: however many bear a name, they hide
nobody whose name holds it, or sounds like it."""


def wants_candidates(plan: Plan) -> bool:
    """A name is searched, and this is its first page."""
    return plan.first_page and plan.request.meaning.text is not None


def candidates_agg(plan: Plan, shown: Clause, sort: list[Body]) -> dict[str, Body]:
    """Beside the first page of a name: the offers ``shown`` that follow it in the order ``sort``;
    the first of those who do not bear the whole name; the first of those who only sound like it or
    are near. None beside another page."""
    if not wants_candidates(plan):
        return {}
    queries = meaning_queries(plan.request.meaning)
    first = {"size": READ, "sort": sort, "_source": FIELDS}
    groups = {
        group: {
            "filter": {"bool": {"must_not": [queries[way]]}},
            "aggs": {FIRST: {"top_hits": first}},
        }
        for group, way in BETTER.items()
    }
    start = min(plan.request.criteria.size, WINDOW - READ)
    behind = {"top_hits": {**first, "from": start}}
    return {CANDIDATES: {"filter": shown, "aggs": {BEHIND: behind, **groups}}}


def read_candidates(page: Answer) -> list[Hit]:
    """The hits behind the page, then of each group, none without them; some offers come twice."""
    found = page.get("aggregations", {}).get(CANDIDATES)
    if found is None:
        return []
    answers = (found[BEHIND], *(found[group][FIRST] for group in BETTER))
    return [hit for answer in answers for hit in read_hits(answer)]
