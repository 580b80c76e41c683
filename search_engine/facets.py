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
    SlotRule,
    freed,
    hours_range,
    overlap_clauses,
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

VALUES, OFFERS = "values", "offers"


def facet_aggs(plan: Plan) -> dict[str, Body]:
    """One aggregation a filter on offers and one for all those on slots, each under the filters
    selected in the others."""
    selected = selections(plan)
    alone = [name for name in FACETS if name not in SLOT_FILTERS]
    facets = {_named(name): _facet(plan, name, selected) for name in alone}
    return {_named(SLOTS): _slot_facets(plan, selected), **facets}


def read_facets(plan: Plan, answer: Body) -> dict[str, dict[str, int]]:
    """Cards by value for each filter, zero only where the value is selected."""
    found = answer["aggregations"]
    slots = _slot_counts(plan, found[_named(SLOTS)][SLOTS])
    alone = [name for name in FACETS if name not in slots]
    counted = slots | {name: _counts(plan, name, found[_named(name)]) for name in alone}
    return {name: _kept(plan, name, counted[name]) for name in FACETS}


def _named(name: str) -> str:
    return f"facet_{name}"


def _facet(plan: Plan, name: str, selected: Mapping[str, Body]) -> Body:
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


def _slot_facets(plan: Plan, selected: Mapping[str, Body]) -> Body:
    """Offers by what one of their slots is, the slot meeting the other filters on slots.

    The slots are walked once, and judged once for all the facets under one same rule: in a large
    circle they cost more than any other part of a page.
    """
    others = [clause for other, clause in selected.items() if other != SLOTS]
    rules = {
        names[0]: {
            "filter": slot_filter(rule),
            "aggs": {name: _by_slot(plan, name) for name in names},
        }
        for rule, names in _rules(plan).items()
    }
    return {"filter": all_of(others), "aggs": {SLOTS: {"nested": {"path": "slots"}, "aggs": rules}}}


def _rules(plan: Plan) -> dict[SlotRule, list[str]]:
    """The facets on slots by the rule under which they count: one rule where none is selected."""
    rules: dict[SlotRule, list[str]] = {}
    for name in SLOT_FILTERS:
        rules.setdefault(freed(plan.slots, name), []).append(name)
    return rules


def _by_slot(plan: Plan, name: str) -> Body:
    offers = {"reverse_nested": {}, "aggs": grouping_aggs(plan)}
    return {**_slot_values(plan, name), "aggs": {OFFERS: offers}}


def _slot_values(plan: Plan, name: str) -> Body:
    if name == "horizon":
        ranges = {h: _within(plan, *hours_range(plan.window.start, h)) for h in HORIZONS}
        return {"filters": {"filters": ranges}}
    terms: Body = {"field": SLOT_FIELDS[name], "size": READ_VALUES}
    if name == "slot_type":
        terms["include"] = [str(kind) for kind in plan.slots.visible]
    return {"terms": terms}


def _within(plan: Plan, after: str, before: str) -> Body:
    """Slots of the rule that overlap the range; nothing that the rule says already is asked."""
    starts, ends = overlap_clauses(after, before)
    if after <= plan.slots.start:
        return starts
    return ends if plan.slots.end < before else all_of([starts, ends])


def _slot_counts(plan: Plan, found: Body) -> dict[str, dict[str, int]]:
    return {
        name: {value: cards_in(b[OFFERS]) for value, b in _buckets(found[names[0]][name]).items()}
        for names in _rules(plan).values()
        for name in names
    }


def _counts(plan: Plan, name: str, found: Body) -> dict[str, int]:
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
