"""Parts of facet aggregations, and how they are read."""

from collections.abc import Mapping
from typing import Any

from search_engine.backend.bodies import Body
from search_engine.query.clauses import and_clause

READ_VALUES = 300
"""Values counted before the most frequent are kept: all of any terminology of ours."""

NOTHING: Mapping[str, Body] = {}

Clauses = Mapping[str, Body]
"""The filters selected, by name (``selections``)."""


def terms(field: str, **options: Any) -> Body:
    """One bucket a value of the field."""
    return {"terms": {"field": field, "size": READ_VALUES, **options}}


def wrap_filter(others: list[Body], name: str, aggs: dict[str, Body]) -> dict[str, Body]:
    """The aggregations of a facet under the filters selected in the others; by themselves when
    nothing is selected there, for every aggregation costs a small page a part of its time. Offers
    are counted beside their kinds, so those are always inside a filter."""
    if others or name == "kind":
        return {f"facet_{name}": {"filter": and_clause(others), "aggs": aggs}}
    return aggs


def unwrap_filter(name: str, aggregations: Body) -> Body:
    """The aggregations that ``wrap_filter`` requested for a facet."""
    inside: Body = aggregations.get(f"facet_{name}", aggregations)
    return inside


def buckets_by_key(aggregation: Body) -> dict[str, Body]:
    """Buckets by key, of ``terms``, of ``filters`` or of a range with keys."""
    buckets = aggregation["buckets"]
    if isinstance(buckets, dict):
        return buckets
    return {str(bucket["key"]): bucket for bucket in buckets}
