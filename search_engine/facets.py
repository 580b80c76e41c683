"""Counts for every filter, over the whole result (F079 to F084, W09, W10).

The count of a value is the number of cards the same search would have with that value alone
selected in its filter, everything else as it is: OR inside a filter, AND between filters.
"""

from collections.abc import Mapping
from typing import Any, get_args

from mappings import codes
from mappings.records import Kind
from search_engine.availability import (
    SLOT_FILTERS,
    freed,
    hours_range,
    overlap_clause,
    slot_filter,
)
from search_engine.criteria import Horizon
from search_engine.grouping import cards_in, grouping_aggs, groups_in
from search_engine.opening import open_now_clause
from search_engine.plan import Plan
from search_engine.selections import (
    KIND_FIELDS,
    OFFER_FILTERS,
    SLOTS,
    all_of,
    member_of,
    selections,
)

Body = dict[str, Any]

MOST_VALUES = 50
"""Values of one facet that are told, the most frequent ones."""
READ_VALUES = 300
"""Values counted before the most frequent are kept: all of any terminology of ours."""

HORIZONS: tuple[str, ...] = get_args(Horizon)
SLOT_FIELDS: Mapping[str, str] = {"slot_type": "slots.types", "consultation": "slots.consultation"}

FACETS = (
    *("consultation", "slot_type", "horizon", "profession", "specialty", "kind", "sector"),
    *("participation", "open_now", "maternity_level", "territory"),
)
"""In the order of the screen."""

TRUE = "true"
"""The one value of a filter that is on or off."""

VALUES, RULE, OFFERS = "values", "rule", "offers"


def facet_aggs(plan: Plan) -> dict[str, Body]:
    """One aggregation a filter, each under the filters selected in the others."""
    selected = selections(plan)
    return {_named(name): _facet(plan, name, selected) for name in FACETS}


def read_facets(plan: Plan, answer: Body) -> dict[str, dict[str, int]]:
    """Cards by value for each filter, zero only where the value is selected."""
    found = answer["aggregations"]
    counted = {name: _counts(plan, name, found[_named(name)]) for name in FACETS}
    return {name: _kept(plan, name, counts) for name, counts in counted.items()}


def _named(name: str) -> str:
    return f"facet_{name}"


def _facet(plan: Plan, name: str, selected: Mapping[str, Body]) -> Body:
    if name in SLOT_FILTERS:
        return _slot_facet(plan, name, selected)
    others = [clause for other, clause in selected.items() if other != name]
    return {"filter": all_of(others), "aggs": _offer_values(plan, name)}


def _offer_values(plan: Plan, name: str) -> dict[str, Body]:
    """The buckets of a filter on the offer."""
    if name == "specialty":
        return {field: _terms(plan, field) for field in ("specialties", "specialty_groups")}
    if name == "participation":
        taking_part = {"filter": {"term": {"participant": True}}}
        return {VALUES: {**taking_part, "aggs": {VALUES: _terms(plan, "via")}}}
    if name == "kind":
        return _kind_values(plan)
    if name == "open_now":
        return {VALUES: _open_now(plan)}
    return {VALUES: _terms(plan, OFFER_FILTERS[name])}


def _open_now(plan: Plan) -> Body:
    filters = {"filters": {TRUE: open_now_clause(plan.window.start)}}
    return {"filters": filters, "aggs": grouping_aggs(plan)}


def _kind_values(plan: Plan) -> dict[str, Body]:
    """Kinds of cards: those of offers that stand alone, and the CPTS that others stand behind."""
    alone = all_of([{"bool": {"must_not": [member_of(plan)]}}] if plan.covering else [])
    fields = {field: {"terms": {"field": field, "size": READ_VALUES}} for field in KIND_FIELDS}
    return {VALUES: {"filter": alone, "aggs": fields}, **grouping_aggs(plan)}


def _terms(plan: Plan, field: str, **options: Any) -> Body:
    terms = {"terms": {"field": field, "size": READ_VALUES, **options}}
    return {**terms, "aggs": grouping_aggs(plan)}


def _slot_facet(plan: Plan, name: str, selected: Mapping[str, Body]) -> Body:
    """Offers by what one of their slots is, the slot meeting the other filters on slots."""
    others = [clause for other, clause in selected.items() if other != SLOTS]
    offers = {"reverse_nested": {}, "aggs": grouping_aggs(plan)}
    values = {**_slot_values(plan, name), "aggs": {OFFERS: offers}}
    rule = {"filter": slot_filter(freed(plan.slots, name)), "aggs": {VALUES: values}}
    slots = {"nested": {"path": "slots"}, "aggs": {RULE: rule}}
    return {"filter": all_of(others), "aggs": {SLOTS: slots}}


def _slot_values(plan: Plan, name: str) -> Body:
    if name == "horizon":
        ranges = {h: overlap_clause(*hours_range(plan.window.start, h)) for h in HORIZONS}
        return {"filters": {"filters": ranges}}
    terms: Body = {"field": SLOT_FIELDS[name], "size": READ_VALUES}
    if name == "slot_type":
        terms["include"] = [str(kind) for kind in plan.slots.visible]
    return {"terms": terms}


def _counts(plan: Plan, name: str, found: Body) -> dict[str, int]:
    if name in SLOT_FILTERS:
        buckets = _buckets(found[SLOTS][RULE][VALUES])
        return {value: cards_in(bucket[OFFERS]) for value, bucket in buckets.items()}
    if name == "specialty":
        return _specialty_counts(found)
    if name == "kind":
        return _kind_counts(plan, found)
    values = found[VALUES][VALUES] if name == "participation" else found[VALUES]
    return {value: cards_in(bucket) for value, bucket in _buckets(values).items()}


def _specialty_counts(found: Body) -> dict[str, int]:
    """Reform pairs count once, under the first code of their group."""
    alone = _buckets(found["specialties"])
    pairs = _buckets(found["specialty_groups"])
    counts = {code: cards_in(b) for code, b in alone.items() if codes.group_of(code) is None}
    groups = codes.specialty_groups()
    return {**counts, **{groups[g][0]: cards_in(b) for g, b in pairs.items() if g in groups}}


def _kind_counts(plan: Plan, found: Body) -> dict[str, int]:
    counts = {
        value: int(bucket["doc_count"])
        for field in KIND_FIELDS
        for value, bucket in _buckets(found[VALUES][field]).items()
    }
    if plan.covering:
        counts[Kind.CPTS] = counts.get(Kind.CPTS, 0) + groups_in(found)
    if plan.criteria.cpts is not None and Kind.CPTS in plan.criteria.kind:
        counts[Kind.CPTS] = int(found["doc_count"])
    return counts


def _buckets(aggregation: Body) -> dict[str, Body]:
    """Buckets by key, of ``terms`` or of ``filters``."""
    buckets = aggregation["buckets"]
    if isinstance(buckets, dict):
        return buckets
    return {str(bucket["key"]): bucket for bucket in buckets}


def _kept(plan: Plan, name: str, counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent values, and those selected even without any card."""
    selected = {str(value): 0 for value in selected_values(plan, name)}
    full = {**selected, **{value: count for value, count in counts.items() if count}}
    ordered = sorted(full, key=lambda value: (-full[value], value))
    kept = [*ordered[:MOST_VALUES], *(v for v in ordered[MOST_VALUES:] if v in selected)]
    return {value: full[value] for value in kept}


def selected_values(plan: Plan, name: str) -> list[str]:
    """What is selected in a filter, a speciality under the first code of its reform pairs."""
    if name == "open_now":
        return [TRUE] if plan.criteria.open_now else []
    chosen = [str(value) for value in getattr(plan.criteria, name)]
    if name == "specialty":
        return list(dict.fromkeys(codes.with_group(code)[0] for code in chosen))
    return chosen
