"""The order of the results: tiers, then the bands of a patient's effort, then a draw.

score = tier * span + (highest band - band) + draw

tier = name, on the patient's side of the water, emergency department, doctor, in the commune
searched, can be seen, in time, participant, open now: the steps that the search has, each
outweighing those after

A tier is used only where no price in minutes exists. ``scoring`` writes tiers and minutes as
clauses, ``order.script`` adds the travel, ``explanation`` counts them for the cards, and the tests
compare all three. The rules in plain words: ``docs/explanation/ranking.md``.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from mappings import codes
from mappings.instants import utc_text
from mappings.records import Kind
from search_engine.query.clauses import own_codes
from search_engine.query.order.effort import DUTY_KINDS, EffortScale, build_effort_scale
from search_engine.query.order.travel import find_home_communes, travel_minutes_per_km
from search_engine.query.plan import Plan, ResolvedRequest
from search_engine.query.visibility.duty import admits_walk_in
from search_engine.query.visibility.home_visits import find_visited_place
from search_engine.request.area import Area
from search_engine.request.criteria import Mode, Sort

NAME: Mapping[str, int] = MappingProxyType(
    {
        "whole": 9,
        "exact": 8,
        "described": 7,
        "sound": 6,
        "near": 5,
        "word": 4,
        "prefix": 3,
        "fuzzy": 2,
        "sign": 1,
    }
)
"""How the name answers, best first, as in ``names.ways``: the outermost step of the tiers; 0 for an
offer of another meaning."""

SAME_GROUND, EMERGENCY, DOCTOR, OWN_TOWN = "same_ground", "emergency", "doctor", "own_town"
SLOT, IN_TIME, PARTICIPANT, WALK_IN = "slot", "in_time", "participant", "walk_in"

GRACE = timedelta(minutes=15)
"""A start so much later than the deadline still counts as in time."""


def is_distance_ranked(area: Area) -> bool:
    """Whether distances count from the patient's own point: nobody travels in a territory."""
    return knows_distance(area) and area.scope is None


def knows_distance(area: Area) -> bool:
    """Whether kilometres are those from the patient's own point."""
    return area.patient_point and area.radius_km is not None


def is_distance_sorted(plan: Plan) -> bool:
    """Whether distance alone decides inside a tier: by the sort, or by a profile without bands."""
    criteria, banded = plan.request.criteria, plan.request.profile.band_minutes > 0
    if criteria.sort is Sort.BEST:
        return not banded and is_distance_ranked(plan.area)
    return criteria.sort is Sort.DISTANCE


def is_effort_sorted(plan: Plan) -> bool:
    """Whether the bands of effort and the draw decide inside a tier."""
    return plan.request.weighs_effort and not is_distance_sorted(plan)


def weighs_practice(request: ResolvedRequest) -> bool:
    """Whether the order depends on the practice of the treating doctor."""
    return request.weighs_effort and request.profile.practice.credit > 0


def find_steps(plan: Plan) -> list[str]:
    """The steps that tell offers of this search apart below the name, the heaviest first.

    A department and a remote consultation have no side of the water; where every offer has a slot,
    the slot is no step. An emergency department needs none: it comes first, open or not. Sorted by
    first slot, a place of duty that is open now comes first.
    """
    request = plan.request
    emergency = request.meaning.needs_emergency
    slot = not (request.slot_needed or emergency)
    steps = {
        SAME_GROUND: plan.area.radius_km is not None and not request.is_remote,
        EMERGENCY: emergency,
        DOCTOR: request.titled and request.meaning.text is not None,
        OWN_TOWN: slot and is_sought_in_town(plan),
        SLOT: slot,
        IN_TIME: request.criteria.deadline_h is not None,
        PARTICIPANT: request.participants_first,
        WALK_IN: request.criteria.sort is Sort.EARLIEST and admits_walk_in(request.slots),
    }
    return [step for step, counts in steps.items() if counts]


def is_sought_in_town(plan: Plan) -> bool:
    """Whether somebody is looked for in a commune, by name, or structures by kind: ``msp
    Plouzévédé`` is that one, not the next town's that has a slot, and a person is no namesake of
    another commune. Of places of duty, what counts is which one is open."""
    meaning = plan.request.meaning
    if not own_codes(plan.area):
        return False
    if meaning.names_somebody or not meaning.structure_word:
        return meaning.text is not None
    kinds = {codes.structure_kind(category) for category in meaning.categories}
    return Kind.SOS_POINT not in meaning.offer_kinds and kinds.isdisjoint(DUTY_KINDS)


def weigh_steps(plan: Plan) -> dict[str, int]:
    """Weight of each step: more than those after it together."""
    steps = find_steps(plan)
    return {step: 2 ** (len(steps) - 1 - place) for place, step in enumerate(steps)}


def weigh_names(plan: Plan) -> dict[str, int]:
    """Weight of each way that a name answers: more than all steps together."""
    return {way: weight << len(find_steps(plan)) for way, weight in NAME.items()}


def build_plan_scale(plan: Plan) -> EffortScale:
    """What the search of a plan counts a patient's effort with."""
    request, area = plan.request, plan.area
    minutes = travel_minutes_per_km(
        request.profile, area, request.density, without_car=request.wishes.without_car
    )
    return build_effort_scale(
        request.profile,
        request.window.start,
        request.window.zone,
        0.0 if request.is_remote else minutes,
        visible=request.slots.visible,
        ground=request.ground,
        home=find_home_communes(area),
        absorbs=request.mode is Mode.BEYOND,
        practice=request.practice,
        walk_in=admits_walk_in(request.slots),
        visited=find_visited_place(request),
        wishes=request.wishes,
        zones=request.slots.zones,
    )


def find_deadline(plan: Plan) -> str | None:
    """The latest start that is in time, as UTC text; None without a deadline."""
    hours = plan.request.criteria.deadline_h
    if hours is None:
        return None
    return utc_text(plan.request.window.start + timedelta(hours=hours) + GRACE)
