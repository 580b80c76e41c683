"""From a plan to its answer: what is decided, the best members, the page, what stands beside."""

from collections.abc import Mapping
from dataclasses import replace

from search_engine.deciding import decided
from search_engine.groups import read_representatives, read_sizes
from search_engine.index import Index, total_of
from search_engine.instead import count_of_cards, proposals, read_proposals
from search_engine.page import Found
from search_engine.plan import Plan
from search_engine.query import members_body, page_body
from search_engine.solutions import solutions_block, solutions_body, wants_solutions


async def answered(index: Index, plan: Plan) -> Found:
    """The page of the plan, after looking further when few offers answer and spelling loosely
    when nobody bears the name."""
    plan, cpts = await decided(index, plan)
    plan, sizes = await represented(index, plan)
    return Found(plan, await index.ask(page_body(plan)), cpts=cpts, sizes=sizes)


async def represented(index: Index, plan: Plan) -> tuple[Plan, Mapping[str, int]]:
    """The plan with the best member of each covering CPTS, and how many members each has."""
    if not plan.covering:
        return plan, {}
    answer = await index.ask(members_body(plan))
    return replace(plan, representatives=read_representatives(answer)), read_sizes(answer)


async def with_ways_out(index: Index, found: Found) -> Found:
    """The same with what stands beside a poor page: marketplace solutions (F121), and what would
    not be empty when it is."""
    plan, total = found.plan, total_of(found.answer)
    solutions = plan.first_page and wants_solutions(plan, total)
    others = [] if total else proposals(plan)
    bodies = [solutions_body(plan)] if solutions else []
    answers = await index.ask_all([*bodies, *(count_of_cards(one.plan) for one in others)])
    return replace(
        found,
        solutions=solutions_block(plan, answers[0]) if solutions else None,
        instead=read_proposals(others, answers[len(bodies) :]),
    )
