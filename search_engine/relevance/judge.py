"""Cases run on one index, one after the other."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from random import Random
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.errors import ElasticRejected
from mappings.records import Kind, Offer
from search_engine.backend.index import read_total
from search_engine.relevance.cases import AnywhereCase, Case, Cases, KnownItems
from search_engine.relevance.index_probe import SEED, IndexProbe, JudgedAnswer
from search_engine.relevance.known_items.judging import (
    DRAWS,
    SMOKE_DRAWS,
    judge_known_items,
)
from search_engine.relevance.known_items.templates import ItemTemplate, load_templates
from search_engine.relevance.limits import (
    GATES,
    LEAST_PEOPLE,
    PLACES,
    SMOKE_PLACES,
    SMOKE_TEMPLATES,
    TypedSet,
)
from search_engine.relevance.measures import PageIds, judgements, ndcg, problems
from search_engine.relevance.readings import judge_readings
from search_engine.relevance.rules import breaches
from search_engine.relevance.sample import (
    build_item_case,
    build_name_search,
    draw_known_items,
    draw_places,
    ids_without_namesakes,
    is_crowded,
    item_id,
)
from search_engine.relevance.verdict import REJECTED, CaseOutcome, Level, RelevanceVerdict
from search_engine.request.problems import (
    PlaceNotFound,
    PlaceOutsideFrance,
    QueryTooShort,
    RadiusNotApplicable,
    UnknownCode,
)
from search_engine.response.page import list_shown_ids

ANYWHERE = "anywhere"
"""The group of the cases of rules in a report; the others go by their kind."""

UNANSWERABLE = (
    PlaceNotFound,
    PlaceOutsideFrance,
    QueryTooShort,
    RadiusNotApplicable,
    UnknownCode,
)
"""Refusals of one search; anything else means that the service is wanting, and is raised."""

Advance = Callable[[int], None]
"""Called with how many searches were judged."""


async def judge(
    client: AsyncElasticsearch,
    name: str,
    cases: Cases,
    now: datetime,
    *,
    smoke: bool = False,
    typed: bool = True,
    seed: int = SEED,
    advance: Advance = lambda done: None,
) -> RelevanceVerdict:
    """Every case run on the alias or index ``name`` at the instant ``now`` (aware).

    The typed searches come first: readings, which need no index, and known items, drawn from it
    with the ``seed``. Without ``typed`` they are left out, for cases of one's own. ``smoke`` runs
    the bounded part that a new index must pass before it goes live. Raises the errors of
    ``elastic.errors``, and ``PartialAnswer``.
    """
    asking = IndexProbe(client, name, now)
    readings = list(judge_readings(smoke=smoke)) if typed else []
    verdict = RelevanceVerdict([], readings, smoke=smoke)
    sets = [(verdict.outcomes, judge_cases(asking, cases, smoke=smoke))]
    if typed and (not smoke or await holds_enough_people(asking)):
        sets.insert(0, (verdict.known, judge_templates(asking, smoke=smoke, seed=seed)))
    for kept, coming in sets:
        async for one in coming:
            kept.append(one)
            advance(len(verdict.known) + len(verdict.outcomes))
    return verdict


async def holds_enough_people(probe: IndexProbe) -> bool:
    """Whether known items judge the index before a swap: they gate, and it is no sample."""
    query = {"term": {"kind": Kind.PROFESSIONAL.value}}
    body = {"query": query, "size": 0, "track_total_hits": LEAST_PEOPLE}
    held = read_total(await probe.index.fetch_answer(body))
    return GATES[TypedSet.KNOWN_ITEMS] and held >= LEAST_PEOPLE


def judge_templates(probe: IndexProbe, *, smoke: bool, seed: int) -> AsyncIterator[CaseOutcome]:
    """The known items; before a swap some that must be found, once each."""
    if not smoke:
        return judge_known_items(probe, load_templates(), draws=DRAWS, seed=seed)
    return judge_known_items(probe, draw_smoke_templates(seed), draws=SMOKE_DRAWS, seed=seed)


def draw_smoke_templates(seed: int) -> list[ItemTemplate]:
    """The templates typed before a swap: the same for one seed, in their order."""
    musts = [one for one in load_templates() if one.level is Level.MUST]
    drawn = Random(seed).sample(range(len(musts)), SMOKE_TEMPLATES)  # noqa: S311 - no secret
    return [musts[position] for position in sorted(drawn)]


async def judge_cases(
    probe: IndexProbe, cases: Cases, *, smoke: bool
) -> AsyncIterator[CaseOutcome]:
    """The outcomes, as they come."""
    for case in () if smoke else cases.case:
        yield await judge_by_ids(probe, case)
    drawn = await draw_places(probe, SMOKE_PLACES if smoke else PLACES)
    for anywhere in cases.anywhere:
        if smoke and not anywhere.smoke:
            continue
        for place in (
            [{}] if anywhere.has_search_place else [each[anywhere.place] for each in drawn]
        ):
            yield await judge_by_rules(probe, anywhere, place)
    for known in cases.known:
        wanted = known.smoke_items if smoke else known.items
        for offer in await draw_known_items(probe, known, wanted):
            yield await judge_item(probe, known, offer)


async def judge_by_ids(probe: IndexProbe, case: Case) -> CaseOutcome:
    """A case judged by ids; not judged when the index no longer holds what it expects."""
    about = CaseOutcome(case.id, case.kind.value, case.description, case.search)
    if len(await probe.fetch_offers(case.expected)) < len(set(case.expected)):
        return about.as_not_judged("une offre attendue n'est pas dans cet index")
    try:
        seen = await probe.fetch_page(case.search)
    except ElasticRejected:
        return about.with_problems([REJECTED])
    except UNANSWERABLE as problem:
        return about.with_problems([problem.detail])
    shown = page_ids(seen)
    graded = ndcg(shown.results, judgements(case)) if case.expected else None
    one = about.with_problems(problems(case, shown), titles(seen), graded)
    return one if case.known_failure is None else one.as_known_failure(case.known_failure)


async def judge_by_rules(
    probe: IndexProbe, case: AnywhereCase, place: dict[str, Any]
) -> CaseOutcome:
    """A case of rules; not judged where there is nothing to judge, which is never a pass."""
    placed = {**case.search, **place}
    about = CaseOutcome(case.id, ANYWHERE, case.description, placed)
    try:
        if not await probe.count_offers(placed):
            return about.as_not_judged("aucune offre dans ce secteur")
        seen = await probe.fetch_page(placed)
    except ElasticRejected:
        return about.with_problems([REJECTED])
    except UNANSWERABLE as problem:
        return about.as_not_judged(problem.detail)
    wrong = breaches(seen, case)
    if seen.cards or wrong:
        return about.with_problems(wrong, titles(seen))
    held = await count_expected_offers(probe, case, placed)
    if held:
        return about.with_problems([f"rien de trouvé là où {held} offres pourraient répondre"])
    return about.as_not_judged("aucune offre à juger")


async def count_expected_offers(
    probe: IndexProbe, case: AnywhereCase, raw_criteria: dict[str, Any]
) -> int:
    """How many offers should have answered, 0 where they do not abound."""
    if case.found_where is None:
        return 0
    held = await probe.count_offers(raw_criteria, case.found_where.traits)
    return held if held >= case.found_where.offers else 0


async def judge_item(probe: IndexProbe, items: KnownItems, offer: Offer) -> CaseOutcome:
    """One known item searched by its name."""
    about = CaseOutcome(
        item_id(items, offer), items.kind.value, items.description, build_name_search(offer)
    )
    try:
        seen = await probe.fetch_page(about.search)
    except ElasticRejected:
        return about.with_problems([REJECTED])
    except UNANSWERABLE as problem:
        return about.as_not_judged(problem.detail)
    case = build_item_case(items, offer, seen)
    if offer["id"] not in page_ids(seen).results and is_crowded(seen, offer):
        return about.as_not_judged("plus d'offres portent ce nom que la page n'en montre")
    wrong = [*problems(case, page_ids(seen)), *breaches(seen)]
    one = about.with_problems(
        wrong, titles(seen), ndcg(ids_without_namesakes(seen, offer), judgements(case))
    )
    return one.as_tolerated() if wrong == missing(case) else one


def missing(case: Case) -> list[str]:
    """The only problem of an item that is not found, and else does no harm."""
    return problems(case, PageIds([], [], []))


def page_ids(answer: JudgedAnswer) -> PageIds:
    """The page as cases by ids judge it."""
    page = answer.page
    return PageIds(
        list_shown_ids(page["results"]),
        [card["id"] for card in page["pinned"]],
        [warning["code"] for warning in page["warnings"]],
    )


def titles(answer: JudgedAnswer) -> list[str]:
    """What the page showed, in its order."""
    return [str(card["title"]) for card in answer.page["results"]]
