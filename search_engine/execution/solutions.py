"""Marketplace solutions for the patient's place and need, beside the results (F121, W47).

Elasticsearch answers a bounded superset without a script: circles of similar size are looked for
together, a little too far. What is read is exact, by the distance of every other card.

Order: those that name the speciality, then the coverage, then a draw by the seed over
``fair_key``. The coverage counts by its kind alone: a solution has no door, so the centre of its
circle is nobody's distance, and nobody buys a rank.
"""

from enum import StrEnum
from itertools import pairwise
from typing import Any

from geography.gazetteer import load_gazetteer
from mappings import codes
from mappings.booking import with_origin
from mappings.records import Kind, Offer
from search_engine.query.distances import distance_of
from search_engine.query.filters import circle
from search_engine.query.plan import Plan
from search_engine.query.post_filters import any_of, bears_one_of
from search_engine.query.radius import ENOUGH
from search_engine.query.scoring import constant
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria, Mode
from search_engine.request.interpretation import Interpretation, profession_of
from search_engine.response.cards import INFORMED_ROLES, Block, Card, known, labelled, specialties

Body = dict[str, Any]
Clause = dict[str, Any]
Hit = dict[str, Any]

SHOWN = 20
"""Solutions on a page; the block says when there are more."""

READ = 500
"""Candidates read: many times more than one place has."""

SPECIALTY, COVERAGE = 4.0, 2.0
"""Steps of the order before the cut at ``READ``: each outweighs what is below it, the draw < 1."""

NAMES_SPECIALTY = "specialty"
"""Query name of the clause that says a solution names a speciality looked for."""

BANDS_KM = (0.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Edges of the sizes of circles looked for together; the last is the largest circle accepted."""

SLACK_KM = 0.01
"""Added to each band, far above what the index loses of a radius (3 cm) and of a point (9 mm)."""

SOURCE = [
    *("id", "title", "link", "phones", "solution_professions", "specialties", "consultation"),
    *("covers_km", "point", "additional_info", "sources"),
]
"""What comes back of a hit. Not the communes, which may be thousands: named queries tell."""


class Coverage(StrEnum):
    """How the territory of a solution holds the patient."""

    COMMUNE = "commune"
    CIRCLE = "circle"
    DEPARTMENT = "department"


MOST_LOCAL = (Coverage.COMMUNE, Coverage.CIRCLE, Coverage.DEPARTMENT)
WIDEST = (Coverage.DEPARTMENT, Coverage.CIRCLE, Coverage.COMMUNE)
"""For a whole department, where only a solution that covers it all is sure to cover the patient."""

SOLUTIONS = "solutions"


def wants_solutions(plan: Plan, found: int) -> bool:
    """Whether solutions belong beside ``found`` offers, counted after any enlargement.

    In mode ``beyond``, in mode ``available`` with fewer than ``ENOUGH`` offers, and when the text
    asks for them. A name or a structure says no need that a solution could meet.
    """
    meaning = plan.meaning
    if Kind.SOLUTION in meaning.offer_kinds:
        return True
    if not (meaning.professions or meaning.specialties):
        return False
    return plan.mode is Mode.BEYOND or (plan.mode is Mode.AVAILABLE and found < ENOUGH)


def solutions_questions(plan: Plan, found: int) -> dict[str, Body]:
    """The solutions to ask for with a first page that is likely to hold ``found`` offers."""
    wanted = plan.first_page and wants_solutions(plan, found)
    return {SOLUTIONS: solutions_body(plan)} if wanted else {}


def solutions_body(plan: Plan) -> Body:
    """The request of the candidates, best first: to be read by ``solutions_block``."""
    draw = {"random_score": {"seed": plan.seed, "field": "fair_key"}}
    summed = {"score_mode": "sum", "boost_mode": "sum"}
    return {
        "query": {"function_score": {"query": _candidates(plan), "functions": [draw], **summed}},
        "sort": [{"_score": {"order": "desc"}}, {"id": {"order": "asc"}}],
        "size": READ,
        "track_total_hits": True,
        "_source": SOURCE,
    }


def _candidates(plan: Plan) -> Clause:
    filters = [{"term": {"kind": Kind.SOLUTION}}, *trade_filters(plan.meaning, plan.criteria)]
    looked_for = [*plan.meaning.specialties, *plan.criteria.specialty]
    named = [constant(bears_one_of(looked_for), SPECIALTY, NAMES_SPECIALTY)] if looked_for else []
    return {"bool": {"filter": filters, "must": [_held(plan.area)], "should": named}}


def _held(area: Area) -> Clause:
    """One of the coverages, each under its own name; the first in order is a step up."""
    steps = {coverage_order(area)[0]: COVERAGE}
    clauses = territory_clauses(area).items()
    return any_of([constant(clause, steps.get(way, 0.0), way) for way, clause in clauses])


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
    clauses[Coverage.CIRCLE] = any_of([_circles(area, *edges) for edges in pairwise(BANDS_KM)])
    if area.insee is not None:
        same_ground = load_gazetteer().insee_family(area.insee)
        clauses[Coverage.COMMUNE] = {"terms": {"covers_insee": list(same_ground)}}
    return clauses


def _at_home(area: Area, says: str) -> Clause:
    home = {"term": {"department": area.department}}
    return {"bool": {"filter": [home, {"exists": {"field": says}}]}}


def _circles(area: Area, inner_km: float, outer_km: float) -> Clause:
    size = {"range": {"covers_km": {"gt": inner_km, "lte": outer_km}}}
    return {"bool": {"filter": [size, circle(area, outer_km + SLACK_KM)]}}


def trade_filters(meaning: Interpretation, criteria: Criteria) -> list[Clause]:
    """Who the solution can send, and how it sees patients.

    The filters that speak of a place (sector, opening, slots) say nothing of a solution.
    """
    filters = [
        serving(professions, specialties)
        for professions, specialties in (
            (meaning.professions, meaning.specialties),
            (tuple(criteria.profession), ()),
            ((), tuple(criteria.specialty)),
        )
        if professions or specialties
    ]
    if criteria.consultation:
        declared = {"terms": {"consultation": list(criteria.consultation)}}
        filters.append(any_of([declared, without("consultation")]))
    return filters


def serving(professions: tuple[str, ...], specialties: tuple[str, ...]) -> Clause:
    """Solutions that serve one of the professions or of the specialities.

    A speciality is served by who names it or one of its reform pairs, or names none but its
    profession; a solution that names neither serves everybody.
    """
    clauses = [without("solution_professions", "specialties")]
    if professions:
        clauses.append({"terms": {"solution_professions": list(professions)}})
    if specialties:
        members = sorted(set(map(profession_of, specialties)))
        whole = {"filter": [{"terms": {"solution_professions": members}}]}
        clauses += [
            bears_one_of(specialties),
            {"bool": {**whole, **without("specialties")["bool"]}},
        ]
    return any_of(clauses)


def without(*fields: str) -> Clause:
    """Offers that say nothing in any of the fields."""
    return {"bool": {"must_not": [{"exists": {"field": field}} for field in fields]}}


def solutions_block(plan: Plan, answer: dict[str, Any]) -> Block:
    """The solutions shown, and how many serve the patient.

    ``relation`` is ``eq``, or ``gte`` when there were more candidates than ``READ``.
    """
    hits = answer["hits"]
    value = len(serving_hits(plan, answer))
    relation = "eq" if hits["total"]["value"] <= READ else "gte"
    return {
        "total": {"value": value, "relation": relation},
        "results": read_solutions(plan, answer),
    }


def read_solutions(plan: Plan, answer: dict[str, Any]) -> list[Card]:
    """The cards of the first ``SHOWN`` solutions that serve the patient, in order."""
    shown = serving_hits(plan, answer)[:SHOWN]
    return [_card(plan, hit["_source"], coverage) for coverage, hit in shown]


def serving_hits(plan: Plan, answer: dict[str, Any]) -> list[tuple[Coverage, Hit]]:
    """The candidates whose territory does hold the patient, with how, in order."""
    order = coverage_order(plan.area)
    told = [(coverage_of(plan.area, hit), hit) for hit in answer["hits"]["hits"]]
    held = [(coverage, hit) for coverage, hit in told if coverage is not None]
    return sorted(held, key=lambda one: (not _names_specialty(one[1]), order.index(one[0])))


def _names_specialty(hit: Hit) -> bool:
    return NAMES_SPECIALTY in hit["matched_queries"]


def coverage_of(area: Area, hit: Hit) -> Coverage | None:
    """The first way, in order, in which the solution holds the place; None when it does not."""
    ways = [way for way in coverage_order(area) if way in hit["matched_queries"]]
    held = (way for way in ways if way is not Coverage.CIRCLE or _reached(area, hit["_source"]))
    return next(held, None)


def _reached(area: Area, solution: Offer) -> bool:
    """Whether the centre of the area is in the solution's own circle, its edge included."""
    if area.radius_km is None:
        return True
    km = distance_of(solution, area.lat, area.lon)
    return km is not None and km <= solution["covers_km"]


def _card(plan: Plan, solution: Offer, coverage: Coverage) -> Card:
    criteria = plan.criteria
    blocks = {
        "id": solution["id"],
        "kind": Kind.SOLUTION.value,
        "title": solution["title"],
        "editor": solution["id"].split(":")[1],
        "link": with_origin(solution.get("link", ""), criteria.origin),
        "phones": solution.get("phones"),
        "professions": _professions(solution),
        "specialties": specialties(solution),
        "consultation": solution.get("consultation"),
        "coverage": _coverage(solution, coverage),
        "additional_info": (
            solution.get("additional_info") if criteria.role in INFORMED_ROLES else None
        ),
        "sources": solution["sources"],
    }
    return known(blocks)


def _professions(solution: Offer) -> list[Block] | None:
    table, named = codes.professions(), solution.get("solution_professions", [])
    return [labelled(code, table, system=False) for code in named] or None


def _coverage(solution: Offer, coverage: Coverage) -> Block:
    km = solution["covers_km"] if coverage is Coverage.CIRCLE else None
    return known({"kind": coverage.value, "km": km})
