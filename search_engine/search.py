"""One search, from criteria to page: the same way in for the screen, the LRM link and programs."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter

from elasticsearch import AsyncElasticsearch

from mappings.records import Offer
from search_engine.area import AddressFinder, Area, resolve_area
from search_engine.criteria import Criteria
from search_engine.enlargement import (
    ENOUGH,
    chosen_radius,
    count_body,
    larger_radii,
    may_grow,
    read_counts,
)
from search_engine.groups import (
    by_finess,
    covering_body,
    cpts_body,
    groups_here,
    of_members,
    read_representatives,
    read_sizes,
)
from search_engine.index import Answer, Index, total_of
from search_engine.instead import count_of_cards, proposals, read_proposals
from search_engine.interpretation import Interpretation, interpret
from search_engine.page import Found, Page, page_of
from search_engine.pinned import only_person, people_body, places_body, read_doctor
from search_engine.plan import Plan, plan_of
from search_engine.profiles import Profile, load_profiles, profile_named
from search_engine.query import ENOUGH_COUNT, EXACT_NAME, decision_body, page_body
from search_engine.window import window_of

SEED_LIMIT = 2**31

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
            rpps, cpts = await asyncio.gather(
                doctor_rpps(index, criteria, area), cpts_around(index, plan)
            )
            covering = tuple(cpts) if criteria.cpts is None else ()
            plan = replace(plan, without_rpps=rpps, covering=covering)
        with watch.stage("search"):
            found, places = await asyncio.gather(
                answered(index, plan), places_of_doctor(index, plan)
            )
            found = replace(found, places=places, cpts=cpts)
            found = replace(found, instead=await ways_out(index, found))
    return page_of(found, watch.took)


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


async def cpts_around(index: Index, plan: Plan) -> dict[str, Offer]:
    """The cards of the CPTS that cover the commune, or that of the one searched, by FINESS."""
    if plan.criteria.cpts is not None:
        return by_finess(await index.ask(cpts_body([plan.criteria.cpts])))
    if plan.area.insee is None or not groups_here(plan):
        return {}
    return by_finess(await index.ask(covering_body(plan.area.insee)))


async def places_of_doctor(index: Index, plan: Plan) -> Answer | None:
    """The treating doctor's places; beyond the first page only whether he has any."""
    if plan.without_rpps is None:
        return None
    body = places_body(plan.without_rpps, plan.area)
    return await index.ask(body if plan.criteria.page == 1 else {**body, "size": 0})


async def answered(index: Index, plan: Plan) -> Found:
    """The answer, after looking further when it is poor and spelling loosely when it must.

    One request in the ordinary case, one more where members stand behind a CPTS. What is decided
    depends on the index alone, so every page of a search decides the same.
    """
    found, counts = await attempt(index, plan)
    if may_grow(plan.area) and answers(counts, ENOUGH_COUNT) < ENOUGH:
        found, counts = await attempt(index, await enlarged(index, plan))
    if found.plan.meaning.text and not answers(counts, EXACT_NAME):
        found, _ = await attempt(index, replace(found.plan, fuzzy=True))
    return found


async def attempt(index: Index, plan: Plan) -> tuple[Found, Answer]:
    """The page of the plan as it is, and the answer that holds the counts of decisions.

    Those of the members of one CPTS are counted over everybody: opening the card of a CPTS
    searches the circle in which the card was found.
    """
    plan, sizes = await represented(index, plan)
    answer = await index.ask(page_body(plan))
    found = Found(plan, answer, sizes=sizes)
    if plan.criteria.cpts is None:
        return found, answer
    everybody = plan.criteria.model_copy(update={"cpts": None})
    return found, await index.ask(decision_body(replace(plan, criteria=everybody)))


async def represented(index: Index, plan: Plan) -> tuple[Plan, Mapping[str, int]]:
    """The plan with the best member of each covering CPTS, and how many members each has."""
    if not plan.covering:
        return plan, {}
    plan = replace(plan, representatives={})
    answer = await index.ask(of_members(page_body(plan), plan))
    return replace(plan, representatives=read_representatives(answer)), read_sizes(answer)


def answers(counts: Answer, name: str) -> int:
    """One of the counts on which a decision hangs."""
    return int(counts["aggregations"][name]["doc_count"])


async def enlarged(index: Index, plan: Plan) -> Plan:
    """The same search over the smallest larger circle with enough offers, else the largest."""
    everybody = replace(plan, criteria=plan.criteria.model_copy(update={"cpts": None}))
    radii = larger_radii(plan.area)
    counts = read_counts(await index.ask(count_body(everybody, radii)), radii)
    return plan.within(chosen_radius(radii, counts))


async def ways_out(index: Index, found: Found) -> list[dict[str, object]]:
    """What would not be empty, when the search is."""
    if total_of(found.answer):
        return []
    asked = proposals(found.plan)
    return read_proposals(asked, await index.ask_all([count_of_cards(p.plan) for p in asked]))
