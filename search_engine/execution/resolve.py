"""The resolve step: what the text means, where the patient is, which window and seed apply."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from search_engine.execution.parse import ParsedRequest
from search_engine.execution.stopwatch import Stopwatch
from search_engine.query.order.effort import NO_PRACTICE
from search_engine.query.plan import LineUse, ResolvedRequest, build_request
from search_engine.query.radius import FURTHEST
from search_engine.request.area import AddressFinder, Area
from search_engine.request.criteria import Criteria
from search_engine.request.moments import find_span
from search_engine.request.typed_line import (
    LineAttempt,
    LineRead,
    build_attempts,
    choose_filters,
    filter_criteria,
    list_uses,
)
from search_engine.request.window import SearchWindow, build_window
from search_engine.request.wishes import read_wishes
from search_engine.understanding.names import is_doctor_named
from search_engine.understanding.reading import PartKind, TextPart

SEED_LIMIT = 2**31

NAMED_KM = 50.0
"""Kilometres within which somebody is found who is called exactly as he is looked for."""

AreaResolver = Callable[[Criteria, AddressFinder], Awaitable[Area]]
LineReader = Callable[[Criteria], LineRead]


class Setting(NamedTuple):
    """What all searches of a line share."""

    parsed: ParsedRequest
    line: LineRead
    area: Area
    window: SearchWindow
    seed: int


async def resolve_requests(
    parsed: ParsedRequest,
    now: datetime,
    watch: Stopwatch,
    *,
    geocoder: AddressFinder,
    resolve_area: AreaResolver,
    read_line: LineReader,
) -> list[ResolvedRequest]:
    """The searches of the line in turn, the next where none before has a result.

    With a cursor their place, instant, seed and doctor are those sealed. Raises ``QueryTooShort``
    and the problems of ``resolve_area``.
    """
    criteria, _, state = parsed
    with watch.stage("interpretation"):
        line = read_line(criteria)
    with watch.stage("area"):
        area = (
            await resolve_area(_add_place(criteria, line), geocoder)
            if state is None
            else state.area.first_circle()
        )
    start = now if state is None else state.now
    window = build_window(start, area.zone, criteria.window_hours)
    seed = choose_seed(criteria) if state is None else state.seed
    return _build_requests(Setting(parsed, line, area, window, seed))


def _add_place(criteria: Criteria, line: LineRead) -> Criteria:
    """The place inside the line as ``where``, when none was given beside it."""
    inside = line.reading.find_parts(PartKind.WHERE)
    if criteria.has_place or not inside:
        return criteria
    return criteria.model_copy(update={"where": inside[0].value})


def _build_requests(setting: Setting) -> list[ResolvedRequest]:
    reading, criteria = setting.line.reading, setting.parsed.criteria
    filters = [*choose_filters(reading, criteria), *_choose_moments(setting)]
    attempts = [
        attempt
        for attempt in build_attempts(setting.line, filters)
        if not attempt.far or _can_go_far(setting.area)
    ]
    return [_build_request(setting, attempt, number) for number, attempt in enumerate(attempts)]


def _can_go_far(area: Area) -> bool:
    """The place has a circle, chosen by nobody, that ends before ``NAMED_KM``."""
    return not area.explicit_radius and 0 < FURTHEST * (area.radius_km or 0) < NAMED_KM


def _choose_area(area: Area, attempt: LineAttempt) -> Area:
    """Where an attempt looks: a number is looked for everywhere, an exact name beyond the circle
    too."""
    if attempt.meaning.has_number:
        return area._replace(explicit_radius=True)
    return area.enlarge(NAMED_KM) if attempt.far else area


def _choose_moments(setting: Setting) -> list[TextPart]:
    """The first moment that bounds the window, where the caller bounds it in no other way."""
    if setting.parsed.criteria.window_hours is not None:
        return []
    moments = setting.line.reading.find_parts(PartKind.WHEN)
    return [part for part in moments if find_span(part.value, setting.window)][:1]


def _build_request(setting: Setting, attempt: LineAttempt, number: int) -> ResolvedRequest:
    criteria, profile, state = setting.parsed
    reading = attempt.reading or setting.line.reading
    placed = _add_place(criteria, setting.line)
    window = _limit_window(setting.window, attempt.filters)
    line = LineUse(
        asked=criteria,
        read=setting.line.meaning is None,
        parts=list_uses(reading, attempt),
        unused=reading.unused,
        attempt=number,
    )
    return build_request(
        placed.model_copy(update=filter_criteria(attempt.filters)),
        attempt.meaning,
        _choose_area(setting.area, attempt),
        window,
        profile=profile,
        seed=setting.seed,
        line=line,
        without_rpps=None if state is None else state.without_rpps,
        practice=NO_PRACTICE if state is None else state.practice,
        wishes=read_wishes(reading, window, profile),
        titled=is_doctor_named(reading),
    )


def _limit_window(window: SearchWindow, filters: Sequence[TextPart]) -> SearchWindow:
    moment = next((part.value for part in filters if part.kind is PartKind.WHEN), None)
    return window if moment is None else window._replace(span=find_span(moment, window))


def choose_seed(criteria: Criteria) -> int:
    """The seed given, else a fresh one: echoed, it repeats the order on the next pages (W03)."""
    return secrets.randbelow(SEED_LIMIT) if criteria.seed is None else criteria.seed
