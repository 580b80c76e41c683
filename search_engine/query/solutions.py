"""Marketplace solutions for the patient's place and need, beside the results (F121, W47).

Elasticsearch answers a bounded superset without a script: circles of similar size are looked for
together, a little too far. What is read is exact, by the distance of every other card.

Order: those that name the speciality, then the coverage, then a draw by the seed over
``fair_key``. The coverage counts by its kind alone: a solution has no door, so the centre of its
circle is no distance and ranks nothing.
"""

from enum import StrEnum
from itertools import pairwise

from geography.gazetteer import load_gazetteer
from mappings.records import Kind
from search_engine.backend.bodies import Body, Clause
from search_engine.query.clauses import circle, constant_score, or_clause
from search_engine.query.plan import Plan
from search_engine.query.post_filters import specialty_clause
from search_engine.query.radius import ENOUGH
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria, Mode
from search_engine.request.interpretation import Interpretation, specialty_profession

MAX_CANDIDATES = 500
"""Candidates read: many times more than one place has."""

SPECIALTY, COVERAGE = 4.0, 2.0
"""Steps of the order before the cut at ``MAX_CANDIDATES``: each outweighs those below."""

NAMES_SPECIALTY = "specialty"
"""Query name of the clause for solutions that name a speciality searched."""

BANDS_KM = (0.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Edges of the sizes of circles looked for together; the last is the largest circle accepted."""

SLACK_KM = 0.01
"""Added to each band, far above what the index loses of a radius (3 cm) and of a point (9 mm)."""

SOLUTION_SOURCE = [
    *("id", "title", "link", "phones", "solution_professions", "specialties", "consultation"),
    *("covers_km", "point", "additional_info", "sources"),
]
"""Source fields of a hit. Not the communes, which may be thousands: named queries match them."""


class Coverage(StrEnum):
    """How the territory of a solution holds the patient."""

    COMMUNE = "commune"
    CIRCLE = "circle"
    DEPARTMENT = "department"


MOST_LOCAL = (Coverage.COMMUNE, Coverage.CIRCLE, Coverage.DEPARTMENT)
WIDEST = (Coverage.DEPARTMENT, Coverage.CIRCLE, Coverage.COMMUNE)
"""For a whole department, where only a solution that covers it all is sure to cover the patient."""


def wants_solutions(plan: Plan, offer_count: int) -> bool:
    """Whether solutions belong beside ``offer_count`` offers, counted after any enlargement.

    On a first page: in mode ``beyond``, in mode ``available`` with fewer than ``ENOUGH`` offers,
    and when the text names them. A name or a structure is no need that a solution could meet.
    """
    meaning, mode = plan.request.meaning, plan.request.mode
    if not plan.first_page:
        return False
    if Kind.SOLUTION in meaning.offer_kinds:
        return True
    if not (meaning.professions or meaning.specialties):
        return False
    return mode is Mode.BEYOND or (mode is Mode.AVAILABLE and offer_count < ENOUGH)


def solutions_body(plan: Plan) -> Body:
    """The request of the candidates, best first: to be read by ``solutions_block``."""
    draw = {"random_score": {"seed": plan.request.seed, "field": "fair_key"}}
    summed = {"score_mode": "sum", "boost_mode": "sum"}
    return {
        "query": {"function_score": {"query": _candidates(plan), "functions": [draw], **summed}},
        "sort": [{"_score": {"order": "desc"}}, {"id": {"order": "asc"}}],
        "size": MAX_CANDIDATES,
        "track_total_hits": True,
        "_source": SOLUTION_SOURCE,
    }


def _candidates(plan: Plan) -> Clause:
    filters = [
        {"term": {"kind": Kind.SOLUTION}},
        *trade_filters(plan.request.meaning, plan.request.criteria),
    ]
    looked_for = [*plan.request.meaning.specialties, *plan.request.criteria.specialty]
    named = (
        [constant_score(specialty_clause(looked_for), SPECIALTY, NAMES_SPECIALTY)]
        if looked_for
        else []
    )
    return {"bool": {"filter": filters, "must": [_coverage_clause(plan.area)], "should": named}}


def _coverage_clause(area: Area) -> Clause:
    """One of the coverages, each under its own name; the first in order is a step up."""
    steps = {coverage_order(area)[0]: COVERAGE}
    clauses = territory_clauses(area).items()
    return or_clause([constant_score(clause, steps.get(way, 0.0), way) for way, clause in clauses])


def coverage_order(area: Area) -> tuple[Coverage, ...]:
    """The most local first around a place, the widest first over a whole department."""
    return WIDEST if area.radius_km is None else MOST_LOCAL


def territory_clauses(area: Area) -> dict[Coverage, Clause]:
    """Solutions whose territory may hold the place, by how; exact but for the circles.

    A whole department is served by those that cover it and by those at home in it.
    """
    clauses: dict[Coverage, Clause] = {
        Coverage.DEPARTMENT: {"term": {"covers_departments": area.department}}
    }
    if area.radius_km is None:
        clauses[Coverage.CIRCLE] = _at_home(area, "covers_km")
        clauses[Coverage.COMMUNE] = _at_home(area, "covers_insee")
        return clauses
    clauses[Coverage.CIRCLE] = or_clause([_circles(area, *edges) for edges in pairwise(BANDS_KM)])
    if area.insee is not None:
        same_ground = load_gazetteer().insee_family(area.insee)
        clauses[Coverage.COMMUNE] = {"terms": {"covers_insee": list(same_ground)}}
    return clauses


def _at_home(area: Area, field: str) -> Clause:
    home = {"term": {"department": area.department}}
    return {"bool": {"filter": [home, {"exists": {"field": field}}]}}


def _circles(area: Area, inner_km: float, outer_km: float) -> Clause:
    size = {"range": {"covers_km": {"gt": inner_km, "lte": outer_km}}}
    return {"bool": {"filter": [size, circle(area, outer_km + SLACK_KM)]}}


def trade_filters(meaning: Interpretation, criteria: Criteria) -> list[Clause]:
    """Who the solution can send, and how it sees patients.

    The filters on a place (sector, opening, slots) do not apply to a solution.
    """
    filters = [
        trade_clause(professions, specialties)
        for professions, specialties in (
            (meaning.professions, meaning.specialties),
            (tuple(criteria.profession), ()),
            ((), tuple(criteria.specialty)),
        )
        if professions or specialties
    ]
    if criteria.consultation:
        declared = {"terms": {"consultation": list(criteria.consultation)}}
        filters.append(or_clause([declared, missing_fields_clause("consultation")]))
    return filters


def trade_clause(professions: tuple[str, ...], specialties: tuple[str, ...]) -> Clause:
    """Solutions that serve one of the professions or of the specialities.

    A speciality is served by who names it or one of its reform pairs, or names none but its
    profession; a solution that names neither serves everybody.
    """
    clauses = [missing_fields_clause("solution_professions", "specialties")]
    if professions:
        clauses.append({"terms": {"solution_professions": list(professions)}})
    if specialties:
        members = sorted(set(map(specialty_profession, specialties)))
        whole = {"filter": [{"terms": {"solution_professions": members}}]}
        clauses += [
            specialty_clause(specialties),
            {"bool": {**whole, **missing_fields_clause("specialties")["bool"]}},
        ]
    return or_clause(clauses)


def missing_fields_clause(*fields: str) -> Clause:
    """Offers without a value in any of the fields."""
    return {"bool": {"must_not": [{"exists": {"field": field}} for field in fields]}}
