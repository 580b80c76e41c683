"""Who else answers a name: those behind the first page, so that a click on one ends the search."""

from collections.abc import Mapping

from search_engine.backend.bodies import Answer, Body, Hit
from search_engine.backend.index import read_hits
from search_engine.query.names.ways import meaning_queries
from search_engine.query.plan import Plan

READ = 40
"""Offers read of each kind of bearers: a person has several places, and a line shows people."""

FIELDS = [
    *("id", "kind", "title", "rpps", "finess", "profession"),
    *("postal_code", "city", "department"),
]
"""What tells one bearer of a name from another."""

CANDIDATES, FIRST = "candidates", "first"

BETTER = {"in part": "whole", "heard": "exact"}
"""The way in which those who are left out of a group answer: however many bear a name, they hide
nobody whose name holds it, or sounds like it."""


def wants_candidates(plan: Plan) -> bool:
    """A name is searched, and this is its first page."""
    return plan.first_page and plan.request.meaning.text is not None


def candidates_body(plan: Plan, ranked: Body) -> Body:
    """The offers that follow the page in the order of its request ``ranked``; the first of those
    who do not bear the whole name; the first of those who only sound like it or are near. The name
    is ranked once for the three."""
    queries = meaning_queries(plan.request.meaning)
    first = {"size": READ, "sort": ranked["sort"], "_source": FIELDS}
    groups = {
        group: {
            "filter": {"bool": {"filter": [ranked["post_filter"]], "must_not": [queries[way]]}},
            "aggs": {FIRST: {"top_hits": first}},
        }
        for group, way in BETTER.items()
    }
    start = {"from": plan.request.criteria.size, "track_total_hits": False}
    return {**ranked, **first, **start, "aggs": groups}


def read_candidates(answers: Mapping[str, Answer]) -> list[Hit]:
    """The hits behind the page, then of each group, none without them; some offers come twice."""
    if CANDIDATES not in answers:
        return []
    behind = answers[CANDIDATES]
    groups = (behind["aggregations"][group][FIRST] for group in BETTER)
    return [hit for answer in (behind, *groups) for hit in read_hits(answer)]
