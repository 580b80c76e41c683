"""Offers counted by what one of their slots is: its type, its consultation, its horizon.

One nested aggregation reads the slots of every offer once. Each facet counts under the rule without
its own filter; facets whose rule is the same share it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import get_args

from search_engine.backend.bodies import Body
from search_engine.query.availability import (
    OVERLAP_INSTANTS,
    SLOT_FILTERS,
    SlotRule,
    drop_slot_filters,
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
from search_engine.query.post_filters import SLOTS
from search_engine.request.criteria import Horizon

Buckets = Mapping[str, Body]

HORIZONS: tuple[str, ...] = get_args(Horizon)
SLOT_FIELDS: Mapping[str, str] = {"slot_type": "slots.types", "consultation": "slots.consultation"}

OFFERS = "offers"


def slot_facets(plan: Plan, selected: Clauses, within: Buckets = NOTHING) -> dict[str, Body]:
    """The counts of the facets on slots, under the other filters ``selected``.

    ``within``: what every bucket of offers holds.
    """
    others = [clause for other, clause in selected.items() if other != SLOTS]
    aggs = {SLOTS: {"nested": {"path": "slots"}, "aggs": _by_rule(plan, within)}}
    return wrap_filter(others, SLOTS, aggs)


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
    slots = unwrap_filter(SLOTS, found)[SLOTS]
    return {
        name: {value: b[OFFERS] for value, b in buckets_by_key(slots[names[0]][name]).items()}
        for names in _rules(plan).values()
        for name in names
    }
