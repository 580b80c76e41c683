"""One search, from criteria to page: the same way in for the screen, the LRM link and programs."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from elasticsearch import AsyncElasticsearch

from search_engine.backend.hints import QueryHintCache
from search_engine.backend.index import Answer, Index
from search_engine.execution.cursor import CursorState
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.executor import execute_search
from search_engine.execution.pagination import (
    decode_cursor,
    fetch_next_page,
    next_page_cursor,
    open_reader,
    restore_plan,
)
from search_engine.query.plan import Plan, build_plan
from search_engine.query.treating_doctor import only_person, people_body, places_body, read_doctor
from search_engine.request.area import AddressFinder, Area, resolve_area
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation, interpret
from search_engine.request.profiles import Profile, find_profile, load_profiles
from search_engine.request.window import build_window
from search_engine.response.page import Page, SearchResult, build_page

SEED_LIMIT = 2**31

AreaResolver = Callable[[Criteria, AddressFinder], Awaitable[Area]]
Interpreter = Callable[[str], Interpretation]


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent by stage, for the block ``took_ms``."""

    took: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str) -> "Stage":
        """Time what is inside; a stage met twice adds up."""
        return Stage(self.took, name)


@dataclass(slots=True)
class Stage:
    """One stage, timed from entering to leaving it."""

    took: dict[str, float]
    name: str
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = perf_counter()

    def __exit__(self, *_: object) -> None:
        elapsed = (perf_counter() - self.started) * 1000
        self.took[self.name] = round(self.took.get(self.name, 0.0) + elapsed, 3)


async def search(
    client: AsyncElasticsearch,
    alias: str,
    criteria: Criteria,
    now: datetime,
    *,
    geocoder: AddressFinder,
    resolve_area: AreaResolver = resolve_area,
    interpret: Interpreter = interpret,
    profiles: Mapping[str, Profile] | None = None,
    key: CursorKey | None = None,
    hints: QueryHintCache | None = None,
) -> Page:
    """The page that answers the criteria at the instant ``now`` (aware).

    ``deps`` is what ``resolve_area`` needs, a geocoder; ``profiles`` default to the configured
    file; without ``key`` there are no cursors; ``foresight`` is what earlier searches were told.
    Raises ``SearchProblem`` and its kinds, and the errors of ``elastic.errors``.
    """
    watch, live = Stopwatch(), Index(client, alias, hints=hints or QueryHintCache())
    with watch.stage("total"):
        profile = find_profile(criteria.profile, profiles or load_profiles())
        walk = decode_cursor(criteria, key, now)
        with watch.stage("interpretation"):
            meaning = interpret(criteria.what)
        with watch.stage("area"):
            area = await resolve_area(criteria, geocoder) if walk is None else walk.area
        window = build_window(now if walk is None else walk.now, area.zone, criteria.window_hours)
        seed = choose_seed(criteria) if walk is None else walk.seed
        plan = build_plan(criteria, meaning, area, window, profile=profile, seed=seed)
        async with open_reader(live, criteria, walk) as index:
            with watch.stage("search"):
                found = await fetch_result(index, plan, walk)
            follows = await next_page_cursor(index, found, walk, key, now)
    return build_page(found._replace(next_page=follows), watch.took)


def choose_seed(criteria: Criteria) -> int:
    """The seed given, else a fresh one: echoed, it repeats the order on the next pages (W03)."""
    return secrets.randbelow(SEED_LIMIT) if criteria.seed is None else criteria.seed


async def fetch_result(index: Index, plan: Plan, state: CursorState | None) -> SearchResult:
    """All that one page shows."""
    if state is None:
        plan = plan._replace(without_rpps=await resolve_doctor_rpps(index, plan))
        answering = execute_search(index, plan)
    else:
        plan = restore_plan(plan, state)
        answering = fetch_next_page(index, plan, state)
    if plan.without_rpps is None:
        return await answering
    found, places = await asyncio.gather(answering, fetch_doctor_places(index, plan))
    whole: SearchResult = found._replace(places=places)
    return whole


async def resolve_doctor_rpps(index: Index, plan: Plan) -> str | None:
    """The RPPS asked for, or that of the only person of that name around; None otherwise."""
    if not plan.criteria.treating_doctor:
        return None
    asked = read_doctor(plan.criteria.treating_doctor)
    if asked.name is None:
        return asked.rpps
    return only_person(await index.fetch_answer(people_body(asked.name, plan.area)))


async def fetch_doctor_places(index: Index, plan: Plan) -> Answer:
    """The treating doctor's places; beyond the first page only whether he has any."""
    body = places_body(plan.without_rpps or "", plan.area)
    return await index.fetch_answer(body if plan.first_page else {**body, "size": 0})
