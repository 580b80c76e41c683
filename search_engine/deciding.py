"""What a search decides before its page is asked: who stands behind a CPTS, how far it looks, how
loosely a name is spelt. The page is asked with the questions where nothing hangs on them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mappings.records import Offer
from search_engine.enlargement import (
    ENOUGH,
    bears_name,
    count_body,
    counted_slots,
    enough_at,
    found_at,
    larger_radii,
    may_grow,
    needed_slots,
)
from search_engine.filters import name_queries, offer_filters
from search_engine.groups import (
    by_finess,
    covering_body,
    cpts_body,
    groups_here,
    is_complete,
    represented,
)
from search_engine.index import Answer, Index, total_of
from search_engine.plan import Plan
from search_engine.problems import CptsNotFound
from search_engine.query import members_body, page_body

Body = dict[str, Any]
Cards = Mapping[str, Offer]

SEARCHED, COVERING, POOR, EXACT = "searched", "covering", "poor", "exact"
MEMBERS, PAGE = "members", "page"


@dataclass(frozen=True, slots=True)
class Decided:
    """The plan as it is asked, the cards of the CPTS that it shows by FINESS, how many members of
    each answer; the page, where it could be asked with the questions; and whether few offers answer
    even in the largest circle."""

    plan: Plan
    cpts: Cards
    sizes: Mapping[str, int]
    page: Answer | None = None
    poor: bool = False


async def decided(index: Index, plan: Plan) -> Decided:
    """What a search decides: one request in the ordinary case, one more where offers are scarce.

    It depends on the index alone, so every page of a search decides the same. Raises
    ``CptsNotFound``.
    """
    plan, cpts, answers = await _first_questions(index, plan)
    if POOR in answers and total_of(answers[POOR]) < ENOUGH:
        return await _further(index, plan, cpts)
    plan = replace(plan, fuzzy=EXACT in answers and not total_of(answers[EXACT]))
    if not plan.covering:
        return Decided(plan, cpts, {}, None if plan.fuzzy else answers.get(PAGE))
    members = answers.get(MEMBERS)
    if members is None or not is_complete(members):
        members = await index.ask(members_body(plan))
    return _grouped(plan, cpts, members)


def _grouped(plan: Plan, cpts: Cards, members: Answer) -> Decided:
    plan, sizes = represented(plan, members)
    return Decided(plan, cpts, sizes)


async def _further(index: Index, plan: Plan, cpts: Cards) -> Decided:
    """The decision over a larger circle."""
    radii = larger_radii(plan.area)
    circles = [plan.within(radius) for radius in radii] if plan.covering else []
    bodies = [count_body(plan.of_everybody(), radii), *map(members_body, circles)]
    counts, *members = await index.ask_all(bodies)
    at = enough_at(counts)
    larger = plan.within(radii[at])
    larger = replace(larger, fuzzy=bool(plan.meaning.text) and not bears_name(counts, at))
    told = _grouped(larger, cpts, members[at]) if members else Decided(larger, cpts, {})
    return replace(told, poor=found_at(counts, at) < ENOUGH)


async def _first_questions(index: Index, plan: Plan) -> tuple[Plan, Cards, dict[str, Answer]]:
    """The CPTS, the counts, and the page or the members, all at once.

    First the CPTS where the meaning of a selected filter hangs on them.
    """
    who = cpts_questions(plan)
    if COVERING in who and plan.criteria.kind:
        plan, cpts = with_cpts(plan, await _asked(index, who))
        return plan, cpts, await _asked(index, count_questions(plan))
    what = {MEMBERS: members_body(plan)} if COVERING in who else {PAGE: page_body(plan)}
    answers = await _asked(index, {**who, **count_questions(plan), **what})
    plan, cpts = with_cpts(plan, answers)
    return plan, cpts, answers


async def _asked(index: Index, questions: Mapping[str, Body]) -> dict[str, Answer]:
    answers = await index.ask_all(list(questions.values()))
    return dict(zip(questions, answers, strict=True))


def cpts_questions(plan: Plan) -> dict[str, Body]:
    """The cards of the CPTS that cover the commune, and of the one whose members are searched.

    Among the members of one, the others matter to the filter of kinds alone.
    """
    searched, questions = plan.criteria.cpts, {}
    if searched is not None:
        questions[SEARCHED] = cpts_body([searched])
    if plan.area.insee is None or (searched is not None and not plan.criteria.kind):
        return questions
    if groups_here(plan.of_everybody()):
        questions[COVERING] = covering_body(plan.area.insee)
    return questions


def with_cpts(plan: Plan, answers: Mapping[str, Answer]) -> tuple[Plan, Cards]:
    """The plan that groups behind the CPTS found, and the cards that it shows."""
    around = by_finess(answers[COVERING]) if COVERING in answers else {}
    if plan.criteria.cpts is None:
        return replace(plan, covering=tuple(around)), around
    searched = by_finess(answers[SEARCHED])
    if not searched:
        raise CptsNotFound
    return replace(plan, beside=tuple(around)), searched


def count_questions(plan: Plan) -> dict[str, Body]:
    """Whether too few offers answer, whether one bears the exact name; each stops once it knows.

    Those of the members of one CPTS are counted over everybody: opening the card of a CPTS
    searches the circle in which the card was found.
    """
    plan, questions = plan.of_everybody(), {}
    if may_grow(plan.area):
        questions[POOR] = _at_least(ENOUGH, plan, counted_slots(plan))
    if plan.meaning.text:
        exact = [name_queries(plan.meaning.text, fuzzy=False)["exact"]]
        questions[EXACT] = _at_least(1, plan, [*exact, *needed_slots(plan)])
    return questions


def _at_least(count: int, plan: Plan, more: list[Body]) -> Body:
    everything = offer_filters(plan)
    everything["bool"]["filter"] += more
    return {"query": everything, "size": 0, "track_total_hits": count}
