"""Counting cards where members of a CPTS stand behind one: the same sum for every count."""

from functools import lru_cache
from typing import Any

from search_engine.plan import Plan

Body = dict[str, Any]

MEMBERS, GROUPS = "members", "groups"


def grouping_aggs(plan: Plan) -> dict[str, Body]:
    """What a bucket of offers needs to be counted in cards; nothing where nobody is grouped.

    One value for all the buckets of a search: not to be changed.
    """
    return _groups_of(plan.covering)


@lru_cache(maxsize=256)
def _groups_of(covering: tuple[str, ...]) -> dict[str, Body]:
    if not covering:
        return {}
    members = {"terms": {"cpts": list(covering)}}
    groups = {"terms": {"field": "cpts", "include": list(covering), "size": len(covering)}}
    return {MEMBERS: {"filter": members, "aggs": {GROUPS: groups}}}


def cards_in(bucket: Body, offers: int | None = None) -> int:
    """Cards of a bucket: its offers, the members of each CPTS counting as one."""
    count = int(bucket["doc_count"]) if offers is None else offers
    members = bucket.get(MEMBERS)
    if members is None:
        return count
    return count - int(members["doc_count"]) + groups_in(bucket)


def groups_in(bucket: Body) -> int:
    """CPTS with at least one member in the bucket."""
    return len(bucket[MEMBERS][GROUPS]["buckets"])
