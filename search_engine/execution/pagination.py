"""The walk over a search by cursor: resumed where it was left, without deciding anything again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from elastic.errors import ElasticError
from elastic.point_in_time import close_pit, open_pit
from search_engine.backend.index import KEEP_S, Index, read_hits, read_total
from search_engine.execution.cursor import (
    MAX_PAGING_TIME,
    CursorState,
    criteria_digest,
    decrypt_cursor,
    encrypt_cursor,
)
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.executor import add_alternatives
from search_engine.execution.merge import merge_cpts_cards
from search_engine.execution.planner import SEARCHED
from search_engine.query.cpts_groups import cards_by_finess, cpts_body
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.page_requests import PAGE, merge_page_answers, page_bodies, sort_keys
from search_engine.query.plan import Plan
from search_engine.request.criteria import MAX_CURSOR, MAX_RESULTS, Criteria
from search_engine.request.problems import CursorExpired, CursorOfAnotherSearch, CursorUnreadable
from search_engine.response.page import SearchResult

NextPage = dict[str, Any]


def decode_cursor(criteria: Criteria, key: CursorKey | None, at: datetime) -> CursorState | None:
    """The walk that the cursor continues, None without a cursor.

    Raises ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    if criteria.cursor is None:
        return None
    if key is None:
        raise CursorUnreadable
    walk = decrypt_cursor(criteria.cursor, criteria_digest(criteria), key, at)
    if criteria.seed not in (None, walk.seed):
        raise CursorOfAnotherSearch
    if at - walk.now > MAX_PAGING_TIME:
        raise CursorExpired
    return walk


@asynccontextmanager
async def open_reader(
    index: Index, criteria: Criteria, state: CursorState | None
) -> AsyncIterator[Index]:
    """The live index, or the point in time of a stable walk, given back when its start fails."""
    if state is not None:
        yield replace(index, pit=state.pit)
    elif not criteria.stable:
        yield index
    else:
        opened_index = replace(index, pit=await open_pit(index.client, index.alias, KEEP_S))
        try:
            yield opened_index
        except BaseException:
            await close_point_in_time(opened_index)
            raise


async def close_point_in_time(index: Index) -> None:
    """Close the point in time, if there is one. That it cannot be closed spoils no answer and hides
    no error: it ends by itself after ``KEEP_S``."""
    if index.pit is not None:
        with suppress(ElasticError):
            await close_pit(index.client, index.pit)


def restore_plan(plan: Plan, state: CursorState) -> Plan:
    """The plan as it was decided with the first page, after the last card that was seen."""
    return plan._replace(
        without_rpps=state.without_rpps,
        fuzzy=state.fuzzy,
        area_cpts=state.area_cpts,
        best_member_by_cpts=state.best_member_by_cpts,
        after=tuple(state.after),
    )


async def fetch_next_page(index: Index, plan: Plan, state: CursorState) -> SearchResult:
    """The next page of the walk.

    One card more is asked for, to know whether any follows: in a live index the total moves, and
    does not tell what is left after the last card.
    """
    size = plan.criteria.size
    shown = [*plan.area_cpts, *([plan.criteria.cpts] if plan.criteria.cpts else [])]
    bodies = page_bodies(plan)
    bodies[PAGE]["size"] = size + 1
    if shown:
        bodies[SEARCHED] = cpts_body(shown)
    answers = dict(zip(bodies, await index.fetch_answers(list(bodies.values())), strict=True))
    answer = merge_page_answers(answers)
    if MEMBERS in answers:
        answer = merge_cpts_cards(plan, answer, answers[MEMBERS])
    hits = read_hits(answer)
    more = len(hits) > size
    del hits[size:]
    cpts = cards_by_finess(answers[SEARCHED]) if shown else {}
    found = SearchResult(plan, answer, cpts=cpts, member_counts=state.member_counts, has_more=more)
    return await add_alternatives(index, found)


async def next_page_cursor(
    index: Index,
    result: SearchResult,
    state: CursorState | None,
    key: CursorKey | None,
    at: datetime,
) -> NextPage | None:
    """How to ask for what follows, by number and by cursor; None after the last card.

    A point in time without a cursor to come back to it is given back. ``page`` is absent beyond the
    depth of the index and in a walk by cursor, ``cursor`` where no key seals it.
    """
    criteria, told = result.plan.criteria, NextPage()
    seen = criteria.page * criteria.size
    more = seen < read_total(result.answer) if result.has_more is None else result.has_more
    if more and state is None and seen + criteria.size <= MAX_RESULTS:
        told["page"] = criteria.page + 1
    cursor = _cursor(index, result, key, at) if more and key is not None else ""
    if 0 < len(cursor) <= MAX_CURSOR:
        told["cursor"] = cursor
    else:
        await close_point_in_time(index)
    return told or None


def _cursor(index: Index, result: SearchResult, key: CursorKey, at: datetime) -> str:
    plan = result.plan
    last = read_hits(result.answer)[-1]["sort"]
    walk = CursorState(
        after=last[: len(sort_keys(plan))],
        now=plan.window.start,
        seed=plan.seed,
        area=plan.area,
        fuzzy=plan.fuzzy,
        without_rpps=plan.without_rpps,
        area_cpts=plan.area_cpts,
        best_member_by_cpts=dict(plan.best_member_by_cpts),
        member_counts=dict(result.member_counts),
        pit=result.answer.get("pit_id", index.pit),
    )
    return encrypt_cursor(walk, criteria_digest(plan.criteria), key, at)
