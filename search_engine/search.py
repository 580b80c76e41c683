"""One search, from criteria to page: the same way in for the screen, the LRM link and programs."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.errors import translated
from search_engine.area import AddressFinder, Area, resolve_area
from search_engine.criteria import Criteria
from search_engine.enlargement import (
    ENOUGH,
    chosen_radius,
    count_body,
    counts_slots,
    larger_radii,
    may_grow,
    read_counts,
)
from search_engine.interpretation import Interpretation, interpret
from search_engine.page import Page, page_of
from search_engine.pinned import only_person, people_body, places_body, read_doctor
from search_engine.plan import Plan, plan_of
from search_engine.problems import PartialAnswer
from search_engine.profiles import Profile, load_profiles, profile_named
from search_engine.query import EXACT_NAME, WITH_SLOT, page_body
from search_engine.window import window_of

SEED_LIMIT = 2**31

Answer = dict[str, Any]
AreaResolver = Callable[[Criteria, AddressFinder], Awaitable[Area]]
Interpreter = Callable[[str], Interpretation]


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent by stage, for the block ``took_ms``."""

    took: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is inside; a stage met twice adds up."""
        started = perf_counter()
        try:
            yield
        finally:
            elapsed = (perf_counter() - started) * 1000
            self.took[name] = round(self.took.get(name, 0.0) + elapsed, 3)


@dataclass(frozen=True, slots=True)
class Index:
    """The offers behind one alias, read through one client."""

    client: AsyncElasticsearch
    alias: str

    async def ask(self, body: dict[str, Any]) -> Answer:
        """The whole answer to one request.

        Raises the typed errors of ``elastic.errors``, and ``PartialAnswer`` when a shard is
        missing: an answer with holes would look like a true one (W19, F072).
        """
        with translated():
            response = await self.client.search(
                index=self.alias, body=body, allow_partial_search_results=False
            )
        answer: Answer = response.body
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise PartialAnswer
        return answer


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
) -> Page:
    """The page that answers the criteria at the instant ``now`` (aware).

    ``deps`` is what ``resolve_area`` needs, a geocoder; ``profiles`` default to the configured
    file. Raises ``SearchProblem`` and its kinds, and the errors of ``elastic.errors``.
    """
    watch, index = Stopwatch(), Index(client, alias)
    with watch.stage("total"):
        profile = profile_named(criteria.profile, profiles or load_profiles())
        with watch.stage("interpretation"):
            meaning = interpret(criteria.what)
        with watch.stage("area"):
            area = await resolve_area(criteria, deps)
        window = window_of(now, area.zone, criteria.window_hours)
        plan = plan_of(criteria, meaning, area, window, profile=profile, seed=seed_of(criteria))
        with watch.stage("doctor"):
            plan = replace(plan, without_rpps=await doctor_rpps(index, criteria, area))
        with watch.stage("search"):
            (plan, answer), places = await asyncio.gather(
                answered(index, plan), places_of_doctor(index, plan)
            )
    return page_of(plan, answer, places, watch.took)


def seed_of(criteria: Criteria) -> int:
    """The seed given, else a fresh one: echoed, it repeats the order on the next pages (W03)."""
    return secrets.randbelow(SEED_LIMIT) if criteria.seed is None else criteria.seed


async def doctor_rpps(index: Index, criteria: Criteria, area: Area) -> str | None:
    """The RPPS asked for, or that of the only person of that name around; None otherwise."""
    if not criteria.treating_doctor:
        return None
    asked = read_doctor(criteria.treating_doctor)
    if asked.name is None:
        return asked.rpps
    return only_person(await index.ask(people_body(asked.name, area)))


async def places_of_doctor(index: Index, plan: Plan) -> Answer | None:
    """The treating doctor's places; beyond the first page only whether he has any."""
    if plan.without_rpps is None:
        return None
    body = places_body(plan.without_rpps, plan.area)
    return await index.ask(body if plan.criteria.page == 1 else {**body, "size": 0})


async def answered(index: Index, plan: Plan) -> tuple[Plan, Answer]:
    """The answer, after looking further when it is poor and spelling loosely when it must.

    One request in the ordinary case. What is decided depends on the index alone, so every page
    of a search decides the same.
    """
    grows = may_grow(plan.area)
    answer = await index.ask(page_body(plan, count_slots=grows and not plan.slot_needed))
    if grows and answers(plan, answer) < ENOUGH:
        plan = await enlarged(index, plan)
        answer = await index.ask(page_body(plan))
    if plan.meaning.text and not answer["aggregations"][EXACT_NAME]["doc_count"]:
        plan = replace(plan, fuzzy=True)
        answer = await index.ask(page_body(plan))
    return plan, answer


def answers(plan: Plan, answer: Answer) -> int:
    """How many offers of the first circle answer: those with a slot where slots are looked for."""
    if counts_slots(plan) and not plan.slot_needed:
        return int(answer["aggregations"][WITH_SLOT]["doc_count"])
    return int(answer["hits"]["total"]["value"])


async def enlarged(index: Index, plan: Plan) -> Plan:
    """The same search over the smallest larger circle with enough offers, else the largest."""
    radii = larger_radii(plan.area)
    counts = read_counts(await index.ask(count_body(plan, radii)), radii)
    return plan.within(chosen_radius(radii, counts))
