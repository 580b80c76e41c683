"""From a plan to its answer: what is decided, the page, what stands beside it."""

from collections.abc import Mapping, Sequence

from search_engine.backend.index import Answer, Index, total_of
from search_engine.execution.alternatives import proposals, told_proposals, ways_in, ways_questions
from search_engine.execution.merge import merged
from search_engine.execution.planner import Answers, Decided, decided
from search_engine.execution.sizes import expecting, learn_size, led_by
from search_engine.execution.solutions import (
    SOLUTIONS,
    solutions_block,
    solutions_body,
    solutions_questions,
    wants_solutions,
)
from search_engine.query.alternative_counts import cards_body, cards_of
from search_engine.query.cpts_groups import represented
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.page_requests import is_filled, only_participants, page_bodies, whole_page
from search_engine.query.plan import Plan
from search_engine.query.radius import ENOUGH
from search_engine.response.page import Found


async def answered(index: Index, plan: Plan) -> Found:
    """The page of the plan, after looking further when few offers answer and spelling loosely
    when nobody bears the name, with what stands beside a poor one."""
    sizes = index.foresight.sizes
    told, answers = await _with_page(index, await decided(index, expecting(sizes, plan)))
    found = found_in(told, answers)
    learn_size(sizes, plan, total_of(found.answer), led_by(told.plan, answers))
    return await with_ways_out(index, found, ways_in(answers))


async def _with_page(index: Index, told: Decided) -> tuple[Decided, Answers]:
    """The page of what was decided; over again among everybody where participants alone were to
    fill it and do not."""
    answers = told.page or await _asked_last(index, told)
    if not only_participants(told.plan) or is_filled(told.plan, answers):
        return told, answers
    told = told._replace(plan=told.plan._replace(led=False))
    return told, await _asked_last(index, told)


async def _asked_last(index: Index, told: Decided) -> Answers:
    """The page, with all that is known to belong beside it."""
    plan = told.plan
    ways = proposals(plan) if told.empty else []
    beside = solutions_questions(plan, 0 if told.poor else ENOUGH)
    bodies = {**page_bodies(plan), **beside, **ways_questions(ways)}
    return dict(zip(bodies, await index.ask_all(list(bodies.values())), strict=True))


def found_in(told: Decided, answers: Answers) -> Found:
    """What the answers of a page hold."""
    plan, page = told.plan, whole_page(answers)
    sizes: Mapping[str, int] = {}
    if MEMBERS in answers:
        plan, sizes = represented(plan, answers[MEMBERS])
        page = merged(plan, page, answers[MEMBERS])
    solutions = solutions_block(plan, answers[SOLUTIONS]) if SOLUTIONS in answers else None
    return Found(plan, page, cpts=told.cpts, sizes=sizes, solutions=solutions)


async def with_ways_out(index: Index, found: Found, counted: Sequence[Answer] = ()) -> Found:
    """The same with what stands beside a poor page: marketplace solutions (F121), and what would
    not be empty when it is; ``counted`` are the answers to their ``cards_body``, if asked."""
    plan, total = found.plan, total_of(found.answer)
    wanted = plan.first_page and wants_solutions(plan, total)
    missing = wanted and found.solutions is None
    ways = [] if total else proposals(plan)
    bodies = [] if counted else [cards_body(way.plan) for way in ways]
    answers = await index.ask_all([*bodies, *([solutions_body(plan)] if missing else [])])
    solutions = solutions_block(plan, answers.pop()) if missing else found.solutions
    plans = [way.plan for way in ways]
    totals = await cards_of(index, plans, list(counted) or answers) if ways else []
    told = told_proposals(ways, totals)
    return found._replace(solutions=solutions if wanted else None, instead=told)
