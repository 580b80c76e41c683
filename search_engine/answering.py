"""From a plan to its answer: what is decided, the page, what stands beside it."""

import asyncio
from dataclasses import replace
from typing import Any

from search_engine.counting import cards_of
from search_engine.deciding import Decided, decided
from search_engine.enlargement import ENOUGH
from search_engine.index import Answer, Index, total_of
from search_engine.instead import proposals, told_proposals
from search_engine.page import Found
from search_engine.plan import Plan
from search_engine.query import page_body
from search_engine.solutions import solutions_block, solutions_body, wants_solutions


async def answered(index: Index, plan: Plan) -> Found:
    """The page of the plan, after looking further when few offers answer and spelling loosely
    when nobody bears the name."""
    told = await decided(index, plan)
    answer, solutions = await _page(index, told)
    return Found(told.plan, answer, cpts=told.cpts, sizes=told.sizes, solutions=solutions)


async def _page(index: Index, told: Decided) -> tuple[Answer, dict[str, Any] | None]:
    """The page, with the solutions of the marketplace when they are known to belong beside it."""
    if told.page is not None:
        return told.page, None
    plan = told.plan
    foreseen = plan.first_page and wants_solutions(plan, 0 if told.poor else ENOUGH)
    bodies = [page_body(plan), *([solutions_body(plan)] if foreseen else [])]
    answer, *others = await index.ask_all(bodies)
    return answer, solutions_block(plan, others[0]) if others else None


async def with_ways_out(index: Index, found: Found) -> Found:
    """The same with what stands beside a poor page: marketplace solutions (F121), and what would
    not be empty when it is."""
    if total_of(found.answer):
        return replace(found, solutions=await solutions_beside(index, found))
    solutions, ways = await asyncio.gather(solutions_beside(index, found), ways_out(index, found))
    return replace(found, solutions=solutions, instead=ways)


async def solutions_beside(index: Index, found: Found) -> dict[str, Any] | None:
    """The marketplace solutions, where they belong beside the first page."""
    plan = found.plan
    wanted = plan.first_page and wants_solutions(plan, total_of(found.answer))
    if found.solutions is not None or not wanted:
        return found.solutions if wanted else None
    return solutions_block(plan, await index.ask(solutions_body(plan)))


async def ways_out(index: Index, found: Found) -> list[dict[str, Any]]:
    """The searches that differ by one thing and are not empty, counted as a click would ask."""
    asked = proposals(found.plan)
    return told_proposals(asked, await cards_of(index, [one.plan for one in asked]))
