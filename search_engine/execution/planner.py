"""The plan step: pure decisions on the CPTS, the circle and the spelling of a search.

A plan is predicted from the hints, requested with the counts that verify it, then decided by their
answers. Nothing here speaks to Elasticsearch.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mappings.records import Offer
from search_engine.backend.bodies import Answer, Body, Clause, Hit
from search_engine.backend.hints import NO_CIRCLE, CircleKey, QueryHintCache
from search_engine.backend.index import read_total
from search_engine.execution.cursor import CursorState
from search_engine.query.alternatives import FILTERS, build_alternatives
from search_engine.query.cpts_groups import cards_by_finess, covering_body, cpts_body
from search_engine.query.filters import offer_filters
from search_engine.query.names.ways import build_well_spelt_query
from search_engine.query.page_requests import page_requests, sort_keys
from search_engine.query.plan import CptsGroups, CursorPosition, Plan, ResolvedRequest
from search_engine.query.radius import (
    ENOUGH,
    can_enlarge,
    candidate_areas,
    count_body,
    count_in_circle,
    enough_people_body,
    enough_slot_clauses,
    find_enough_circle,
    is_people_few,
    is_sparse,
    is_well_spelt,
    mandatory_slot_clauses,
    start_plan,
)
from search_engine.query.solutions import wants_solutions
from search_engine.query.visibility.remote import wants_remote
from search_engine.request.problems import CptsNotFound

Answers = Mapping[str, Answer]
CoveringCpts = tuple[str, ...]
"""FINESS of the CPTS whose territory holds the commune."""

SEARCHED_CPTS, COVERING_CPTS = "searched cpts", "covering cpts"
ENOUGH_PEOPLE, WELL_SPELT, CIRCLES = "enough people", "well spelt", "circles"


class Prediction(NamedTuple):
    """What the hints let expect of a search.

    ``covering`` is None where the CPTS must be known first. ``circle`` is the position of the
    circle, None where the first one is usual or nothing is known. ``empty``: no offer is expected.
    """

    covering: CoveringCpts | None
    circle: int | None = None
    empty: bool = False


class FoundCpts(NamedTuple):
    """The covering CPTS, and the documents of those that the page may show, by FINESS."""

    covering: CoveringCpts
    cards: Mapping[str, Offer]


class Decision(NamedTuple):
    """The plan that the answers decide.

    ``circle`` is the position of the circle and ``people_count`` the people in it, ``ENOUGH`` for
    more; both None where the circles were not counted.
    """

    plan: Plan
    circle: int | None = None
    people_count: int | None = None

    @property
    def expected_count(self) -> int:
        """How many people the page is expected to have, ``ENOUGH`` where nothing was counted."""
        return ENOUGH if self.people_count is None else self.people_count

    @property
    def is_empty(self) -> bool:
        """No offer matches: all that the page may show was counted, but for near spellings."""
        counted_all = self.plan.request.slot_needed or not enough_slot_clauses(self.plan)
        return self.people_count == 0 and counted_all


def build_plan(
    request: ResolvedRequest, covering: CoveringCpts = (), circle: int = 0, *, fuzzy: bool = False
) -> Plan:
    """The plan in one of the circles of the search, members of covering CPTS grouped.

    Among the members of one CPTS nothing is grouped.
    """
    grouped = covering if request.criteria.cpts is None else ()
    areas = candidate_areas(start_plan(request))
    return Plan(request, areas[circle], grouped, fuzzy)


def restore_plan(request: ResolvedRequest, state: CursorState) -> Plan:
    """The plan as the first page decided it, after the last card of the cursor."""
    groups = CptsGroups(state.best_member_by_cpts, state.member_counts)
    position = CursorPosition(tuple(state.after), groups)
    return Plan(request, state.area, state.area_cpts, state.fuzzy, position)


def continue_plan(plan: Plan, last: Hit) -> Plan:
    """The plan that reads on after a hit, without what the page has already counted."""
    groups = plan.position.groups if plan.position is not None else CptsGroups()
    position = CursorPosition(tuple(last["sort"][: len(sort_keys(plan))]), groups)
    request = plan.request.with_criteria({"facets": False})
    return plan._replace(request=request, position=position)


def predict_search(request: ResolvedRequest, hints: QueryHintCache) -> Prediction:
    """The CPTS and the circle of the last search alike; for a name, which few have, the largest."""
    covering = (
        hints.area_cpts.get_cached(request.area.insee or "") if needs_covering(request) else ()
    )
    plan = start_plan(request)
    if not can_enlarge(plan.area):
        return Prediction(covering)
    last = len(candidate_areas(plan)) - 1
    if request.meaning.text is not None:
        return Prediction(covering, last)
    key = circle_key(request)
    circle = None if key is None else hints.circles.get_cached(key)
    if circle == NO_CIRCLE:
        return Prediction(covering, last, empty=True)
    if circle is None or circle > last or not (circle or is_sparse(plan)):
        return Prediction(covering)
    return Prediction(covering, circle)


def circle_key(request: ResolvedRequest) -> CircleKey | None:
    """Where, known word, mode and selected codes; None for a search that depends on more.

    A name, a number or a treating doctor is more than codes. A sparse department is alike
    everywhere; elsewhere each commune has its own circle.
    """
    named = request.meaning.names_somebody or not request.meaning.has_codes
    if named or request.without_rpps is not None:  # no key holds anything of a person
        return None
    sparse = is_sparse(start_plan(request))
    where = request.area.department if sparse else request.area.insee or ""
    return where, request.meaning.label, request.mode.value, _filter_codes(request)


def _filter_codes(request: ResolvedRequest) -> tuple[str, ...]:
    chosen = {name: getattr(request.criteria, name) for name in FILTERS}
    return tuple(
        f"{name}={code}"
        for name, value in chosen.items()
        for code in (sorted(value) if isinstance(value, list) else [value] if value else [])
    )


def first_requests(request: ResolvedRequest, predicted: Prediction) -> dict[str, Body]:
    """The first round trip: the CPTS, with the counts and the page where the CPTS are predicted."""
    cpts = cpts_requests(request)
    if predicted.covering is None:
        return cpts
    return {**cpts, **plan_requests(request, predicted.covering, predicted)}


def plan_requests(
    request: ResolvedRequest, covering: CoveringCpts, predicted: Prediction
) -> dict[str, Body]:
    """The counts that decide the plan, with the page of the circle that is predicted."""
    plan = build_plan(request, covering, predicted.circle or 0)
    if predicted.circle is None and is_sparse(plan):
        return circle_requests(request, covering)
    if predicted.circle is None:
        return {**_count_requests(request, covering), **page_requests(plan)}
    offer_count = 0 if plan.is_enlarged else ENOUGH
    page = page_requests(
        plan,
        solutions=wants_solutions(plan, offer_count),
        alternatives=build_alternatives(plan) if predicted.empty else [],
        remote=wants_remote(plan, offer_count),
    )
    return {**circle_requests(request, covering), **page}


def build_page_requests(decision: Decision) -> dict[str, Body]:
    """The page of a decided plan, with the blocks beside it that are already known to belong."""
    plan = decision.plan
    return page_requests(
        plan,
        solutions=wants_solutions(plan, decision.expected_count),
        alternatives=build_alternatives(plan) if decision.is_empty else [],
        remote=wants_remote(plan, decision.expected_count),
    )


def needs_covering(request: ResolvedRequest) -> bool:
    """Whether covering CPTS matter: around a commune, never in a whole department.

    Among the members of one CPTS, the others matter to the filter of kinds only.
    """
    if request.area.insee is None or request.area.radius_km is None:
        return False
    if request.criteria.cpts is not None and not request.criteria.kind:
        return False
    return _without_cpts_filter(request).can_group_cpts


def cpts_requests(request: ResolvedRequest) -> dict[str, Body]:
    """The CPTS that cover the commune, and the one whose members are searched."""
    bodies, searched = {}, request.criteria.cpts
    if searched is not None:
        bodies[SEARCHED_CPTS] = cpts_body([searched])
    if needs_covering(request):
        bodies[COVERING_CPTS] = covering_body(request.area.insee or "")
    return bodies


def read_cpts(request: ResolvedRequest, answers: Answers) -> FoundCpts:
    """The CPTS found; raises ``CptsNotFound`` when the one searched does not exist."""
    around = cards_by_finess(answers[COVERING_CPTS]) if COVERING_CPTS in answers else {}
    if request.criteria.cpts is None:
        return FoundCpts(tuple(around), around)
    searched = cards_by_finess(answers[SEARCHED_CPTS])
    if not searched:
        raise CptsNotFound
    return FoundCpts(tuple(around), searched)


def are_people_few(answers: Answers) -> bool:
    """Whether the first circle holds fewer than ``ENOUGH`` people: the circles must be counted."""
    return ENOUGH_PEOPLE in answers and is_people_few(answers[ENOUGH_PEOPLE])


def decide_plan(request: ResolvedRequest, covering: CoveringCpts, answers: Answers) -> Decision:
    """The plan that the counts decide: counts in, circle and spelling out."""
    if CIRCLES not in answers:
        misspelt = WELL_SPELT in answers and not read_total(answers[WELL_SPELT])
        return Decision(build_plan(request, covering, fuzzy=misspelt))
    counts = answers[CIRCLES]
    circle = find_enough_circle(counts)
    misspelt = bool(request.meaning.text) and not is_well_spelt(counts, circle)
    plan = build_plan(request, covering, circle, fuzzy=misspelt)
    return Decision(plan, circle, count_in_circle(counts, circle))


def circle_requests(request: ResolvedRequest, covering: CoveringCpts) -> dict[str, Body]:
    """How many people match in each circle among which the search chooses."""
    plan = _build_count_plan(request, covering)
    return {CIRCLES: count_body(plan, candidate_areas(plan))}


def _count_requests(request: ResolvedRequest, covering: CoveringCpts) -> dict[str, Body]:
    """Whether too few people match, whether a name is well spelt: that stops once it knows."""
    plan, bodies = _build_count_plan(request, covering), {}
    if can_enlarge(plan.area):
        bodies[ENOUGH_PEOPLE] = enough_people_body(plan)
    if request.meaning.text:
        well_spelt = build_well_spelt_query(request.meaning)
        bodies[WELL_SPELT] = _at_least(1, plan, [well_spelt, *mandatory_slot_clauses(plan)])
    return bodies


def _build_count_plan(request: ResolvedRequest, covering: CoveringCpts) -> Plan:
    """The search whose offers choose the circle, never restricted to the members of a CPTS.

    So the members of a CPTS are searched in the circle in which its card was found.
    """
    return start_plan(_without_cpts_filter(request), covering)


def _without_cpts_filter(request: ResolvedRequest) -> ResolvedRequest:
    return request if request.criteria.cpts is None else request.with_criteria({"cpts": None})


def _at_least(count: int, plan: Plan, more: list[Clause]) -> Body:
    query = offer_filters(plan)
    query["bool"]["filter"] += more
    return {"query": query, "size": 0, "track_total_hits": count}
