"""The block of marketplace solutions, read exactly from the bounded candidates (F121, W47).

Order: solutions that name the speciality, then the coverage, then a draw by the seed. A solution
has no door, so the centre of its circle is no distance and ranks nothing.
"""

from typing import Any

from mappings import codes
from mappings.booking import with_origin
from mappings.records import Kind, Offer
from search_engine.backend.bodies import Hit
from search_engine.query.order.distances import offer_distance_km
from search_engine.query.plan import Plan
from search_engine.query.solutions import (
    MAX_CANDIDATES,
    NAMES_SPECIALTY,
    Coverage,
    coverage_order,
)
from search_engine.request.area import Area
from search_engine.response.cards import (
    INFORMED_ROLES,
    Block,
    Card,
    code_block,
    omit_unknown,
    specialties,
)

MAX_SOLUTIONS = 20
"""Solutions on a page; the block gives the total when there are more."""


def solutions_block(plan: Plan, answer: dict[str, Any]) -> Block:
    """The solutions shown, and how many serve the patient.

    ``relation`` is ``eq``, or ``gte`` when there were more candidates than ``MAX_CANDIDATES``.
    """
    hits = answer["hits"]
    value = len(serving_hits(plan, answer))
    relation = "eq" if hits["total"]["value"] <= MAX_CANDIDATES else "gte"
    return {
        "total": {"value": value, "relation": relation},
        "results": read_solutions(plan, answer),
    }


def read_solutions(plan: Plan, answer: dict[str, Any]) -> list[Card]:
    """The cards of the first ``MAX_SOLUTIONS`` solutions that serve the patient, in order."""
    shown = serving_hits(plan, answer)[:MAX_SOLUTIONS]
    return [_card(plan, hit["_source"], coverage) for coverage, hit in shown]


def serving_hits(plan: Plan, answer: dict[str, Any]) -> list[tuple[Coverage, Hit]]:
    """The candidates whose territory does hold the patient, with how, in order."""
    order = coverage_order(plan.area)
    covered = [(read_coverage(plan.area, hit), hit) for hit in answer["hits"]["hits"]]
    held = [(coverage, hit) for coverage, hit in covered if coverage is not None]
    return sorted(held, key=lambda one: (not _names_specialty(one[1]), order.index(one[0])))


def _names_specialty(hit: Hit) -> bool:
    return NAMES_SPECIALTY in hit["matched_queries"]


def read_coverage(area: Area, hit: Hit) -> Coverage | None:
    """The first way, in order, in which the solution holds the place; None when it does not."""
    ways = [way for way in coverage_order(area) if way in hit["matched_queries"]]
    held = (
        way for way in ways if way is not Coverage.CIRCLE or _is_in_circle(area, hit["_source"])
    )
    return next(held, None)


def _is_in_circle(area: Area, solution: Offer) -> bool:
    """Whether the centre of the area is in the solution's own circle, its edge included."""
    if area.radius_km is None:
        return True
    km = offer_distance_km(solution, area.lat, area.lon)
    return km is not None and km <= solution["covers_km"]


def _card(plan: Plan, solution: Offer, coverage: Coverage) -> Card:
    criteria = plan.request.criteria
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
    return omit_unknown(blocks)


def _professions(solution: Offer) -> list[Block] | None:
    table, named = codes.professions(), solution.get("solution_professions", [])
    return [code_block(code, table, system=False) for code in named] or None


def _coverage(solution: Offer, coverage: Coverage) -> Block:
    km = solution["covers_km"] if coverage is Coverage.CIRCLE else None
    return omit_unknown({"kind": coverage.value, "km": km})
