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

BEHIND, IN_PART, HEARD = "candidates behind", "candidates in part", "candidates heard"

BETTER = {IN_PART: "whole", HEARD: "exact"}
"""The way in which those who are left out of a request answer: however many bear a name, they hide
nobody whose name holds it, or sounds like it."""


def wants_candidates(plan: Plan) -> bool:
    """A name is searched, and this is its first page."""
    return plan.first_page and plan.request.meaning.text is not None


def candidate_requests(plan: Plan, ranked: Body) -> dict[str, Body]:
    """The offers that follow the page in the order of its request ``ranked``; the first of those
    who do not bear the whole name; the first of those who only sound like it or are near."""
    queries = meaning_queries(plan.request.meaning)
    read = {**ranked, "_source": FIELDS, "size": READ, "track_total_hits": False}
    bodies = {BEHIND: {**read, "from": plan.request.criteria.size}}
    for name, way in BETTER.items():
        less = {"bool": {"must": [ranked["query"]], "must_not": [queries[way]]}}
        bodies[name] = {**read, "query": less}
    return bodies


def read_candidates(answers: Mapping[str, Answer]) -> list[Hit]:
    """The hits of the three requests, none without them; some offers come twice."""
    found = (answers[name] for name in (BEHIND, IN_PART, HEARD) if name in answers)
    return [hit for answer in found for hit in read_hits(answer)]
