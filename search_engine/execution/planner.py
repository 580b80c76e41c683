"""What a search decides before its page: who stands behind a CPTS, how far it looks, how loosely a
name is spelt. The page is asked with the questions where it can be foreseen."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mappings.records import Offer
from search_engine.backend.hints import NOBODY, CircleKey
from search_engine.backend.index import Answer, Index, total_of
from search_engine.execution.alternatives import proposals, ways_questions
from search_engine.execution.solutions import solutions_questions
from search_engine.query.cpts_groups import by_finess, covering_body, cpts_body, groups_here
from search_engine.query.filters import name_queries, offer_filters
from search_engine.query.page_requests import page_bodies
from search_engine.query.plan import Plan
from search_engine.query.radius import (
    ENOUGH,
    bears_name,
    count_body,
    counted_slots,
    enough_at,
    found_at,
    is_sparse,
    may_grow,
    needed_slots,
    radii_of,
)
from search_engine.request.problems import CptsNotFound

Body = dict[str, Any]
Cards = Mapping[str, Offer]
Answers = Mapping[str, Answer]

SEARCHED, COVERING = "searched", "covering"
POOR, EXACT, COUNTS = "poor", "exact", "counts"


class Decided(NamedTuple):
    """The plan as it is asked, and the cards of the CPTS that it shows by FINESS.

    ``page`` holds the answers of ``page_bodies`` where they could be asked with the questions,
    ``found`` how many offers count as enough in the circle chosen, where they were counted.
    """

    plan: Plan
    cpts: Cards
    page: Answers | None = None
    found: int | None = None

    @property
    def poor(self) -> bool:
        """Few offers answer even in the largest circle."""
        return self.found is not None and self.found < ENOUGH

    @property
    def empty(self) -> bool:
        """Nothing answers at all: what was counted holds all that the page may show, but for near
        spellings of a name."""
        counted_all = self.plan.slot_needed or not counted_slots(self.plan)
        return self.found == 0 and counted_all


async def decided(index: Index, plan: Plan) -> Decided:
    """What a search decides: one request, with its page, in the ordinary case.

    It depends on the index alone, so every page of a search decides the same. Raises
    ``CptsNotFound``.
    """
    ahead = foreseen(index, plan)
    plan, cpts, answers = await _first_questions(index, plan, ahead)
    if COUNTS in answers:
        at, told = _in_circle(index, plan, cpts, answers[COUNTS])
        seen = ahead is not None and at == ahead.circle and not told.plan.fuzzy
        return told._replace(page=answers) if seen else told
    if POOR in answers and total_of(answers[POOR]) < ENOUGH:
        return _in_circle(index, plan, cpts, await index.ask(circles_body(plan)))[1]
    if EXACT in answers and not total_of(answers[EXACT]):
        return Decided(plan._replace(fuzzy=True), cpts)
    return Decided(plan, cpts, answers)


def _in_circle(index: Index, plan: Plan, cpts: Cards, counts: Answer) -> tuple[int, Decided]:
    """The first circle with enough offers, else the largest, and the decision in it; kept for the
    next search of the same."""
    at = enough_at(counts)
    found = found_at(counts, at)
    if plan.meaning.text is None:
        index.foresight.circles.learn(circle_key(plan), at if found else NOBODY)
    fuzzy = bool(plan.meaning.text) and not bears_name(counts, at)
    return at, Decided(within_circle(plan, at)._replace(fuzzy=fuzzy), cpts, found=found)


def within_circle(plan: Plan, at: int) -> Plan:
    """The plan in one of its circles."""
    return plan.within(radii_of(plan)[at]) if at else plan


class Ahead(NamedTuple):
    """The circle that is likely to be chosen, as its position; ``empty`` where nobody is likely to
    answer in it."""

    circle: int
    empty: bool = False


def foreseen(index: Index, plan: Plan) -> Ahead | None:
    """The circle that had enough of what is looked for, when it was last asked; for a name, which
    few bear, the largest. None where the first is to be expected, or nothing is known."""
    if not may_grow(plan.area):
        return None
    last = len(radii_of(plan)) - 1
    if plan.meaning.text is not None:
        return Ahead(last)
    at = index.foresight.circles.foreseen(circle_key(plan))
    if at == NOBODY:
        return Ahead(last, empty=True)
    known = at is not None and at <= last and (at or is_sparse(plan))
    return Ahead(at) if at is not None and known else None


def circle_key(plan: Plan) -> CircleKey:
    """Where, known word and mode: nothing of a patient. A sparse department is alike all over; in
    another one every commune has its own circle."""
    where = plan.area.department if is_sparse(plan) else plan.area.insee or ""
    return where, plan.meaning.label, plan.mode.value


async def _first_questions(
    index: Index, plan: Plan, ahead: Ahead | None
) -> tuple[Plan, Cards, Answers]:
    """The CPTS, the counts and the page, all at once where the CPTS can be foreseen."""
    who = cpts_questions(plan)
    if COVERING not in who:
        answers = await _asked(index, {**who, **first_questions(plan, ahead)})
        return *with_cpts(plan, answers), answers
    commune = plan.area.insee or ""
    foreseen, answers = index.foresight.covering.foreseen(commune), {}
    if foreseen is None:
        told, cpts = with_cpts(plan, await _asked(index, who))
    else:
        answers = await _asked(index, {**who, **first_questions(behind(plan, foreseen), ahead)})
        told, cpts = with_cpts(plan, answers)
    covering = told.covering or told.beside
    if covering != foreseen:
        index.foresight.covering.learn(commune, covering)
        answers = await _asked(index, first_questions(told, ahead))
    return told, cpts, answers


async def _asked(index: Index, questions: Mapping[str, Body]) -> dict[str, Answer]:
    answers = await index.ask_all(list(questions.values()))
    return dict(zip(questions, answers, strict=True))


def cpts_questions(plan: Plan) -> dict[str, Body]:
    """The cards of the CPTS that cover the commune, and of the one whose members are searched.

    Among the members of one, the others matter to the filter of kinds alone.
    """
    searched, questions = plan.criteria.cpts, {}
    if searched is not None:
        questions[SEARCHED] = cpts_body([searched])
    if plan.area.insee is None or (searched is not None and not plan.criteria.kind):
        return questions
    if groups_here(plan.of_everybody()):
        questions[COVERING] = covering_body(plan.area.insee)
    return questions


def with_cpts(plan: Plan, answers: Answers) -> tuple[Plan, Cards]:
    """The plan that groups behind the CPTS found, and the cards that it shows."""
    around = by_finess(answers[COVERING]) if COVERING in answers else {}
    if plan.criteria.cpts is None:
        return behind(plan, tuple(around)), around
    searched = by_finess(answers[SEARCHED])
    if not searched:
        raise CptsNotFound
    return behind(plan, tuple(around)), searched


def behind(plan: Plan, covering: tuple[str, ...]) -> Plan:
    """The plan with the CPTS that cover the commune."""
    if plan.criteria.cpts is None:
        return plan._replace(covering=covering)
    return plan._replace(beside=covering)


def first_questions(plan: Plan, ahead: Ahead | None) -> dict[str, Body]:
    """What is asked of a plan whose CPTS are known: the counts, and the page of the circle that is
    likely to be chosen (``ahead``), of the first where none is foreseen."""
    if ahead is not None:
        return {COUNTS: circles_body(plan), **_page_ahead(within_circle(plan, ahead.circle), ahead)}
    if is_sparse(plan):
        return {COUNTS: circles_body(plan)}
    return {**count_questions(plan), **page_bodies(plan)}


def _page_ahead(plan: Plan, ahead: Ahead) -> dict[str, Body]:
    """The page foreseen; an enlarged one is likely to be poor, and solutions stand beside it; an
    empty one has its ways out."""
    ways = proposals(plan) if ahead.empty else []
    beside = solutions_questions(plan, 0 if plan.enlarged else ENOUGH)
    return {**page_bodies(plan), **beside, **ways_questions(ways)}


def circles_body(plan: Plan) -> Body:
    """How many offers answer in each circle among which the search chooses.

    Those of the members of one CPTS are counted over everybody: opening the card of a CPTS
    searches the circle in which the card was found.
    """
    return count_body(plan.of_everybody(), radii_of(plan))


def count_questions(plan: Plan) -> dict[str, Body]:
    """Whether too few offers answer, whether one bears the exact name; each stops once it knows."""
    plan, questions = plan.of_everybody(), {}
    if may_grow(plan.area):
        questions[POOR] = _at_least(ENOUGH, plan, counted_slots(plan))
    if plan.meaning.text:
        exact = [name_queries(plan.meaning.text, fuzzy=False)["exact"]]
        questions[EXACT] = _at_least(1, plan, [*exact, *needed_slots(plan)])
    return questions


def _at_least(count: int, plan: Plan, more: list[Body]) -> Body:
    everything = offer_filters(plan)
    everything["bool"]["filter"] += more
    return {"query": everything, "size": 0, "track_total_hits": count}
