"""The order of the results: one table of numbers, read by the query and by the explanation.

score = name (112 to 16) + slot (8) + first circle (4) + participant (2) + in-tier number (< 2)

in-tier number = closeness (0 to 1) + credits of the profile (< 1) + fair order (< 0.005)

``scoring`` writes them as clauses, ``explanation`` as the parts of a card, and the tests compare
both on every card. The rules in plain words: ``docs/explanation/ranking.md``.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType

from mappings.instants import utc_text
from search_engine.query.plan import Plan
from search_engine.request.area import Area
from search_engine.request.criteria import Mode
from search_engine.request.window import SearchWindow, end_of_today

NAME: Mapping[str, float] = MappingProxyType(
    {
        "exact": 112.0,
        "sound": 96.0,
        "near": 80.0,
        "word": 64.0,
        "prefix": 48.0,
        "fuzzy": 32.0,
        "sign": 16.0,
    }
)
"""Steps of the ways in which a name answers, those of ``names.ways``; best first."""

SLOT = 8.0
FIRST_CIRCLE = 4.0
PARTICIPANT = 2.0
"""Steps of the tiers: each outweighs everything below it together."""

QUARTERS = 4
"""Without a patient's point, closeness counts in quarters of the radius."""

FAIR_SHARE = 0.005
"""Ceiling of the fair order: half the smallest step between credits, 5,000 levels in a float."""

SOON_HOURS = 4


def is_distance_ranked(area: Area) -> bool:
    """Whether distances count from the patient's own point; if not, the order is fair."""
    return area.patient_point and area.radius_km is not None


def credit_factor(area: Area) -> float:
    """What a credit counts for: its share of the department's own radius, however far we look."""
    if area.radius_km is None or not is_distance_ranked(area):
        return 1.0
    return min(1.0, area.reference_km / area.radius_km)


def slot_type_credits(plan: Plan) -> dict[str, float]:
    """Credit by slot type, of the types the caller may see."""
    factor, table = credit_factor(plan.area), plan.request.profile.slot_type
    return {kind: table[kind] * factor for kind in plan.request.slots.visible if table.get(kind)}


def soon_credits(plan: Plan) -> list[tuple[str, float]]:
    """(latest start, credit): within four hours of now, before the end of the local day."""
    factor, soon = credit_factor(plan.area), plan.request.profile.soon
    limits = zip(_soon_limits(plan.request.window), (soon.within_4_hours, soon.today), strict=True)
    return [(limit, credit * factor) for limit, credit in limits if credit]


@lru_cache(maxsize=64)
def _soon_limits(window: SearchWindow) -> tuple[str, str]:
    """Latest starts that are soon, as UTC texts: the same for every card of a page."""
    return utc_text(window.start + timedelta(hours=SOON_HOURS)), utc_text(end_of_today(window))


def structure_credit(plan: Plan) -> float:
    """Credit of a structure that can absorb a patient, in mode ``beyond``."""
    if plan.request.mode is not Mode.BEYOND:
        return 0.0
    return plan.request.profile.structure.credit * credit_factor(plan.area)


def precise_credit(plan: Plan) -> float:
    """Credit of a point more precise than its commune."""
    return plan.request.profile.precise_point.credit * credit_factor(plan.area)


def quarter_bands(area: Area) -> list[tuple[float, float]]:
    """(inner, outer) kilometres in which an offer earns a quarter point, circle then ring.

    Four for the first circle, four more for the ring of an enlarged search: ring and circle are
    apart, so that enlarging never moves an offer of the first circle.
    """
    if area.radius_km is None or is_distance_ranked(area):
        return []
    first = area.first_radius_km or area.radius_km
    circles = [(0.0, first), (first, area.radius_km)]
    return [
        (inner, inner + (outer - inner) * step / QUARTERS)
        for inner, outer in circles
        for step in range(1, QUARTERS + 1)
        if outer > inner
    ]
