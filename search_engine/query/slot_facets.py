"""Offers counted by what one of their slots is: its type, its consultation, its horizon.

Walking the slots is most of a large page. What the slots of an offer say together is kept with it
(``bookable``), so that an offer whose slots all start within the window is counted without a walk,
to the same numbers; the others are walked. Everybody is where few answer, for a small page has no
time for two ways, and where a filter on slots is selected, for one same slot must then meet all.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args

from mappings.records import Consultation
from search_engine.query.availability import (
    OVERLAP_INSTANTS,
    SLOT_FILTERS,
    SlotRule,
    drop_slot_filters,
    has_slot,
    hours_range,
    slot_filter,
)
from search_engine.query.facet_clauses import (
    NOTHING,
    Clauses,
    buckets_by_key,
    terms,
    unwrap_filter,
    wrap_filter,
)
from search_engine.query.plan import Plan
from search_engine.query.post_filters import SLOTS, or_clause
from search_engine.request.criteria import AUDIENCE, Horizon

Body = dict[str, Any]
Buckets = Mapping[str, Body]

HORIZONS: tuple[str, ...] = get_args(Horizon)
SLOT_FIELDS: Mapping[str, str] = {"slot_type": "slots.types", "consultation": "slots.consultation"}

OFFERS = "offers"
BOOKABLE, NESTED = "told", "walked"
LAST = "bookable.last"


def slot_facets(plan: Plan, selected: Clauses, within: Buckets = NOTHING) -> dict[str, Body]:
    """The counts of the facets on slots, under the other filters ``selected``.

    ``within``: what every bucket of offers holds.
    """
    others = [clause for other, clause in selected.items() if other != SLOTS]
    walked: dict[str, Body] = {SLOTS: {"nested": {"path": "slots"}, "aggs": _by_rule(plan, within)}}
    if not can_use_bookable(plan):
        return wrap_filter(others, SLOTS, walked)
    sides: dict[str, Body] = {
        BOOKABLE: {"filter": _says_all(plan), "aggs": _bookable_aggs(plan)},
        NESTED: {"filter": {"bool": {"must_not": [_says_all(plan)]}}, "aggs": walked},
    }
    return wrap_filter(others, SLOTS, sides)


def can_use_bookable(plan: Plan) -> bool:
    """Whether offers are counted by what their slots say together, where that says all."""
    return plan.many and not plan.slots_chosen


def visible_slot_clause(plan: Plan) -> Body:
    """Offers with a slot that shows, walked only where they must be."""
    start = {
        "range": {f"bookable.starts.{AUDIENCE[plan.criteria.role]}": {"gte": plan.slots.start}}
    }
    told: Body = {"bool": {"filter": [_says_all(plan), start]}}
    walked: Body = {"bool": {"filter": [has_slot(plan.slots)], "must_not": [_says_all(plan)]}}
    return or_clause([told, walked])


def _says_all(plan: Plan) -> Body:
    return {"range": {LAST: {"lte": plan.slots.end}}}


def _bookable_aggs(plan: Plan) -> dict[str, Body]:
    """Offers by what ``bookable`` tells. Nobody's slot is longer than the first horizon, so a mark
    beyond it is of a slot to come."""
    audience, start = AUDIENCE[plan.criteria.role], plan.slots.start
    latest = {f"slot_type {kind}": f"bookable.types.{kind}" for kind in plan.slots.visible}
    ways = f"bookable.consultation.{audience}"
    latest |= {f"consultation {way}": f"{ways}.{way}" for way in Consultation}
    first, *later = _horizons(plan.window.start)
    ranges = {
        **{name: (field, [{"key": "any", "from": start}]) for name, field in latest.items()},
        "horizon first": (f"bookable.starts.{audience}", [first]),
        "horizon later": (f"bookable.marks.{audience}", later),
    }
    return {
        name: {"date_range": {"field": field, "ranges": asked}}
        for name, (field, asked) in ranges.items()
    }


def _by_rule(plan: Plan, within: Buckets) -> dict[str, Body]:
    """Slots are walked once, and judged once for all the facets under one same rule."""
    offers: Body = {OFFERS: {"reverse_nested": {}, "aggs": within}}
    return {
        names[0]: {
            "filter": slot_filter(rule),
            "aggs": {name: {**_slot_values(plan, name), "aggs": offers} for name in names},
        }
        for rule, names in _rules(plan).items()
    }


def _rules(plan: Plan) -> dict[SlotRule, list[str]]:
    """The facets on slots by the rule under which they count: one rule where none is selected."""
    if not plan.slots_chosen:
        return {plan.slots: [*SLOT_FILTERS]}
    rules: dict[SlotRule, list[str]] = {}
    for name in SLOT_FILTERS:
        rules.setdefault(drop_slot_filters(plan.slots, name), []).append(name)
    return rules


def _slot_values(plan: Plan, name: str) -> Body:
    if name == "horizon":
        return {"date_range": {"field": OVERLAP_INSTANTS, "ranges": _horizons(plan.window.start)}}
    shown = {"include": [str(kind) for kind in plan.slots.visible]}
    return terms(SLOT_FIELDS[name], **(shown if name == "slot_type" else {}))


@lru_cache(maxsize=64)
def _horizons(start: datetime) -> list[dict[str, str]]:
    """One value for the facets of a search: not to be changed."""
    ranges = {horizon: hours_range(start, horizon) for horizon in HORIZONS}
    return [{"key": key, "from": after, "to": before} for key, (after, before) in ranges.items()]


def offers_by_slot(plan: Plan, found: Body) -> dict[str, dict[str, Body]]:
    """By filter on slots, the bucket of offers of each value."""
    inside = unwrap_filter(SLOTS, found)
    if not can_use_bookable(plan):
        return _read_nested(plan, inside)
    told, walked = _read_bookable(inside[BOOKABLE]), _read_nested(plan, inside[NESTED])
    return {name: _sum_buckets(told[name], walked[name]) for name in SLOT_FILTERS}


def _read_bookable(found: Body) -> dict[str, dict[str, Body]]:
    told: dict[str, dict[str, Body]] = {name: {} for name in SLOT_FILTERS}
    for key, aggregation in found.items():
        name, _, value = key.partition(" ")
        if name in told:
            buckets = buckets_by_key(aggregation)
            told[name] |= buckets if name == "horizon" else {value: buckets["any"]}
    return told


def _read_nested(plan: Plan, found: Body) -> dict[str, dict[str, Body]]:
    slots = found[SLOTS]
    return {
        name: {value: b[OFFERS] for value, b in buckets_by_key(slots[names[0]][name]).items()}
        for names in _rules(plan).values()
        for name in names
    }


def _sum_buckets(bookable: Buckets, nested: Buckets) -> dict[str, Body]:
    """Both sides together: an offer is on one of them only."""
    counts = Counter({value: int(bucket["doc_count"]) for value, bucket in bookable.items()})
    counts.update({value: int(bucket["doc_count"]) for value, bucket in nested.items()})
    return {value: {"doc_count": count} for value, count in counts.items()}
