"""From a plan to its answer: what is decided, the page, what stands beside it."""

import asyncio
from dataclasses import replace
from typing import Any

from search_engine.deciding import decided, settled
from search_engine.index import Index, total_of
from search_engine.instead import count_of_cards, proposals, read_count, told_proposals
from search_engine.page import Found
from search_engine.plan import Plan
from search_engine.query import page_body
from search_engine.solutions import solutions_block, solutions_body, wants_solutions


async def answered(index: Index, plan: Plan) -> Found:
    """The page of the plan, after looking further when few offers answer and spelling loosely
    when nobody bears the name."""
    told = await decided(index, plan)
    answer = await index.ask(page_body(told.plan)) if told.page is None else told.page
    return Found(told.plan, answer, cpts=told.cpts, sizes=told.sizes)


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
    if not plan.first_page or not wants_solutions(plan, total_of(found.answer)):
        return None
    return solutions_block(plan, await index.ask(solutions_body(plan)))


async def ways_out(index: Index, found: Found) -> list[dict[str, Any]]:
    """The searches that differ by one thing and are not empty, counted as a click would ask."""
    asked = proposals(found.plan)
    plans = await settled(index, [one.plan for one in asked])
    answers = await index.ask_all([count_of_cards(plan) for plan in plans])
    return told_proposals(asked, list(map(read_count, answers)))
