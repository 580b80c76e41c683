"""Cases asked of one index, one after the other."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.errors import ElasticRejected
from mappings.records import Offer
from search_engine.relevance.cases import AnywhereCase, Case, Cases, KnownItems
from search_engine.relevance.judged_page import Asking, Seen
from search_engine.relevance.limits import PLACES, SMOKE_PLACES
from search_engine.relevance.measures import Shown, judgements, ndcg, problems
from search_engine.relevance.rules import breaches
from search_engine.relevance.sample import (
    case_of,
    is_crowded,
    item_id,
    known_items,
    places,
    ranked,
    search_of,
)
from search_engine.relevance.verdict import Outcome, Verdict
from search_engine.request.problems import (
    PlaceNotFound,
    PlaceOutsideFrance,
    QueryTooShort,
    RadiusNotApplicable,
    UnknownCode,
)

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

REJECTED = "Elasticsearch refuse cette recherche : la structure de l'index n'est pas celle attendue"
"""A search that the index cannot answer at all, found before anybody asks it."""

Advance = Callable[[int], None]
"""Told how many searches were judged."""


async def judge(
    client: AsyncElasticsearch,
    name: str,
    cases: Cases,
    now: datetime,
    *,
    smoke: bool = False,
    advance: Advance = lambda done: None,
) -> Verdict:
    """Every case asked of the alias or index ``name`` at the instant ``now`` (aware).

    ``smoke`` asks the bounded part that a new index must pass before it goes live. Raises the
    errors of ``elastic.errors``, and ``PartialAnswer``.
    """
    asking = Asking(client, name, now)
    outcomes: list[Outcome] = []
    async for one in judged(asking, cases, smoke=smoke):
        outcomes.append(one)
        advance(len(outcomes))
    return Verdict(outcomes)


async def judged(asking: Asking, cases: Cases, *, smoke: bool) -> AsyncIterator[Outcome]:
    """The outcomes, as they come."""
    for case in () if smoke else cases.case:
        yield await judged_by_ids(asking, case)
    drawn = await places(asking, SMOKE_PLACES if smoke else PLACES)
    for anywhere in cases.anywhere:
        if smoke and not anywhere.smoke:
            continue
        for place in [{}] if anywhere.placed else [each[anywhere.place] for each in drawn]:
            yield await judged_by_rules(asking, anywhere, place)
    for known in cases.known:
        wanted = known.smoke_items if smoke else known.items
        for offer in await known_items(asking, known, wanted):
            yield await judged_item(asking, known, offer)


async def judged_by_ids(asking: Asking, case: Case) -> Outcome:
    """A case judged by ids; not judged when the index no longer holds what it expects."""
    about = Outcome(case.id, case.kind.value, case.description, case.search)
    if len(await asking.stored(case.expected)) < len(set(case.expected)):
        return about.not_judged("une offre attendue n'est pas dans cet index")
    try:
        seen = await asking.seen(case.search)
    except ElasticRejected:
        return about.judged([REJECTED])
    except UNANSWERABLE as problem:
        return about.judged([problem.detail])
    shown = shown_by(seen)
    graded = ndcg(shown.found, judgements(case)) if case.expected else None
    one = about.judged(problems(case, shown), titles(seen), graded)
    return one if case.known_failure is None else one.known_to_fail(case.known_failure)


async def judged_by_rules(asking: Asking, case: AnywhereCase, place: dict[str, Any]) -> Outcome:
    """A case of rules; not judged where there is nothing to judge, which is never a pass."""
    asked = {**case.search, **place}
    about = Outcome(case.id, ANYWHERE, case.description, asked)
    try:
        if not await asking.holds(asked):
            return about.not_judged("aucune offre dans ce secteur")
        seen = await asking.seen(asked)
    except ElasticRejected:
        return about.judged([REJECTED])
    except UNANSWERABLE as problem:
        return about.not_judged(problem.detail)
    wrong = breaches(seen, case)
    if seen.cards or wrong:
        return about.judged(wrong, titles(seen))
    held = await held_of(asking, case, asked)
    if held:
        return about.judged([f"rien de trouvé là où {held} offres pourraient répondre"])
    return about.not_judged("aucune offre à juger")


async def held_of(asking: Asking, case: AnywhereCase, asked: dict[str, Any]) -> int:
    """How many offers should have answered, 0 where they do not abound."""
    if case.found_where is None:
        return 0
    held = await asking.holds(asked, case.found_where.traits)
    return held if held >= case.found_where.offers else 0


async def judged_item(asking: Asking, asked: KnownItems, offer: Offer) -> Outcome:
    """One known item searched by its name."""
    about = Outcome(item_id(asked, offer), asked.kind.value, asked.description, search_of(offer))
    try:
        seen = await asking.seen(about.search)
    except ElasticRejected:
        return about.judged([REJECTED])
    except UNANSWERABLE as problem:
        return about.not_judged(problem.detail)
    case = case_of(asked, offer, seen)
    if offer["id"] not in shown_by(seen).found and is_crowded(seen, offer):
        return about.not_judged("plus d'offres portent ce nom que la page n'en montre")
    wrong = [*problems(case, shown_by(seen)), *breaches(seen)]
    one = about.judged(wrong, titles(seen), ndcg(ranked(seen, offer), judgements(case)))
    return one.excused() if wrong == missing(case) else one


def missing(case: Case) -> list[str]:
    """The only problem of an item that is not found, and else does no harm."""
    return problems(case, Shown([], [], []))


def shown_by(seen: Seen) -> Shown:
    """The page as cases by ids judge it."""
    page = seen.page
    return Shown(
        [card["id"] for card in page["results"]],
        [card["id"] for card in page["pinned"]],
        [warning["code"] for warning in page["warnings"]],
    )


def titles(seen: Seen) -> list[str]:
    """What the page showed, in its order."""
    return [str(card["title"]) for card in seen.page["results"]]
