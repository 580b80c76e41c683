"""CPTS: the communities that cover the patient's commune, each one card at its best member's rank.

The best member of each is found by the very ranking of the page, from which members are kept out;
the card of the CPTS takes the rank of that member (F090 to F096).
"""

from geography.gazetteer import load_gazetteer
from mappings.records import Kind, Offer
from search_engine.backend.bodies import Answer, Body, Clause, Hit
from search_engine.backend.index import read_hits
from search_engine.query.clauses import SOURCE, and_clause
from search_engine.query.plan import CptsGroups, Plan

MEMBER_COUNTS, FIRST_MEMBERS, SAME_MEMBERS = "sizes", "first members", "same members"

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


def best_members_agg(plan: Plan, selected: list[Clause], sort: list[Body]) -> dict[str, Body]:
    """How many members of each covering CPTS match, and the best of them in the order of the page.

    ``selected`` are the filters selected in the page, ``sort`` its order.
    """
    first = {"top_hits": {"size": MOST_SHOWN, "sort": sort, "_source": SOURCE}}
    sizes = {
        "terms": {"field": "cpts", "include": list(plan.area_cpts), "size": MAX_CPTS},
        "aggs": {FIRST_MEMBERS: first},
    }
    counted = {MEMBER_COUNTS: {"filter": and_clause(selected), "aggs": {MEMBER_COUNTS: sizes}}}
    return {**counted, **_same_members_agg(plan, selected, sort)}


def _same_members_agg(plan: Plan, selected: list[Clause], sort: list[Body]) -> dict[str, Body]:
    """On a page by cursor, the representatives that the first page chose, as they are now."""
    if plan.position is None:
        return {}
    chosen = list(plan.position.groups.best_members.values())
    hits = {"top_hits": {"size": max(len(chosen), 1), "sort": sort, "_source": SOURCE}}
    clause = and_clause([{"terms": {"id": chosen}}, *selected])
    return {SAME_MEMBERS: {"filter": clause, "aggs": {SAME_MEMBERS: hits}}}


def read_representatives(members: Answer) -> list[Hit]:
    """The hit of each CPTS that stands for it, of ``best_members_agg``."""
    if SAME_MEMBERS in members:
        return read_hits(members[SAME_MEMBERS][SAME_MEMBERS])
    return [read_hits(bucket[FIRST_MEMBERS])[0] for bucket in _list_buckets(members)]


def read_groups(members: Answer) -> CptsGroups:
    """The best member of each covering CPTS, and how many of its members match."""
    hits = [hit["_source"] for hit in read_representatives(members)]
    return CptsGroups(
        best_members={hit["cpts"][0]: hit["id"] for hit in hits},
        member_counts={one["key"]: int(one["doc_count"]) for one in _list_buckets(members)},
    )


def read_first_members(members: Answer) -> dict[str, list[Offer]]:
    """By FINESS, the best members of each CPTS, at most ``MOST_SHOWN``."""
    return {
        one["key"]: [hit["_source"] for hit in read_hits(one[FIRST_MEMBERS])]
        for one in _list_buckets(members)
    }


def _list_buckets(members: Answer) -> list[Body]:
    buckets: list[Body] = members[MEMBER_COUNTS][MEMBER_COUNTS]["buckets"]
    return buckets
