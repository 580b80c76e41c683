"""Offers counted by what one of their slots is: its type, its consultation, its horizon.

One nested aggregation reads the slots of every offer once. Each facet counts under the rule without
its own filter; facets whose rule is the same share it. Places of duty that are open count as if
they bore a walk-in slot, unless one of their own has its value already.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import get_args

from mappings.records import SlotType
from search_engine.backend.bodies import Body
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
from search_engine.query.grouped_counts import add_buckets
from search_engine.query.plan import Plan
from search_engine.query.post_filters import SLOTS
from search_engine.query.visibility.duty import (
    WALK_IN_CONSULTATION,
    WALK_IN_HORIZON,
    WALK_IN_TYPE,
    walk_in_clauses,
)
from search_engine.request.criteria import Horizon

Buckets = Mapping[str, Body]

HORIZONS: tuple[str, ...] = get_args(Horizon)
SLOT_FIELDS: Mapping[str, str] = {"slot_type": "slots.types", "consultation": "slots.consultation"}

OFFERS, WALK_INS = "offers", "walk ins"

WALK_IN_VALUES: Mapping[str, str] = {
    "slot_type": WALK_IN_TYPE,
    "consultation": WALK_IN_CONSULTATION,
    "horizon": WALK_IN_HORIZON,
}
"""By filter on slots, the value that a walk-in slot has."""


def slot_facets(plan: Plan, selected: Clauses, within: Buckets = NOTHING) -> dict[str, Body]:
    """The counts of the facets on slots, under the other filters ``selected``.

    ``within``: what every bucket of offers holds.
    """
    others = [clause for other, clause in selected.items() if other != SLOTS]
    aggs: dict[str, Body] = {SLOTS: {"nested": {"path": "slots"}, "aggs": _by_rule(plan, within)}}
    if walk_ins := _walk_in_filters(plan):
        aggs[WALK_INS] = {"filters": {"filters": walk_ins}, "aggs": within}
    return wrap_filter(others, SLOTS, aggs)


def _walk_in_filters(plan: Plan) -> dict[str, Body]:
    """By facet, the open places of duty whose own slots do not have the value of a walk-in."""
    found = {}
    for name, value in WALK_IN_VALUES.items():
        rule = _select_value(plan, name, value)
        opened = walk_in_clauses(rule)
        if opened:
            found[name] = {"bool": {"filter": opened, "must_not": [has_slot(rule)]}}
    return found


def _select_value(plan: Plan, name: str, value: str) -> SlotRule:
    """The rule of a search with one value alone in a filter on slots."""
    rule = drop_slot_filters(plan.request.slots, name)
    if name == "slot_type":
        return rule._replace(types=(SlotType(value),))
    if name == "consultation":
        return rule._replace(consultation=(value,))
    return rule._replace(ranges=(hours_range(plan.request.window.start, value),))


def _by_rule(plan: Plan, within: Buckets) -> dict[str, Body]:
    """Slots are read once, and filtered once for all the facets under one same rule."""
    offers: Body = {OFFERS: {"reverse_nested": {}, "aggs": within}}
    return {
        names[0]: {
            "filter": slot_filter(rule),
            "aggs": {name: {**_slot_values(plan, name), "aggs": offers} for name in names},
        }
        for rule, names in _rules(plan).items()
    }


def _rules(plan: Plan) -> dict[SlotRule, list[str]]:
    """The facets on slots by the rule under which they count."""
    rules: dict[SlotRule, list[str]] = {}
    for name in SLOT_FILTERS:
        rules.setdefault(drop_slot_filters(plan.request.slots, name), []).append(name)
    return rules


def _slot_values(plan: Plan, name: str) -> Body:
    if name == "horizon":
        return {
            "date_range": {
                "field": OVERLAP_INSTANTS,
                "ranges": _horizons(plan.request.window.start),
            }
        }
    shown = {"include": [str(kind) for kind in plan.request.slots.visible]}
    return terms(SLOT_FIELDS[name], **(shown if name == "slot_type" else {}))


@lru_cache(maxsize=64)
def _horizons(start: datetime) -> list[dict[str, str]]:
    """One value for the facets of a search: not to be changed."""
    ranges = {horizon: hours_range(start, horizon) for horizon in HORIZONS}
    return [{"key": key, "from": after, "to": before} for key, (after, before) in ranges.items()]


def offers_by_slot(plan: Plan, found: Body) -> dict[str, dict[str, Body]]:
    """By filter on slots, the bucket of offers of each value."""
    counted = unwrap_filter(SLOTS, found)
    slots, walk_ins = counted[SLOTS], counted.get(WALK_INS, {"buckets": {}})["buckets"]
    return {
        name: _add_walk_ins(name, buckets_by_key(slots[names[0]][name]), walk_ins.get(name))
        for names in _rules(plan).values()
        for name in names
    }


def _add_walk_ins(name: str, values: Buckets, walk_ins: Body | None) -> dict[str, Body]:
    offers: dict[str, Body] = {value: bucket[OFFERS] for value, bucket in values.items()}
    if walk_ins is None:
        return offers
    value = WALK_IN_VALUES[name]
    held = offers.get(value)
    return {**offers, value: walk_ins if held is None else add_buckets(held, walk_ins)}
