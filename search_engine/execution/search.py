"""One search, from criteria to page: the same way in for the screen, the LRM link and programs."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from elasticsearch import AsyncElasticsearch

from search_engine.backend.hints import Foresight
from search_engine.backend.index import Answer, Index
from search_engine.execution.cursor import Walk
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.executor import answered
from search_engine.execution.pagination import continued, followed, reading, resumed, walk_of
from search_engine.query.pinned import only_person, people_body, places_body, read_doctor
from search_engine.query.plan import Plan, plan_of
from search_engine.request.area import AddressFinder, Area, resolve_area
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation, interpret
from search_engine.request.profiles import Profile, load_profiles, profile_named
from search_engine.request.window import window_of
from search_engine.response.page import Found, Page, page_of

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
    deps: AddressFinder,
    resolve_area: AreaResolver = resolve_area,
    interpret: Interpreter = interpret,
    profiles: Mapping[str, Profile] | None = None,
    key: CursorKey | None = None,
    foresight: Foresight | None = None,
) -> Page:
    """The page that answers the criteria at the instant ``now`` (aware).

    ``deps`` is what ``resolve_area`` needs, a geocoder; ``profiles`` default to the configured
    file; without ``key`` there are no cursors; ``foresight`` is what earlier searches were told.
    Raises ``SearchProblem`` and its kinds, and the errors of ``elastic.errors``.
    """
    watch, live = Stopwatch(), Index(client, alias, foresight=foresight or Foresight())
    with watch.stage("total"):
        profile = profile_named(criteria.profile, profiles or load_profiles())
        walk = walk_of(criteria, key, now)
        with watch.stage("interpretation"):
            meaning = interpret(criteria.what)
        with watch.stage("area"):
            area = await resolve_area(criteria, deps) if walk is None else walk.area
        window = window_of(now if walk is None else walk.now, area.zone, criteria.window_hours)
        seed = seed_of(criteria) if walk is None else walk.seed
        plan = plan_of(criteria, meaning, area, window, profile=profile, seed=seed)
        async with reading(live, criteria, walk) as index:
            with watch.stage("search"):
                found = await found_by(index, plan, walk)
            follows = await followed(index, found, walk, key, now)
    return page_of(found._replace(next=follows), watch.took)


def seed_of(criteria: Criteria) -> int:
    """The seed given, else a fresh one: echoed, it repeats the order on the next pages (W03)."""
    return secrets.randbelow(SEED_LIMIT) if criteria.seed is None else criteria.seed


async def found_by(index: Index, plan: Plan, walk: Walk | None) -> Found:
    """All that one page shows."""
    if walk is None:
        plan = plan._replace(without_rpps=await doctor_rpps(index, plan))
        answering = answered(index, plan)
    else:
        plan = resumed(plan, walk)
        answering = continued(index, plan, walk)
    if plan.without_rpps is None:
        return await answering
    found, places = await asyncio.gather(answering, places_of_doctor(index, plan))
    whole: Found = found._replace(places=places)
    return whole


async def doctor_rpps(index: Index, plan: Plan) -> str | None:
    """The RPPS asked for, or that of the only person of that name around; None otherwise."""
    if not plan.criteria.treating_doctor:
        return None
    asked = read_doctor(plan.criteria.treating_doctor)
    if asked.name is None:
        return asked.rpps
    return only_person(await index.ask(people_body(asked.name, plan.area)))


async def places_of_doctor(index: Index, plan: Plan) -> Answer:
    """The treating doctor's places; beyond the first page only whether he has any."""
    body = places_body(plan.without_rpps or "", plan.area)
    return await index.ask(body if plan.first_page else {**body, "size": 0})
