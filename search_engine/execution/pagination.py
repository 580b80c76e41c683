"""Paging: the reader of a search, live or at a point in time, and the links to the next page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from search_engine.backend.index import Index, read_hits, read_total
from search_engine.backend.points_in_time import PointInTimeAccount
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
    index: Index, criteria: Criteria, state: CursorState | None, account: PointInTimeAccount
) -> AsyncIterator[Index]:
    """The live index, or the point in time of stable paging.

    A new one is closed when its first page fails or its caller leaves: no cursor names it yet.
    Raises ``TooManyStableSearches``.
    """
    if state is not None:
        yield replace(index, pit=state.pit)
    elif not criteria.stable:
        yield index
    else:
        pit = await account.open(index.client, index.alias)
        try:
            yield replace(index, pit=pit)
        except BaseException:
            await account.close(index.client, pit)
            raise


async def next_page_links(
    index: Index,
    result: SearchResult,
    key: CursorKey | None,
    at: datetime,
    account: PointInTimeAccount,
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
    is_resumable = 0 < len(cursor) <= MAX_CURSOR
    if is_resumable:
        links["cursor"] = cursor
    if index.pit is not None and is_resumable:
        account.renew(index.pit, _latest_pit(index, result) or index.pit)
    elif index.pit is not None:
        await account.close(index.client, index.pit)
    return links or None


def _latest_pit(index: Index, result: SearchResult) -> str | None:
    """The id under which Elasticsearch keeps the point in time from now on."""
    pit: str | None = result.answer.get("pit_id", index.pit)
    return pit


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
        pit=_latest_pit(index, result),
        attempt=plan.request.line.attempt,
        practice=plan.request.practice,
    )
    digest = criteria_digest(plan.request.line.asked, index.alias)
    return encrypt_cursor(state, digest, key, at)
