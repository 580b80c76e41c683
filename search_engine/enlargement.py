"""Looking further when too few offers answer (F014, W34): by the department's step, to twice."""

from typing import Any

from search_engine.area import Area
from search_engine.availability import has_slot
from search_engine.criteria import Mode
from search_engine.filters import circle, offer_filters
from search_engine.plan import Plan

ENOUGH = 5
"""Offers that make looking further useless: one page."""

FURTHEST = 2.0
"""Times the first radius."""

COUNTS = "radii"


def may_grow(area: Area) -> bool:
    """A radius that was asked for is kept; a department has borders, not a radius."""
    return (
        area.radius_km is not None
        and not area.explicit_radius
        and area.first_radius_km is None
        and area.step_km > 0
    )


def counts_slots(plan: Plan) -> bool:
    """What is too few: offers with a slot, where slots are what is looked for.

    Those who accept beyond their slots or a re-orientation, and structures asked by their kind,
    answer without one: there, every offer counts.
    """
    return plan.mode is Mode.AVAILABLE or (
        plan.mode is Mode.ALL and not plan.meaning.structure_word
    )


def larger_radii(area: Area) -> list[float]:
    """Radii to try in kilometres, each a step further, the last one twice the first."""
    if area.radius_km is None:
        return []
    furthest = area.radius_km * FURTHEST
    steps = range(1, int((furthest - area.radius_km) / area.step_km) + 1)
    radii = [area.radius_km + step * area.step_km for step in steps]
    return [radius for radius in radii if radius < furthest] + [furthest]


def count_body(plan: Plan, radii: list[float]) -> dict[str, Any]:
    """One request without hits: how many offers answer within each radius."""
    everything = offer_filters(plan.within(radii[-1]))
    if counts_slots(plan) and not plan.slots_chosen:
        everything["bool"]["filter"].append(has_slot(plan.slots))
    circles = {str(index): circle(plan.area, radius) for index, radius in enumerate(radii)}
    return {
        "query": everything,
        "size": 0,
        "track_total_hits": False,
        "aggs": {COUNTS: {"filters": {"filters": circles}}},
    }


def chosen_radius(radii: list[float], counts: list[int]) -> float:
    """The smallest radius with enough offers, else the furthest."""
    enough = (radius for radius, count in zip(radii, counts, strict=True) if count >= ENOUGH)
    return next(enough, radii[-1])


def read_counts(answer: dict[str, Any], radii: list[float]) -> list[int]:
    """The counts of ``count_body``'s answer, in the order of the radii."""
    buckets = answer["aggregations"][COUNTS]["buckets"]
    return [int(buckets[str(index)]["doc_count"]) for index in range(len(radii))]
