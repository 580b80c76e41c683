"""Paging: the reader of a search, live or at a point in time, and the links to the next page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from elastic.errors import ElasticError
from elastic.point_in_time import close_pit, open_pit
from search_engine.backend.index import KEEP_S, Index, read_hits, read_total
from search_engine.execution.cursor import (
    CursorState,
    criteria_digest,
    encrypt_cursor,
)
from search_engine.execution.cursor_key import CursorKey
from search_engine.query.page_requests import sort_keys
from search_engine.request.criteria import MAX_CURSOR, MAX_RESULTS, Criteria
from search_engine.response.page import SearchResult

NextPage = dict[str, Any]


@asynccontextmanager
async def open_reader(
    index: Index, criteria: Criteria, state: CursorState | None
) -> AsyncIterator[Index]:
    """The live index, or the point in time of stable paging, closed when its first page fails."""
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
    """Close the point in time, if there is one.

    A failure to close is ignored: the point in time ends by itself after ``KEEP_S``.
    """
    if index.pit is not None:
        with suppress(ElasticError):
            await close_pit(index.client, index.pit)


async def next_page_links(
    index: Index, result: SearchResult, key: CursorKey | None, at: datetime
) -> NextPage | None:
    """How to request the next page, by number and by cursor; None after the last card.

    ``page`` is absent beyond the depth of the index and in paging by cursor, ``cursor`` without a
    key. A point in time that no cursor resumes is closed.
    """
    plan, links = result.plan, NextPage()
    criteria = plan.request.criteria
    seen = criteria.page * criteria.size
    more = seen < read_total(result.answer) if result.has_more is None else result.has_more
    if more and plan.position is None and seen + criteria.size <= MAX_RESULTS:
        links["page"] = criteria.page + 1
    cursor = _next_cursor(index, result, key, at) if more and key is not None else ""
    if 0 < len(cursor) <= MAX_CURSOR:
        links["cursor"] = cursor
    else:
        await close_point_in_time(index)
    return links or None


def _next_cursor(index: Index, result: SearchResult, key: CursorKey, at: datetime) -> str:
    plan = result.plan
    last = read_hits(result.answer)[-1]["sort"]
    state = CursorState(
        after=last[: len(sort_keys(plan))],
        now=plan.request.window.start,
        seed=plan.request.seed,
        area=plan.area,
        fuzzy=plan.fuzzy,
        without_rpps=plan.request.without_rpps,
        area_cpts=plan.area_cpts,
        best_member_by_cpts=dict(result.groups.best_members),
        member_counts=dict(result.groups.member_counts),
        pit=result.answer.get("pit_id", index.pit),
    )
    return encrypt_cursor(state, criteria_digest(plan.request.criteria), key, at)
