"""What a search decides before its page is asked: who stands behind a CPTS, how far it looks, how
loosely a name is spelt. The page is then asked once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mappings.records import Offer
from search_engine.availability import has_slot
from search_engine.enlargement import (
    ENOUGH,
    chosen,
    count_body,
    counts_slots,
    larger_radii,
    may_grow,
)
from search_engine.filters import name_queries, offer_filters
from search_engine.groups import by_finess, covering_body, cpts_body, groups_here
from search_engine.index import Answer, Index, total_of
from search_engine.plan import Plan
from search_engine.problems import CptsNotFound

Body = dict[str, Any]
Cards = Mapping[str, Offer]

SEARCHED, COVERING, POOR, EXACT = "searched", "covering", "poor", "exact"


async def decided(index: Index, plan: Plan) -> tuple[Plan, Cards]:
    """The plan as it will be asked, and the cards of the CPTS that it shows, by FINESS.

    One request in the ordinary case, one more where offers are scarce. What is decided depends
    on the index alone, so every page of a search decides the same. Raises ``CptsNotFound``.
    """
    plan, cpts, answers = await _first_questions(index, plan)
    if POOR in answers and total_of(answers[POOR]) < ENOUGH:
        radii = larger_radii(plan.area)
        radius, exact = chosen(await index.ask(count_body(plan.of_everybody(), radii)), radii)
        return replace(plan.within(radius), fuzzy=EXACT in answers and not exact), cpts
    return replace(plan, fuzzy=EXACT in answers and not total_of(answers[EXACT])), cpts


async def _first_questions(index: Index, plan: Plan) -> tuple[Plan, Cards, dict[str, Answer]]:
    """The CPTS and the counts, at once unless the meaning of a filter hangs on the CPTS."""
    who = cpts_questions(plan)
    if who and plan.criteria.kind:
        plan, cpts = with_cpts(plan, await _asked(index, who))
        return plan, cpts, await _asked(index, count_questions(plan))
    answers = await _asked(index, {**who, **count_questions(plan)})
    plan, cpts = with_cpts(plan, answers)
    return plan, cpts, answers


async def _asked(index: Index, questions: Mapping[str, Body]) -> dict[str, Answer]:
    answers = await index.ask_all(list(questions.values()))
    return dict(zip(questions, answers, strict=True))


def cpts_questions(plan: Plan) -> dict[str, Body]:
    """The cards of the CPTS that cover the commune, and of the one whose members are searched."""
    questions = {}
    if plan.criteria.cpts is not None:
        questions[SEARCHED] = cpts_body([plan.criteria.cpts])
    if plan.area.insee is not None and groups_here(plan.of_everybody()):
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
        slots = [has_slot(plan.slots)] if counts_slots(plan) and not plan.slots_chosen else []
        questions[POOR] = _at_least(ENOUGH, plan, slots)
    if plan.meaning.text:
        exact = [name_queries(plan.meaning.text, fuzzy=False)["exact"]]
        slots = [has_slot(plan.slots)] if plan.slot_needed and not plan.slots_chosen else []
        questions[EXACT] = _at_least(1, plan, [*exact, *slots])
    return questions


def _at_least(count: int, plan: Plan, more: list[Body]) -> Body:
    everything = offer_filters(plan)
    everything["bool"]["filter"] += more
    return {"query": everything, "size": 0, "track_total_hits": count}
