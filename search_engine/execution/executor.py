"""The execute step: the only place from which a search speaks to Elasticsearch.

One round trip in the ordinary case. A wrong prediction, a name spelt loosely or a poor page costs
one more.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from mappings.records import Offer
from search_engine.backend.bodies import Answer
from search_engine.backend.hints import NO_CIRCLE
from search_engine.backend.index import Index, drop_hits, read_hits, read_total, split_page
from search_engine.execution.cursor import CursorState
from search_engine.execution.merge import merge_cpts_cards
from search_engine.execution.planner import (
    Answers,
    Decision,
    FoundCpts,
    Prediction,
    are_people_few,
    build_page_requests,
    build_plan,
    circle_key,
    circle_requests,
    continue_plan,
    decide_plan,
    first_requests,
    needs_covering,
    plan_requests,
    predict_search,
    read_cpts,
    restore_plan,
)
from search_engine.query.alternatives import (
    Alternative,
    absent_body,
    alternatives_block,
    build_absent_alternatives,
    build_alternatives,
    fuzzy_body,
    read_cards,
    read_fuzzy,
)
from search_engine.query.cpts_groups import cards_by_finess, read_first_members, read_groups
from search_engine.query.grouped_counts import MEMBERS
from search_engine.query.names.candidates import read_candidates
from search_engine.query.page_requests import (
    CPTS_CARDS,
    IN_PERSON,
    PAGE,
    REMOTE,
    SOLUTIONS,
    alternative_answers,
    beside_requests,
    merge_page_answers,
    page_requests,
)
from search_engine.query.people.folding import take_people
from search_engine.query.plan import CptsGroups, Plan, ResolvedRequest
from search_engine.query.ranking import weighs_practice
from search_engine.query.solutions import wants_solutions
from search_engine.query.treating_doctor import (
    only_person,
    people_body,
    places_body,
    read_doctor,
    read_practice,
)
from search_engine.query.visibility.remote import (
    count_seen_in_person,
    read_in_person,
    read_remote,
    wants_remote,
)
from search_engine.request.problems import CursorUnreadable
from search_engine.request.typed_line import is_name_given_up
from search_engine.response.page import SearchResult
from search_engine.response.remote_line import remote_block
from search_engine.response.solutions import solutions_block


async def execute_search(
    index: Index, requests: Sequence[ResolvedRequest], state: CursorState | None = None
) -> SearchResult:
    """The result of one page: the first pages by number, the next ones also by cursor.

    ``requests`` are the searches of the line in turn: the page is that of the first with a result,
    else of the last; a cursor resumes its own. The treating doctor's places are fetched at the same
    time, or before where they order the page. Raises ``CptsNotFound``, ``CursorUnreadable`` and the
    errors of ``elastic.errors``.
    """
    first = requests[0]
    if first.without_rpps is not None and state is None and weighs_practice(first):
        return await _execute_after_doctor(index, requests)
    page = _execute_any(index, requests, state)
    if first.without_rpps is None:
        return await page
    result, places = await asyncio.gather(page, _fetch_doctor_places(index, requests[0], state))
    whole: SearchResult = result._replace(places=places)
    return whole


async def _execute_after_doctor(index: Index, requests: Sequence[ResolvedRequest]) -> SearchResult:
    """The result where the order depends on whether the treating doctor can see his patient."""
    first = requests[0]
    places = await index.fetch_answer(places_body(first.without_rpps or "", first.area))
    practice = read_practice(first.criteria.role, first.window, places)
    result = await _execute_any(index, [one._replace(practice=practice) for one in requests], None)
    shown = places if first.criteria.page == 1 else drop_hits(places)
    whole: SearchResult = result._replace(places=shown)
    return whole


async def fetch_doctor_rpps(index: Index, request: ResolvedRequest) -> str | None:
    """The RPPS in the criteria, or that of the only person of that name around; None otherwise."""
    if not request.criteria.treating_doctor:
        return None
    doctor = read_doctor(request.criteria.treating_doctor)
    if doctor.name is None:
        return doctor.rpps
    return only_person(await index.fetch_answer(people_body(doctor.name, request.area)))


async def _execute_any(
    index: Index, requests: Sequence[ResolvedRequest], state: CursorState | None
) -> SearchResult:
    if state is not None:
        if state.attempt >= len(requests):  # sealed before the tables of words changed
            raise CursorUnreadable
        return await _execute_next(index, requests[state.attempt], state)
    result = await _execute_in_turn(index, requests)
    return await _add_absent(index, requests, result)


async def _execute_in_turn(index: Index, requests: Sequence[ResolvedRequest]) -> SearchResult:
    """The first result that holds somebody, else the last one."""
    first, *others = requests
    result = await _execute_first(index, first)
    if not others:
        return result
    if not read_total(result.answer):
        return await _execute_in_turn(index, others)
    if not _is_doubtful(result, others[0]):
        return result
    far = await _execute_first(index, others[0])
    return far if read_total(far.answer) else result


def _is_doubtful(result: SearchResult, after: ResolvedRequest) -> bool:
    """Nobody around is called so, and the next search looks for exactly that name farther away: who
    is named by several words comes before those whose name is only near to them.

    One search more where a whole name has near ones alone: nearly all of those lines have an error,
    so the first page of the others would show strangers in the place of the person named. A single
    word is left: too many are near to it for their absence to say anything.
    """
    text = result.plan.request.meaning.text or ""
    return result.plan.fuzzy and " " in text and after.is_far


async def _add_absent(
    index: Index, requests: Sequence[ResolvedRequest], result: SearchResult
) -> SearchResult:
    """The result with those who answer the name and are absent, where nobody present does.

    One round trip more, for a name that was looked for in vain alone.
    """
    if read_total(result.answer) and not is_name_given_up(result.plan.request.line.parts):
        return result
    alternatives = build_absent_alternatives(requests)
    answers = await index.fetch_answers([absent_body(one.plan) for one in alternatives])
    totals = await _count_cards(index, alternatives, answers)
    for one, total, answer in zip(alternatives, totals, answers, strict=True):
        if total:
            block = alternatives_block([one], [total])
            found = [hit["_source"] for hit in read_hits(answer)]
            return result._replace(alternatives=[*block, *result.alternatives], absent=found)
    return result


async def _execute_first(index: Index, request: ResolvedRequest) -> SearchResult:
    predicted = predict_search(request, index.hints)
    cpts, answers = await _fetch_first_answers(index, request, predicted)
    if are_people_few(answers):
        answers = await index.fetch_named(circle_requests(request, cpts.covering))
    decision = decide_plan(request, cpts.covering, answers)
    _learn_circle(index, decision)
    predicted_plan = build_plan(request, cpts.covering, predicted.circle or 0)
    if PAGE not in answers or decision.plan != predicted_plan:
        answers = await index.fetch_named(build_page_requests(decision))
    plan = decision.plan
    members = _find_members(answers)
    groups = CptsGroups() if members is None else read_groups(members)
    result = SearchResult(
        plan, _merge(plan, answers), cpts.cards, groups, first_members=_read_members(answers)
    )
    named = result._replace(candidates=read_candidates(answers[PAGE]))
    return await _complete_result(index, named, answers)


async def _fetch_first_answers(
    index: Index, request: ResolvedRequest, predicted: Prediction
) -> tuple[FoundCpts, Answers]:
    """The CPTS, and the answers that decide the plan; again where other CPTS were predicted."""
    answers = await index.fetch_named(first_requests(request, predicted))
    _clear_hints_after_swap(index, answers)
    cpts = read_cpts(request, answers)
    if cpts.covering == predicted.covering:
        return cpts, answers
    if needs_covering(request):
        index.hints.area_cpts.put_cached(request.area.insee or "", cpts.covering)
    return cpts, await index.fetch_named(plan_requests(request, cpts.covering, predicted))


def _clear_hints_after_swap(index: Index, answers: Answers) -> None:
    """Every hit names the concrete index that answered: no request is spent on knowing it.

    Answers without a hit leave the hints as they are, to be verified like any other.
    """
    hit = next((hit for answer in answers.values() for hit in read_hits(answer)), None)
    if hit is not None:
        index.hints.clear_after_swap(hit["_index"])


def _learn_circle(index: Index, decision: Decision) -> None:
    key = circle_key(decision.plan.request)
    if decision.circle is not None and key is not None:
        circle = decision.circle if decision.people_count else NO_CIRCLE
        index.hints.circles.put_cached(key, circle)


async def _execute_next(index: Index, request: ResolvedRequest, state: CursorState) -> SearchResult:
    """The page after the cursor."""
    plan = restore_plan(request, state)
    answers = await index.fetch_named(page_requests(plan))
    cpts = cards_by_finess(answers[CPTS_CARDS]) if CPTS_CARDS in answers else {}
    groups = CptsGroups(state.best_member_by_cpts, state.member_counts)
    first = SearchResult(
        plan, _merge(plan, answers), cpts, groups, first_members=_read_members(answers)
    )
    return await _complete_result(index, await _read_people(index, first), answers)


def _find_members(answers: Answers) -> Answer | None:
    found: Answer | None = answers[PAGE].get("aggregations", {}).get(MEMBERS)
    return found


def _read_members(answers: Answers) -> dict[str, list[Offer]]:
    members = _find_members(answers)
    return {} if members is None else read_first_members(members)


async def _read_people(index: Index, result: SearchResult) -> SearchResult:
    """The result read on until it has as many people as a page has, or the end.

    Places of one person are one card: each further round trip brings as many offers as the first.
    Whether any follow is read from one more hit.
    """
    plan, size = result.plan, result.plan.request.criteria.size
    hits, more = split_page(result.answer, size)
    taken = take_people(hits, size, result.shown_cpts)
    while more and taken is None:
        after = continue_plan(plan, hits[-1])
        answer = _merge(after, await index.fetch_named(page_requests(after)))
        further, more = split_page(answer, size)
        hits += further
        taken = take_people(hits, size, result.shown_cpts)
    kept = hits[:taken]
    return result.with_hits(kept, has_more=more or len(kept) < len(hits))


def _merge(plan: Plan, answers: Answers) -> Answer:
    page, members = merge_page_answers(answers), _find_members(answers)
    return page if members is None else merge_cpts_cards(plan, page, members)


async def _complete_result(index: Index, result: SearchResult, answers: Answers) -> SearchResult:
    """The result with the blocks of a poor page: solutions (F121), people seen from afar,
    alternatives to an empty one.

    Those that did not come with the page are fetched now.
    """
    plan, total = result.plan, read_total(result.answer)
    wanted = wants_solutions(plan, total)
    few = wants_remote(plan, count_seen_in_person(plan, result.answer))
    alternatives = [] if total else build_alternatives(plan)
    counted = alternative_answers(answers)
    missing = await index.fetch_named(
        beside_requests(
            plan,
            solutions=wanted and SOLUTIONS not in answers,
            alternatives=[] if counted else alternatives,
            remote=few and REMOTE not in answers,
        )
    )
    found = {**answers, **missing}
    totals = await _count_cards(index, alternatives, alternative_answers(found))
    return result._replace(
        solutions=solutions_block(plan, found[SOLUTIONS]) if wanted else None,
        remote=_read_remote_line(plan, found) if few else None,
        alternatives=alternatives_block(alternatives, totals),
    )


def _read_remote_line(plan: Plan, answers: Answers) -> dict[str, Any] | None:
    """The line of people seen from afar, where fewer than enough are seen in person."""
    counted = IN_PERSON not in answers
    few = counted or wants_remote(plan, read_in_person(answers[IN_PERSON]))
    found = read_remote(plan, answers[REMOTE]) if few else None
    return None if found is None else remote_block(found, plan.request.window)


async def _count_cards(
    index: Index, alternatives: Sequence[Alternative], answers: Sequence[Answer]
) -> list[int]:
    """The cards of each alternative in the circle it would choose.

    One request more for names without an exact match.
    """
    if not alternatives:
        return []
    pairs = zip(alternatives, answers, strict=True)
    counts = [read_cards(alternative.plan, answer) for alternative, answer in pairs]
    loose = [one for one in counts if isinstance(one, Plan)]
    fuzzy = iter(await index.fetch_answers([fuzzy_body(plan) for plan in loose]))
    return [one if isinstance(one, int) else read_fuzzy(next(fuzzy)) for one in counts]


async def _fetch_doctor_places(
    index: Index, request: ResolvedRequest, state: CursorState | None
) -> Answer:
    """The treating doctor's places; beyond the first page only whether there are any."""
    body = places_body(request.without_rpps or "", request.area)
    first_page = state is None and request.criteria.page == 1
    return await index.fetch_answer(body if first_page else {**body, "size": 0})
