"""The ranking as Elasticsearch counts it: constants in a ``bool``, no script anywhere.

One nested query gives the slot filter, the slot step and the credits of the best slot at once;
one function gives closeness, or the fair order; nothing else scores.
"""

from collections.abc import Iterable, Mapping

from search_engine.backend.bodies import Clause
from search_engine.query import ranking
from search_engine.query.availability import slot_filter
from search_engine.query.clauses import center, circle, constant_score, within
from search_engine.query.names.ways import meaning_queries
from search_engine.query.plan import Plan
from search_engine.request.area import Area


def build_scored_query(plan: Plan, filters: Clause) -> Clause:
    """The whole query: the filters, the tiers, and the in-tier number when the order uses it."""
    clauses = [*name_clauses(plan), *tier_clauses(plan)]
    functions: list[Clause] = []
    if plan.request.weighs_qualities:
        clauses += [*credit_clauses(plan), *quarter_clauses(plan.area)]
        functions = in_tier_functions(plan)
    shaped = _with_slots(plan, filters, clauses)
    if not functions:
        return shaped
    summed = {"score_mode": "sum", "boost_mode": "sum"}
    return {"function_score": {"query": shaped, "functions": functions, **summed}}


def _with_slots(plan: Plan, filters: Clause, clauses: list[Clause]) -> Clause:
    """Slots are a must in mode ``available``, a step up in the others.

    Where filters on slots are selected, ``post_filter`` requires them and not the query.
    """
    slots = [slot_clause(plan)]
    if plan.request.slot_needed and not plan.request.slots_chosen:
        return {"bool": {**filters["bool"], "must": slots, "should": clauses}}
    return {"bool": {**filters["bool"], "should": [*slots, *clauses]}}


def slot_clause(plan: Plan) -> Clause:
    """The slot step, and the credits of the one best slot, in one nested query.

    The step is counted once an offer: a constant on every slot is a twentieth of a large page.
    """
    step, best = constant_score({"match_all": {}}, ranking.SLOT), slot_filter(plan.request.slots)
    if plan.request.weighs_qualities:
        best["bool"]["should"] = best_slot_credits(plan)
    slots = {"nested": {"path": "slots", "query": best, "score_mode": "max"}}
    return {"bool": {"must": [slots, step]}}


def best_slot_credits(plan: Plan) -> list[Clause]:
    """The highest credit of the slot's type, and the highest of how soon it starts."""
    types = [
        constant_score({"term": {"slots.types": kind}}, credit)
        for kind, credit in ranking.slot_type_credits(plan).items()
    ]
    soon = [
        constant_score({"range": {"slots.start": {"lte": limit}}}, credit)
        for limit, credit in ranking.soon_credits(plan)
    ]
    return [{"dis_max": {"queries": queries}} for queries in (types, soon) if queries]


def name_clauses(plan: Plan) -> list[Clause]:
    """The best match of the name; named, so that a hit shows which."""
    if not plan.request.meaning.text:
        return []
    queries = meaning_queries(plan.request.meaning, fuzzy=plan.fuzzy)
    ways = [constant_score(query, ranking.NAME[way], name=way) for way, query in queries.items()]
    return [{"dis_max": {"queries": ways}}]


def tier_clauses(plan: Plan) -> list[Clause]:
    """First circle and own commune, when there is a ring; participation, where all may answer."""
    clauses: list[Clause] = []
    if plan.area.first_radius_km is not None:
        first = within(plan.area, plan.area.first_radius_km)
        clauses.append(constant_score(first, ranking.FIRST_CIRCLE))
    if plan.request.participants_first:
        clauses.append(constant_score({"term": {"participant": True}}, ranking.PARTICIPANT))
    return clauses


def credit_clauses(plan: Plan) -> list[Clause]:
    """Credits of the offer itself: what the structure is, how well its place is known."""
    structures = ranking.structure_credit(plan), plan.request.profile.structure.kinds
    points = ranking.precise_credit(plan), plan.request.profile.precise_point.precisions
    table: Mapping[str, tuple[float, Iterable[str]]] = {
        "structure_kind": structures,
        "precision": points,
    }
    return [
        constant_score({"terms": {field: list(values)}}, credit)
        for field, (credit, values) in table.items()
        if credit
    ]


def quarter_clauses(area: Area) -> list[Clause]:
    """A quarter point for each band the offer is in; none from a patient's point.

    An offer of the commune searched has none in the ring: it is of the first circle.
    """
    return [
        constant_score(_between(area, inner, outer), 1 / ranking.QUARTERS)
        for inner, outer in ranking.quarter_bands(area)
    ]


def in_tier_functions(plan: Plan) -> list[Clause]:
    """Closeness from the patient's point, else the fair order of the seed (F019, F020)."""
    area = plan.area
    if area.radius_km is None or not ranking.is_distance_ranked(area):
        fair = {"seed": plan.request.seed, "field": "fair_key"}
        return [{"random_score": fair, "weight": ranking.FAIR_SHARE}]
    half = {"origin": center(area), "scale": f"{area.radius_km / 2:.9f}km", "decay": 0.5}
    return [{"linear": {"point": half}}]


def _between(area: Area, inner_km: float, outer_km: float) -> Clause:
    outer = circle(area, outer_km)
    if not inner_km:
        return outer
    is_ring = area.first_radius_km is not None and inner_km >= area.first_radius_km
    inner = within(area, inner_km) if is_ring else circle(area, inner_km)
    return {"bool": {"filter": [outer], "must_not": [inner]}}
