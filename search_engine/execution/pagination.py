"""The walk over a search by cursor: resumed where it was left, without deciding anything again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from elastic.errors import ElasticError
from elastic.point_in_time import close_pit, open_pit
from search_engine.backend.index import KEEP_S, Index, hits_of, total_of
from search_engine.execution.cursor import LONGEST, Walk, criteria_digest, opened, sealed
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.executor import with_ways_out
from search_engine.execution.merge import merged
from search_engine.execution.planner import SEARCHED
from search_engine.query.cpts_groups import by_finess, cpts_body
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.page_requests import PAGE, page_bodies, sort_keys, whole_page
from search_engine.query.plan import Plan
from search_engine.request.criteria import MAX_CURSOR, MAX_RESULTS, Criteria
from search_engine.request.problems import CursorExpired, CursorOfAnotherSearch, CursorUnreadable
from search_engine.response.page import Found

Next = dict[str, Any]


def walk_of(criteria: Criteria, key: CursorKey | None, at: datetime) -> Walk | None:
    """The walk that the cursor continues, None without a cursor.

    Raises ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    if criteria.cursor is None:
        return None
    if key is None:
        raise CursorUnreadable
    walk = opened(criteria.cursor, criteria_digest(criteria), key, at)
    if criteria.seed not in (None, walk.seed):
        raise CursorOfAnotherSearch
    if at - walk.now > LONGEST:
        raise CursorExpired
    return walk


@asynccontextmanager
async def reading(index: Index, criteria: Criteria, walk: Walk | None) -> AsyncIterator[Index]:
    """The live index, or the point in time of a stable walk, given back when its start fails."""
    if walk is not None:
        yield replace(index, pit=walk.pit)
    elif not criteria.stable:
        yield index
    else:
        opened_index = replace(index, pit=await open_pit(index.client, index.alias, KEEP_S))
        try:
            yield opened_index
        except BaseException:
            await given_back(opened_index)
            raise


async def given_back(index: Index) -> None:
    """Close the point in time, if there is one. That it cannot be closed spoils no answer and hides
    no error: it ends by itself after ``KEEP_S``."""
    if index.pit is not None:
        with suppress(ElasticError):
            await close_pit(index.client, index.pit)


def resumed(plan: Plan, walk: Walk) -> Plan:
    """The plan as it was decided with the first page, after the last card that was seen."""
    return plan._replace(
        without_rpps=walk.without_rpps,
        fuzzy=walk.fuzzy,
        covering=walk.covering,
        representatives=walk.representatives,
        after=tuple(walk.after),
    )


async def continued(index: Index, plan: Plan, walk: Walk) -> Found:
    """The next page of the walk.

    One card more is asked for, to know whether any follows: in a live index the total moves, and
    does not tell what is left after the last card.
    """
    size = plan.criteria.size
    shown = [*plan.covering, *([plan.criteria.cpts] if plan.criteria.cpts else [])]
    bodies = page_bodies(plan)
    bodies[PAGE]["size"] = size + 1
    if shown:
        bodies[SEARCHED] = cpts_body(shown)
    answers = dict(zip(bodies, await index.ask_all(list(bodies.values())), strict=True))
    answer = whole_page(answers)
    if MEMBERS in answers:
        answer = merged(plan, answer, answers[MEMBERS])
    hits = hits_of(answer)
    more = len(hits) > size
    del hits[size:]
    cpts = by_finess(answers[SEARCHED]) if shown else {}
    found = Found(plan, answer, cpts=cpts, sizes=walk.members, more=more)
    return await with_ways_out(index, found)


async def followed(
    index: Index, found: Found, walk: Walk | None, key: CursorKey | None, at: datetime
) -> Next | None:
    """How to ask for what follows, by number and by cursor; None after the last card.

    A point in time without a cursor to come back to it is given back. ``page`` is absent beyond the
    depth of the index and in a walk by cursor, ``cursor`` where no key seals it.
    """
    criteria, told = found.plan.criteria, Next()
    seen = criteria.page * criteria.size
    more = seen < total_of(found.answer) if found.more is None else found.more
    if more and walk is None and seen + criteria.size <= MAX_RESULTS:
        told["page"] = criteria.page + 1
    cursor = _cursor(index, found, key, at) if more and key is not None else ""
    if 0 < len(cursor) <= MAX_CURSOR:
        told["cursor"] = cursor
    else:
        await given_back(index)
    return told or None


def _cursor(index: Index, found: Found, key: CursorKey, at: datetime) -> str:
    plan = found.plan
    last = hits_of(found.answer)[-1]["sort"]
    walk = Walk(
        after=last[: len(sort_keys(plan))],
        now=plan.window.start,
        seed=plan.seed,
        area=plan.area,
        fuzzy=plan.fuzzy,
        without_rpps=plan.without_rpps,
        covering=plan.covering,
        representatives=dict(plan.representatives),
        members=dict(found.sizes),
        pit=found.answer.get("pit_id", index.pit),
    )
    return sealed(walk, criteria_digest(plan.criteria), key, at)
