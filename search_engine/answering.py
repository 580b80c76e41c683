"""From a plan to its answer: what is decided, the page, what stands beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from search_engine.counting import cards_body, cards_of
from search_engine.deciding import Answers, Decided, decided
from search_engine.enlargement import ENOUGH
from search_engine.foresight import Size, SizeKey
from search_engine.grouping import MEMBERS
from search_engine.groups import represented
from search_engine.index import Answer, Index, hits_of, total_of
from search_engine.instead import proposals, told_proposals, ways_in, ways_questions
from search_engine.merging import merged
from search_engine.page import Found
from search_engine.plan import Plan
from search_engine.query import PAGE, is_filled, only_participants, page_bodies, whole_page
from search_engine.solutions import (
    SOLUTIONS,
    solutions_block,
    solutions_body,
    solutions_questions,
    wants_solutions,
)

MANY = 3_000
"""Cards from which reading what the slots of offers say together is quicker than walking them."""


async def answered(index: Index, plan: Plan) -> Found:
    """The page of the plan, after looking further when few offers answer and spelling loosely
    when nobody bears the name, with what stands beside a poor one."""
    seen = index.foresight.sizes.foreseen(size_key(plan)) or Size()
    led = seen.led >= plan.criteria.size
    told = await decided(index, replace(plan, many=seen.total >= MANY, led=led))
    answers = told.page or await _asked_last(index, told)
    if only_participants(told.plan) and not is_filled(told.plan, answers):
        told = replace(told, plan=replace(told.plan, led=False))
        answers = await _asked_last(index, told)
    found = found_in(told, answers)
    if plan.first_page:
        led_now = led_by(told.plan, answers)
        size = Size(total_of(found.answer), max(seen.led, led_now) if led_now else 0)
        index.foresight.sizes.learn(size_key(plan), size)
    return await with_ways_out(index, found, ways_in(answers))


def led_by(plan: Plan, answers: Answers) -> int:
    """How many participants fill the page, 0 when they do not."""
    hits = hits_of(answers[PAGE])
    full = is_filled(plan, answers) and all(hit["_source"].get("participant") for hit in hits)
    return len(hits) if full else 0


def size_key(plan: Plan) -> SizeKey:
    """Under which it is remembered how many answered: nothing of a patient, and no name."""
    area, word = plan.area, "" if plan.meaning.text is not None else plan.meaning.label
    return area.insee or area.department, word, plan.mode.value, area.radius_km


async def _asked_last(index: Index, told: Decided) -> Answers:
    """The page, with all that is known to belong beside it."""
    plan = told.plan
    ways = proposals(plan) if told.empty else []
    beside = solutions_questions(plan, 0 if told.poor else ENOUGH)
    bodies = {**page_bodies(plan), **beside, **ways_questions(ways)}
    return dict(zip(bodies, await index.ask_all(list(bodies.values())), strict=True))


def found_in(told: Decided, answers: Answers) -> Found:
    """What the answers of a page hold."""
    plan, page = told.plan, whole_page(answers)
    sizes: Mapping[str, int] = {}
    if MEMBERS in answers:
        plan, sizes = represented(plan, answers[MEMBERS])
        page = merged(plan, page, answers[MEMBERS])
    solutions = solutions_block(plan, answers[SOLUTIONS]) if SOLUTIONS in answers else None
    return Found(plan, page, cpts=told.cpts, sizes=sizes, solutions=solutions)


async def with_ways_out(index: Index, found: Found, counted: Sequence[Answer] = ()) -> Found:
    """The same with what stands beside a poor page: marketplace solutions (F121), and what would
    not be empty when it is; ``counted`` are the answers to their ``cards_body``, if asked."""
    plan, total = found.plan, total_of(found.answer)
    wanted = plan.first_page and wants_solutions(plan, total)
    missing = wanted and found.solutions is None
    ways = [] if total else proposals(plan)
    bodies = [] if counted else [cards_body(way.plan) for way in ways]
    answers = await index.ask_all([*bodies, *([solutions_body(plan)] if missing else [])])
    solutions = solutions_block(plan, answers.pop()) if missing else found.solutions
    plans = [way.plan for way in ways]
    totals = await cards_of(index, plans, list(counted) or answers) if ways else []
    told = told_proposals(ways, totals)
    return replace(found, solutions=solutions if wanted else None, instead=told)
