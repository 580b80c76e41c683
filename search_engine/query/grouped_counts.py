"""Counts of cards where members of a CPTS share one: the same sum for every count."""

from functools import lru_cache

from search_engine.backend.bodies import Body
from search_engine.query.plan import Plan

MEMBERS, GROUPS = "members", "groups"


def card_count_aggs(plan: Plan) -> dict[str, Body]:
    """Aggregations by which a bucket of offers is counted in cards; none without grouping.

    One value for all the buckets of a search: not to be changed.
    """
    return _members_agg(plan.area_cpts)


def cpts_count_aggs(plan: Plan) -> dict[str, Body]:
    """Aggregations by which a bucket of members is counted in cards: one bucket per CPTS.

    None for a single CPTS."""
    return _cpts_buckets(plan.area_cpts)


@lru_cache(maxsize=256)
def _members_agg(covering: tuple[str, ...]) -> dict[str, Body]:
    if not covering:
        return {}
    members = {"terms": {"cpts": list(covering)}}
    return {MEMBERS: {"filter": members, "aggs": _cpts_buckets(covering)}}


@lru_cache(maxsize=256)
def _cpts_buckets(covering: tuple[str, ...]) -> dict[str, Body]:
    if len(covering) < 2:  # noqa: PLR2004 - one CPTS has all the members
        return {}
    groups = {finess: {"term": {"cpts": finess}} for finess in covering}
    return {GROUPS: {"filters": {"filters": groups}}}


def count_bucket_cards(bucket: Body, offers: int | None = None) -> int:
    """Cards of a bucket: its offers, the members of each CPTS counting as one."""
    count = int(bucket["doc_count"]) if offers is None else offers
    members = bucket.get(MEMBERS)
    return count if members is None else count - count_hidden_members(members)


def count_hidden_members(members: Body) -> int:
    """Members of a bucket that have no card of their own, but for one a CPTS."""
    return int(members["doc_count"]) - count_bucket_cpts(members)


def count_bucket_cpts(members: Body) -> int:
    """CPTS with at least one of these members."""
    groups = members[GROUPS]["buckets"].values() if GROUPS in members else [members]
    return sum(group["doc_count"] > 0 for group in groups)


def add_buckets(one: Body, other: Body) -> Body:
    """The bucket of the offers of two that have none in common."""
    both: Body = {"doc_count": int(one["doc_count"]) + int(other["doc_count"])}
    if GROUPS in one:
        pairs = ((key, one[GROUPS]["buckets"][key]) for key in one[GROUPS]["buckets"])
        others = other[GROUPS]["buckets"]
        both[GROUPS] = {"buckets": {key: add_buckets(b, others[key]) for key, b in pairs}}
    return both
