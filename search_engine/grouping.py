"""Counting cards where members of a CPTS stand behind one: the same sum for every count."""

from typing import Any

from search_engine.plan import Plan
from search_engine.selections import member_of

Body = dict[str, Any]

MEMBERS, GROUPS = "members", "groups"


def grouping_aggs(plan: Plan) -> dict[str, Body]:
    """What a bucket of offers needs to be counted in cards; nothing where nobody is grouped."""
    if not plan.covering:
        return {}
    groups = {"terms": {"field": "cpts", "include": list(plan.covering), "size": _many(plan)}}
    return {MEMBERS: {"filter": member_of(plan), "aggs": {GROUPS: groups}}}


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


def _many(plan: Plan) -> int:
    return max(1, len(plan.covering))
