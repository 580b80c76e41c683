"""The resolve step: what the text means, where the patient is, which window and seed apply."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime

from search_engine.execution.parse import ParsedRequest
from search_engine.execution.stopwatch import Stopwatch
from search_engine.query.plan import ResolvedRequest, build_request
from search_engine.request.area import AddressFinder, Area
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation
from search_engine.request.window import build_window

SEED_LIMIT = 2**31

AreaResolver = Callable[[Criteria, AddressFinder], Awaitable[Area]]
Interpreter = Callable[[str], Interpretation]


async def resolve_request(
    parsed: ParsedRequest,
    now: datetime,
    watch: Stopwatch,
    *,
    geocoder: AddressFinder,
    resolve_area: AreaResolver,
    interpret: Interpreter,
) -> ResolvedRequest:
    """The resolved request. With a cursor its place, instant, seed and doctor are those sealed.

    Raises ``QueryTooShort`` and the problems of ``resolve_area``.
    """
    criteria, profile, state = parsed
    with watch.stage("interpretation"):
        meaning = interpret(criteria.what)
    with watch.stage("area"):
        area = await resolve_area(criteria, geocoder) if state is None else state.area
    if state is None:
        window = build_window(now, area.zone, criteria.window_hours)
        seed = choose_seed(criteria)
        return build_request(criteria, meaning, area, window, profile=profile, seed=seed)
    return build_request(
        criteria,
        meaning,
        area.first_circle(),
        build_window(state.now, area.zone, criteria.window_hours),
        profile=profile,
        seed=state.seed,
        without_rpps=state.without_rpps,
    )


def choose_seed(criteria: Criteria) -> int:
    """The seed given, else a fresh one: echoed, it repeats the order on the next pages (W03)."""
    return secrets.randbelow(SEED_LIMIT) if criteria.seed is None else criteria.seed
