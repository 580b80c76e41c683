"""Counting cards where members of a CPTS stand behind one: the same sum for every count."""

from functools import lru_cache
from typing import Any

from search_engine.query.plan import Plan

Body = dict[str, Any]

MEMBERS, GROUPS = "members", "groups"


def grouping_aggs(plan: Plan) -> dict[str, Body]:
    """What a bucket of offers needs to be counted in cards; nothing where nobody is grouped.

    One value for all the buckets of a search: not to be changed.
    """
    return _members_of(plan.covering)


def groups_aggs(plan: Plan) -> dict[str, Body]:
    """What a bucket of members needs to be counted in cards: one bucket a CPTS, nothing where all
    are of one."""
    return _groups_of(plan.covering)


@lru_cache(maxsize=256)
def _members_of(covering: tuple[str, ...]) -> dict[str, Body]:
    if not covering:
        return {}
    members = {"terms": {"cpts": list(covering)}}
    return {MEMBERS: {"filter": members, "aggs": _groups_of(covering)}}


@lru_cache(maxsize=256)
def _groups_of(covering: tuple[str, ...]) -> dict[str, Body]:
    if len(covering) < 2:  # noqa: PLR2004 - one CPTS has all the members
        return {}
    groups = {finess: {"term": {"cpts": finess}} for finess in covering}
    return {GROUPS: {"filters": {"filters": groups}}}


def cards_in(bucket: Body, offers: int | None = None) -> int:
    """Cards of a bucket: its offers, the members of each CPTS counting as one."""
    count = int(bucket["doc_count"]) if offers is None else offers
    members = bucket.get(MEMBERS)
    return count if members is None else count - behind_cards(members)


def behind_cards(members: Body) -> int:
    """Members of a bucket that have no card of their own, but for one a CPTS."""
    return int(members["doc_count"]) - groups_in(members)


def groups_in(members: Body) -> int:
    """CPTS with at least one of these members."""
    groups = members[GROUPS]["buckets"].values() if GROUPS in members else [members]
    return sum(group["doc_count"] > 0 for group in groups)
