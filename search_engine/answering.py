"""From a plan to its answer: what is decided, the best members, the page, what stands beside."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from search_engine.deciding import decided
from search_engine.groups import read_representatives, read_sizes
from search_engine.index import Index, total_of
from search_engine.instead import count_of_cards, proposals, read_count, told_proposals
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
    return replace(
        found,
        solutions=await solutions_beside(index, found),
        instead=await ways_out(index, found),
    )


async def solutions_beside(index: Index, found: Found) -> dict[str, Any] | None:
    """The marketplace solutions, where they belong beside the first page."""
    plan = found.plan
    if not plan.first_page or not wants_solutions(plan, total_of(found.answer)):
        return None
    return solutions_block(plan, await index.ask(solutions_body(plan)))


async def ways_out(index: Index, found: Found) -> list[dict[str, Any]]:
    """What would not be empty, when the search is; each counted as a click would ask it."""
    if total_of(found.answer):
        return []
    asked = proposals(found.plan)
    totals = await asyncio.gather(*(cards_of(index, one.plan) for one in asked))
    return told_proposals(asked, totals)


async def cards_of(index: Index, plan: Plan) -> int:
    """How many cards the search has on all its pages."""
    plan, _ = await decided(index, plan)
    return read_count(await index.ask(count_of_cards(plan)))
