"""What a search decides before its page: who stands behind a CPTS, how far it looks, how loosely a
name is spelt. The page is asked with the questions where it can be foreseen."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mappings.records import Offer
from search_engine.backend.hints import NO_CIRCLE, CircleKey
from search_engine.backend.index import Answer, Index, read_total
from search_engine.execution.alternatives import alternative_requests, build_alternatives
from search_engine.execution.solutions import solutions_requests
from search_engine.query.cpts_groups import (
    can_have_area_cpts,
    cards_by_finess,
    covering_body,
    cpts_body,
)
from search_engine.query.filters import name_queries, offer_filters
from search_engine.query.page_requests import page_bodies
from search_engine.query.plan import Plan
from search_engine.query.radius import (
    ENOUGH,
    can_enlarge,
    candidate_radii,
    count_body,
    count_in_circle,
    enough_slot_clauses,
    find_enough_circle,
    has_exact_name,
    is_sparse,
    mandatory_slot_clauses,
)
from search_engine.request.problems import CptsNotFound

Body = dict[str, Any]
Cards = Mapping[str, Offer]
Answers = Mapping[str, Answer]

SEARCHED, COVERING = "searched", "covering"
POOR, EXACT, COUNTS = "poor", "exact", "counts"


class PlannedSearch(NamedTuple):
    """The plan as it is asked, and the cards of the CPTS that it shows by FINESS.

    ``page`` holds the answers of ``page_bodies`` where they could be asked with the questions,
    ``found`` how many offers count as enough in the circle chosen, where they were counted.
    """

    plan: Plan
    cpts: Cards
    page_answers: Answers | None = None
    offer_count: int | None = None

    @property
    def poor(self) -> bool:
        """Few offers answer even in the largest circle."""
        return self.offer_count is not None and self.offer_count < ENOUGH

    @property
    def empty(self) -> bool:
        """Nothing answers at all: what was counted holds all that the page may show, but for near
        spellings of a name."""
        counted_all = self.plan.slot_needed or not enough_slot_clauses(self.plan)
        return self.offer_count == 0 and counted_all


async def choose_radius(index: Index, plan: Plan) -> PlannedSearch:
    """What a search decides: one request, with its page, in the ordinary case.

    It depends on the index alone, so every page of a search decides the same. Raises
    ``CptsNotFound``.
    """
    ahead = predict_radius(index, plan)
    plan, cpts, answers = await _fetch_first_answers(index, plan, ahead)
    if COUNTS in answers:
        at, told = _choose_circle(index, plan, cpts, answers[COUNTS])
        seen = ahead is not None and at == ahead.circle and not told.plan.fuzzy
        return told._replace(page_answers=answers) if seen else told
    if POOR in answers and read_total(answers[POOR]) < ENOUGH:
        return _choose_circle(index, plan, cpts, await index.fetch_answer(circles_body(plan)))[1]
    if EXACT in answers and not read_total(answers[EXACT]):
        return PlannedSearch(plan._replace(fuzzy=True), cpts)
    return PlannedSearch(plan, cpts, answers)


def _choose_circle(
    index: Index, plan: Plan, cpts: Cards, counts: Answer
) -> tuple[int, PlannedSearch]:
    """The first circle with enough offers, else the largest, and the decision in it; kept for the
    next search of the same."""
    at = find_enough_circle(counts)
    found = count_in_circle(counts, at)
    if plan.meaning.text is None:
        index.hints.circles.put_cached(circle_key(plan), at if found else NO_CIRCLE)
    fuzzy = bool(plan.meaning.text) and not has_exact_name(counts, at)
    return at, PlannedSearch(within_circle(plan, at)._replace(fuzzy=fuzzy), cpts, offer_count=found)


def within_circle(plan: Plan, at: int) -> Plan:
    """The plan in one of its circles."""
    return plan.with_radius(candidate_radii(plan)[at]) if at else plan


class PredictedRadius(NamedTuple):
    """The circle that is likely to be chosen, as its position; ``empty`` where nobody is likely to
    answer in it."""

    circle: int
    empty: bool = False


def predict_radius(index: Index, plan: Plan) -> PredictedRadius | None:
    """The circle that had enough of what is looked for, when it was last asked; for a name, which
    few bear, the largest. None where the first is to be expected, or nothing is known."""
    if not can_enlarge(plan.area):
        return None
    last = len(candidate_radii(plan)) - 1
    if plan.meaning.text is not None:
        return PredictedRadius(last)
    at = index.hints.circles.get_cached(circle_key(plan))
    if at == NO_CIRCLE:
        return PredictedRadius(last, empty=True)
    known = at is not None and at <= last and (at or is_sparse(plan))
    return PredictedRadius(at) if at is not None and known else None


def circle_key(plan: Plan) -> CircleKey:
    """Where, known word and mode: nothing of a patient. A sparse department is alike all over; in
    another one every commune has its own circle."""
    where = plan.area.department if is_sparse(plan) else plan.area.insee or ""
    return where, plan.meaning.label, plan.mode.value


async def _fetch_first_answers(
    index: Index, plan: Plan, predicted: PredictedRadius | None
) -> tuple[Plan, Cards, Answers]:
    """The CPTS, the counts and the page, all at once where the CPTS can be foreseen."""
    who = cpts_requests(plan)
    if COVERING not in who:
        answers = await _fetch_named(index, {**who, **first_requests(plan, predicted)})
        return *read_cpts(plan, answers), answers
    commune = plan.area.insee or ""
    foreseen, answers = index.hints.area_cpts.get_cached(commune), {}
    if foreseen is None:
        told, cpts = read_cpts(plan, await _fetch_named(index, who))
    else:
        answers = await _fetch_named(
            index, {**who, **first_requests(with_covering_cpts(plan, foreseen), predicted)}
        )
        told, cpts = read_cpts(plan, answers)
    covering = told.area_cpts or told.filtered_cpts
    if covering != foreseen:
        index.hints.area_cpts.put_cached(commune, covering)
        answers = await _fetch_named(index, first_requests(told, predicted))
    return told, cpts, answers


async def _fetch_named(index: Index, requests: Mapping[str, Body]) -> dict[str, Answer]:
    answers = await index.fetch_answers(list(requests.values()))
    return dict(zip(requests, answers, strict=True))


def cpts_requests(plan: Plan) -> dict[str, Body]:
    """The cards of the CPTS that cover the commune, and of the one whose members are searched.

    Among the members of one, the others matter to the filter of kinds alone.
    """
    searched, questions = plan.criteria.cpts, {}
    if searched is not None:
        questions[SEARCHED] = cpts_body([searched])
    if plan.area.insee is None or (searched is not None and not plan.criteria.kind):
        return questions
    if can_have_area_cpts(plan.without_cpts_filter()):
        questions[COVERING] = covering_body(plan.area.insee)
    return questions


def read_cpts(plan: Plan, answers: Answers) -> tuple[Plan, Cards]:
    """The plan that groups behind the CPTS found, and the cards that it shows."""
    around = cards_by_finess(answers[COVERING]) if COVERING in answers else {}
    if plan.criteria.cpts is None:
        return with_covering_cpts(plan, tuple(around)), around
    searched = cards_by_finess(answers[SEARCHED])
    if not searched:
        raise CptsNotFound
    return with_covering_cpts(plan, tuple(around)), searched


def with_covering_cpts(plan: Plan, covering: tuple[str, ...]) -> Plan:
    """The plan with the CPTS that cover the commune."""
    if plan.criteria.cpts is None:
        return plan._replace(area_cpts=covering)
    return plan._replace(filtered_cpts=covering)


def first_requests(plan: Plan, predicted: PredictedRadius | None) -> dict[str, Body]:
    """What is asked of a plan whose CPTS are known: the counts, and the page of the circle that is
    likely to be chosen (``ahead``), of the first where none is foreseen."""
    if predicted is not None:
        return {
            COUNTS: circles_body(plan),
            **_predict_page_requests(within_circle(plan, predicted.circle), predicted),
        }
    if is_sparse(plan):
        return {COUNTS: circles_body(plan)}
    return {**count_requests(plan), **page_bodies(plan)}


def _predict_page_requests(plan: Plan, predicted: PredictedRadius) -> dict[str, Body]:
    """The page foreseen; an enlarged one is likely to be poor, and solutions stand beside it; an
    empty one has its ways out."""
    ways = build_alternatives(plan) if predicted.empty else []
    beside = solutions_requests(plan, 0 if plan.is_enlarged else ENOUGH)
    return {**page_bodies(plan), **beside, **alternative_requests(ways)}


def circles_body(plan: Plan) -> Body:
    """How many offers answer in each circle among which the search chooses.

    Those of the members of one CPTS are counted over everybody: opening the card of a CPTS
    searches the circle in which the card was found.
    """
    return count_body(plan.without_cpts_filter(), candidate_radii(plan))


def count_requests(plan: Plan) -> dict[str, Body]:
    """Whether too few offers answer, whether one bears the exact name; each stops once it knows."""
    plan, questions = plan.without_cpts_filter(), {}
    if can_enlarge(plan.area):
        questions[POOR] = _at_least(ENOUGH, plan, enough_slot_clauses(plan))
    if plan.meaning.text:
        exact = [name_queries(plan.meaning.text, fuzzy=False)["exact"]]
        questions[EXACT] = _at_least(1, plan, [*exact, *mandatory_slot_clauses(plan)])
    return questions


def _at_least(count: int, plan: Plan, more: list[Body]) -> Body:
    everything = offer_filters(plan)
    everything["bool"]["filter"] += more
    return {"query": everything, "size": 0, "track_total_hits": count}
