"""CPTS: the communities that cover the patient's commune, each one card at its best member's rank.

The best member of each is found first, by the very ranking of the page; the other members are
kept out of it, and the card of the CPTS stands where that member would (F090 to F096).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geography.gazetteer import load_gazetteer
from mappings.records import Kind, Offer
from search_engine.grouping import GROUPS
from search_engine.index import hits_of
from search_engine.plan import Plan
from search_engine.selections import member_of
from search_engine.source import SOURCE

Body = dict[str, Any]
Clause = dict[str, Any]

MAX_CPTS = 50
"""CPTS of one commune, of which no commune has more than a handful, or of one circle."""


def covering_body(insee: str) -> Body:
    """The CPTS whose territory holds the commune, its city or its districts (F090)."""
    family = [insee, *load_gazetteer().insee_family(insee)]
    covers = {"terms": {"covers_insee": list(dict.fromkeys(family))}}
    filters = [{"term": {"kind": Kind.CPTS.value}}, covers]
    return _cards({"bool": {"filter": filters}})


def cpts_body(finess: list[str]) -> Body:
    """The cards of some CPTS, by FINESS."""
    filters = [{"term": {"kind": Kind.CPTS.value}}, {"terms": {"finess": finess}}]
    return _cards({"bool": {"filter": filters}})


def _cards(query: Clause) -> Body:
    return {
        "query": query,
        "size": MAX_CPTS,
        "sort": [{"finess": "asc"}],
        "_source": [*SOURCE, "finess"],
    }


def by_finess(answer: Body) -> dict[str, Offer]:
    """The cards of ``covering_body`` by FINESS."""
    return {hit["_source"]["finess"]: hit["_source"] for hit in hits_of(answer)}


def groups_here(plan: Plan) -> bool:
    """Whether covering CPTS are to be looked for: around a commune, never in a whole department."""
    return plan.may_group and plan.area.radius_km is not None


def best_members(
    query: Clause, sort: list[Clause], selected: list[Clause], covering: tuple[str, ...] = ()
) -> Body:
    """One member of each CPTS, the first in the order of the page: its representative.

    ``query`` and ``sort`` are those of the page, ``selected`` the filters selected in it. Without
    ``covering`` the members of every CPTS around are asked for, ``MAX_CPTS`` of them. An offer has
    one CPTS at most, as ``collapse`` needs.
    """
    members = {"terms": {"cpts": list(covering)}} if covering else {"exists": {"field": "cpts"}}
    size = len(covering) or MAX_CPTS
    return {
        "query": {"bool": {"must": [query], "filter": [members, *selected]}},
        "sort": sort,
        "size": size,
        "collapse": {"field": "cpts"},
        "track_total_hits": False,
        "_source": ["id", "cpts"],
        "aggs": {GROUPS: {"terms": {"field": "cpts", "size": size}}},
    }


def represented(plan: Plan, answer: Body) -> tuple[Plan, Mapping[str, int]]:
    """The plan with the best member of each covering CPTS, and how many members of each answer."""
    hits = [hit["_source"] for hit in hits_of(answer)]
    best = {hit["cpts"][0]: hit["id"] for hit in hits if hit["cpts"][0] in plan.covering}
    buckets = answer["aggregations"][GROUPS]["buckets"]
    sizes = {one["key"]: int(one["doc_count"]) for one in buckets if one["key"] in plan.covering}
    return replace(plan, representatives=best), sizes


def is_complete(answer: Body) -> bool:
    """Whether the answer about every CPTS holds them all."""
    return len(answer["aggregations"][GROUPS]["buckets"]) < MAX_CPTS


def outside_groups(plan: Plan) -> list[Clause]:
    """Everybody but the members that stand behind another: one clause, none without a CPTS."""
    if not plan.covering:
        return []
    best = {"terms": {"id": list(plan.representatives.values())}}
    behind = {"bool": {"filter": [member_of(plan)], "must_not": [best]}}
    return [{"bool": {"must_not": [behind]}}]
