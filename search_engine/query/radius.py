"""Enlargement when too few people match (F014, W34): by the department's step, up to twice.

A remote search goes from the territory to the country instead.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from search_engine.backend.bodies import Body
from search_engine.query.clauses import and_clause
from search_engine.query.facet_clauses import NOTHING
from search_engine.query.filters import area_filters, offer_filters
from search_engine.query.names.ways import build_well_spelt_query
from search_engine.query.people.counts import PEOPLE, person_buckets
from search_engine.query.plan import Plan, ResolvedRequest
from search_engine.query.visibility.duty import can_see_clause
from search_engine.request.area import Area, AreaScope
from search_engine.request.criteria import Mode

ENOUGH = 5
"""People who make looking further useless: one page."""

FURTHEST = 2.0
"""Times the first radius."""

SPARSE_KM = 30.0
"""Reference radius from which a department is so thinly served that most searches look further:
every circle is counted at once there, where few offers make it cheap."""

COUNTS, WELL_SPELT, CIRCLES = "radii", "well spelt", "circles"

SOME_PEOPLE: Mapping[str, Body] = MappingProxyType({PEOPLE: person_buckets(ENOUGH)})
"""People of a bucket, up to ``ENOUGH``: a cardinality is an estimate, and makes a sketch of all."""


def can_enlarge(area: Area) -> bool:
    """An explicit radius is kept; a department has borders, not a radius."""
    if area.scope is not None:
        return area.scope is AreaScope.TERRITORY
    return (
        area.radius_km is not None
        and not area.explicit_radius
        and area.first_radius_km is None
        and area.step_km > 0
    )


def is_sparse(plan: Plan) -> bool:
    """Whether enlargement is usual: in a sparse department, and for a name, which few have."""
    named = plan.request.meaning.text is not None
    return can_enlarge(plan.area) and (named or plan.area.reference_km >= SPARSE_KM)


def is_slot_counted(plan: Plan) -> bool:
    """What is too few: people with a slot, where slots are what is looked for.

    Those who accept beyond their slots or a re-orientation, and structures searched by kind,
    answer without one: there, everybody counts.
    """
    return plan.request.mode is Mode.AVAILABLE or (
        plan.request.mode is Mode.ALL and not plan.request.meaning.structure_word
    )


def larger_radii(area: Area) -> list[float]:
    """Radii to try in kilometres, each a step further, the last one twice the first."""
    if area.radius_km is None:
        return []
    furthest = area.radius_km * FURTHEST
    steps = range(1, int((furthest - area.radius_km) / area.step_km) + 1)
    radii = [area.radius_km + step * area.step_km for step in steps]
    return [radius for radius in radii if radius < furthest] + [furthest]


def start_plan(request: ResolvedRequest, covering: tuple[str, ...] = ()) -> Plan:
    """The plan in the first area of a search: nobody travels to be seen remotely, so that the
    territory bounds such a search, unless its circle is explicit or its place a department."""
    area = request.area
    if request.is_remote and area.radius_km is not None and not area.explicit_radius:
        area = area._replace(scope=AreaScope.TERRITORY)
    return Plan(request, area, covering)


def candidate_areas(plan: Plan) -> list[Area]:
    """The areas among which the search chooses, each holding those before it."""
    first = plan.area
    if not can_enlarge(first):
        return [first]
    if first.scope is not None:
        return [first, first._replace(scope=AreaScope.COUNTRY)]
    return [first, *map(first.enlarge, larger_radii(first))]


def enough_slot_clauses(plan: Plan) -> list[Body]:
    """The slot without which an offer does not count as enough, unless a filter requires it."""
    return (
        [can_see_clause(plan.request.slots)]
        if is_slot_counted(plan) and not plan.request.slots_chosen
        else []
    )


def mandatory_slot_clauses(plan: Plan) -> list[Body]:
    """The slot without which an offer does not match, unless a filter requires it."""
    return (
        [can_see_clause(plan.request.slots)]
        if plan.request.slot_needed and not plan.request.slots_chosen
        else []
    )


def count_body(plan: Plan, areas: Sequence[Area]) -> Body:
    """One request without hits: how many people match in each area, up to ``ENOUGH``, and how many
    offers by a name well spelt."""
    counts = {COUNTS: circle_buckets(areas, enough_slot_clauses(plan), SOME_PEOPLE)}
    if plan.request.meaning.text:
        well_spelt = build_well_spelt_query(plan.request.meaning)
        counts[WELL_SPELT] = circle_buckets(areas, [well_spelt, *mandatory_slot_clauses(plan)])
    everything = offer_filters(plan._replace(area=areas[-1]))
    return {"query": everything, "size": 0, "track_total_hits": False, "aggs": counts}


def enough_people_body(plan: Plan) -> Body:
    """One request without hits: whether the people of the circle are enough."""
    query = offer_filters(plan)
    query["bool"]["filter"] += enough_slot_clauses(plan)
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": {**SOME_PEOPLE}}


def is_people_few(answer: Body) -> bool:
    """Whether ``enough_people_body`` found fewer than enough."""
    return _count_people(answer["aggregations"]) < ENOUGH


def circle_buckets(
    areas: Sequence[Area], more: list[Body], inside: Mapping[str, Body] = NOTHING
) -> Body:
    """One bucket an area, of the offers in it that meet ``more``, judged once.

    The query holds the last area already. ``inside``: what every bucket holds.
    """
    circles = [*(and_clause(area_filters(area)) for area in areas[:-1]), and_clause([])]
    buckets = {"filters": {str(index): one for index, one in enumerate(circles)}}
    counted = {CIRCLES: {"filters": buckets, "aggs": dict(inside)}}
    return {"filter": and_clause(more), "aggs": counted}


def read_circles(answer: Body, name: str) -> list[Body]:
    """The buckets of ``circle_buckets``, by area."""
    buckets = answer["aggregations"][name][CIRCLES]["buckets"]
    return [buckets[str(index)] for index in range(len(buckets))]


def choose_circle(counts: Sequence[int]) -> int:
    """Position of the first circle with enough people, else of the last."""
    enough = (index for index, count in enumerate(counts) if count >= ENOUGH)
    return next(enough, len(counts) - 1)


def find_enough_circle(answer: Body) -> int:
    """``choose_circle`` over the counts of ``count_body``."""
    return choose_circle([_count_people(bucket) for bucket in read_circles(answer, COUNTS)])


def count_in_circle(answer: Body, index: int) -> int:
    """How many people answer within that radius, ``ENOUGH`` for more."""
    return _count_people(read_circles(answer, COUNTS)[index])


def is_well_spelt(answer: Body, index: int) -> bool:
    """Whether a name within that radius is the one searched, as heard or one letter apart."""
    return int(read_circles(answer, WELL_SPELT)[index]["doc_count"]) > 0


def _count_people(bucket: Body) -> int:
    return len(bucket[PEOPLE]["buckets"])
