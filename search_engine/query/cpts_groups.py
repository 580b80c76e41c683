"""CPTS: the communities that cover the patient's commune, each one card at its best member's rank.

The best member of each is found by the very ranking of the page, from which members are kept out;
the card of the CPTS takes the rank of that member (F090 to F096).
"""

from geography.gazetteer import load_gazetteer
from mappings.records import Kind, Offer
from search_engine.backend.bodies import Answer, Body, Clause
from search_engine.backend.index import read_hits
from search_engine.query.clauses import SOURCE, and_clause
from search_engine.query.plan import CptsGroups, Plan

MEMBER_COUNTS, FIRST_MEMBERS = "sizes", "first members"

MOST_SHOWN = 3
"""Members that the card of a CPTS shows, the best ones."""

MAX_CPTS = 50
"""CPTS of one commune, of which no commune has more than a handful."""


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


def cards_by_finess(answer: Body) -> dict[str, Offer]:
    """The cards of ``covering_body`` by FINESS."""
    return {hit["_source"]["finess"]: hit["_source"] for hit in read_hits(answer)}


def best_members(covering: tuple[str, ...], selected: list[Clause], sort: list[Body]) -> Body:
    """One member of each covering CPTS, the first in the order of the page: its representative.

    ``selected`` are the filters selected in the page, ``sort`` its order. An offer has one CPTS at
    most, as ``collapse`` needs.
    """
    return {
        "size": len(covering),
        "post_filter": and_clause(selected),
        "collapse": {"field": "cpts"},
        "aggs": _members_by_cpts(len(covering), selected, sort),
    }


def same_members(representatives: list[str], selected: list[Clause], sort: list[Body]) -> Body:
    """The representatives that the first page chose, as they are now."""
    chosen = {"terms": {"id": representatives}}
    return {
        "size": len(representatives),
        "post_filter": and_clause([chosen, *selected]),
        "aggs": _members_by_cpts(len(representatives), selected, sort),
    }


def _members_by_cpts(most: int, selected: list[Clause], sort: list[Body]) -> dict[str, Body]:
    """How many members of each CPTS match, and the best of them."""
    first = {"top_hits": {"size": MOST_SHOWN, "sort": sort, "_source": SOURCE}}
    sizes = {"terms": {"field": "cpts", "size": max(most, 1)}, "aggs": {FIRST_MEMBERS: first}}
    return {MEMBER_COUNTS: {"filter": and_clause(selected), "aggs": {MEMBER_COUNTS: sizes}}}


def read_groups(plan: Plan, answer: Answer) -> CptsGroups:
    """The best member of each covering CPTS, and how many of its members match."""
    hits = [hit["_source"] for hit in read_hits(answer)]
    counts = {one["key"]: int(one["doc_count"]) for one in _list_buckets(answer)}
    return CptsGroups(
        best_members={hit["cpts"][0]: hit["id"] for hit in hits},
        member_counts={finess: n for finess, n in counts.items() if finess in plan.area_cpts},
    )


def read_first_members(answer: Answer) -> dict[str, list[Offer]]:
    """By FINESS, the best members of each CPTS, at most ``MOST_SHOWN``."""
    return {
        one["key"]: [hit["_source"] for hit in read_hits(one[FIRST_MEMBERS])]
        for one in _list_buckets(answer)
    }


def _list_buckets(answer: Answer) -> list[Body]:
    buckets: list[Body] = answer["aggregations"][MEMBER_COUNTS][MEMBER_COUNTS]["buckets"]
    return buckets
