"""From a plan to its answer: what is decided, the page, what stands beside it."""

from collections.abc import Mapping, Sequence

from search_engine.backend.index import Answer, Index, read_total
from search_engine.execution.alternatives import (
    alternative_requests,
    alternatives_block,
    build_alternatives,
    find_alternative_answers,
)
from search_engine.execution.merge import merge_cpts_cards
from search_engine.execution.planner import Answers, PlannedSearch, choose_radius
from search_engine.execution.solutions import (
    SOLUTIONS,
    solutions_block,
    solutions_body,
    solutions_requests,
    wants_solutions,
)
from search_engine.query.alternative_counts import cards_body, count_plan_cards
from search_engine.query.cpts_groups import pick_representatives
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.page_requests import merge_page_answers, page_bodies
from search_engine.query.plan import Plan
from search_engine.query.radius import ENOUGH
from search_engine.response.page import SearchResult


async def execute_search(index: Index, plan: Plan) -> SearchResult:
    """The page of the plan, after looking further when few offers answer and spelling loosely
    when nobody bears the name, with what stands beside a poor one."""
    planned = await choose_radius(index, plan)
    answers = planned.page_answers or await _fetch_page(index, planned)
    result = read_result(planned, answers)
    return await add_alternatives(index, result, find_alternative_answers(answers))


async def _fetch_page(index: Index, planned: PlannedSearch) -> Answers:
    """The page, with all that is known to belong beside it."""
    plan = planned.plan
    ways = build_alternatives(plan) if planned.empty else []
    beside = solutions_requests(plan, 0 if planned.poor else ENOUGH)
    bodies = {**page_bodies(plan), **beside, **alternative_requests(ways)}
    return dict(zip(bodies, await index.fetch_answers(list(bodies.values())), strict=True))


def read_result(planned: PlannedSearch, answers: Answers) -> SearchResult:
    """What the answers of a page hold."""
    plan, page = planned.plan, merge_page_answers(answers)
    sizes: Mapping[str, int] = {}
    if MEMBERS in answers:
        plan, sizes = pick_representatives(plan, answers[MEMBERS])
        page = merge_cpts_cards(plan, page, answers[MEMBERS])
    solutions = solutions_block(plan, answers[SOLUTIONS]) if SOLUTIONS in answers else None
    return SearchResult(plan, page, cpts=planned.cpts, member_counts=sizes, solutions=solutions)


async def add_alternatives(
    index: Index, result: SearchResult, count_answers: Sequence[Answer] = ()
) -> SearchResult:
    """The same with what stands beside a poor page: marketplace solutions (F121), and what would
    not be empty when it is; ``counted`` are the answers to their ``cards_body``, if asked."""
    plan, total = result.plan, read_total(result.answer)
    wanted = plan.first_page and wants_solutions(plan, total)
    missing = wanted and result.solutions is None
    ways = [] if total else build_alternatives(plan)
    bodies = [] if count_answers else [cards_body(way.plan) for way in ways]
    answers = await index.fetch_answers([*bodies, *([solutions_body(plan)] if missing else [])])
    solutions = solutions_block(plan, answers.pop()) if missing else result.solutions
    plans = [way.plan for way in ways]
    totals = await count_plan_cards(index, plans, list(count_answers) or answers) if ways else []
    told = alternatives_block(ways, totals)
    return result._replace(solutions=solutions if wanted else None, alternatives=told)
