"""From a plan to its answer: the requests that depend on one another."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from search_engine.enlargement import (
    ENOUGH,
    chosen_radius,
    count_body,
    larger_radii,
    may_grow,
    read_counts,
)
from search_engine.groups import read_representatives, read_sizes
from search_engine.index import Answer, Index, total_of
from search_engine.instead import proposals, told_proposals
from search_engine.page import Found
from search_engine.plan import Plan
from search_engine.query import (
    ENOUGH_COUNT,
    EXACT_NAME,
    decision_body,
    members_body,
    page_body,
    total_body,
)
from search_engine.solutions import solutions_block, solutions_body, wants_solutions

Asked = Callable[[Plan], dict[str, Any]]
"""What is asked of a plan: its page, or its total alone."""


async def answered(index: Index, plan: Plan, asked: Asked = page_body) -> Found:
    """The answer, after looking further when it is poor and spelling loosely when it must.

    One request in the ordinary case, one more where members stand behind a CPTS. What is decided
    depends on the index alone, so every page of a search decides the same.
    """
    found, counts = await attempt(index, plan, asked)
    if may_grow(plan.area) and answers(counts, ENOUGH_COUNT) < ENOUGH:
        found, counts = await attempt(index, await enlarged(index, plan), asked)
    if found.plan.meaning.text and not answers(counts, EXACT_NAME):
        found, _ = await attempt(index, replace(found.plan, fuzzy=True), asked)
    return found


async def attempt(index: Index, plan: Plan, asked: Asked) -> tuple[Found, Answer]:
    """What is asked of the plan as it is, and the answer that holds the counts of decisions.

    Those of the members of one CPTS are counted over everybody: opening the card of a CPTS
    searches the circle in which the card was found.
    """
    plan, sizes = await represented(index, plan)
    answer = await index.ask(asked(plan))
    found = Found(plan, answer, sizes=sizes)
    if plan.criteria.cpts is None:
        return found, answer
    return found, await index.ask(decision_body(plan.of_everybody()))


async def represented(index: Index, plan: Plan) -> tuple[Plan, Mapping[str, int]]:
    """The plan with the best member of each covering CPTS, and how many members each has."""
    if not plan.covering:
        return plan, {}
    answer = await index.ask(members_body(plan))
    return replace(plan, representatives=read_representatives(answer)), read_sizes(answer)


async def enlarged(index: Index, plan: Plan) -> Plan:
    """The same search over the smallest larger circle with enough offers, else the largest."""
    radii = larger_radii(plan.area)
    counts = read_counts(await index.ask(count_body(plan.of_everybody(), radii)), radii)
    return plan.within(chosen_radius(radii, counts))


def answers(counts: Answer, name: str) -> int:
    """One of the counts on which a decision hangs."""
    return int(counts["aggregations"][name]["doc_count"])


async def ways_out(index: Index, found: Found) -> list[dict[str, Any]]:
    """What would not be empty, when the search is."""
    if total_of(found.answer):
        return []
    asked = proposals(found.plan)
    counted = await asyncio.gather(*(answered(index, one.plan, total_body) for one in asked))
    return told_proposals(asked, [total_of(one.answer) for one in counted])


async def solutions_beside(index: Index, found: Found) -> dict[str, Any] | None:
    """The marketplace solutions, where they belong beside the results (F121)."""
    plan = found.plan
    if not plan.first_page or not wants_solutions(plan, total_of(found.answer)):
        return None
    return solutions_block(plan, await index.ask(solutions_body(plan)))
