"""One search, from criteria to page: the same five steps for the screen, LRM links and programs."""

from collections.abc import Mapping
from datetime import datetime

from elasticsearch import AsyncElasticsearch

from search_engine.backend.answers import translate_unreadable
from search_engine.backend.hints import QueryHintCache
from search_engine.backend.index import Index
from search_engine.backend.points_in_time import PointInTimeAccount
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.executor import execute_search, fetch_doctor_rpps
from search_engine.execution.pagination import next_page_links, open_reader
from search_engine.execution.parse import parse_request
from search_engine.execution.resolve import AreaResolver, LineReader, resolve_requests
from search_engine.execution.stopwatch import Stopwatch
from search_engine.request.area import AddressFinder, resolve_area
from search_engine.request.criteria import Criteria
from search_engine.request.profiles import Profile
from search_engine.request.typed_line import read_line
from search_engine.response.page import Page, build_page


async def search(
    client: AsyncElasticsearch,
    alias: str,
    criteria: Criteria,
    now: datetime,
    *,
    geocoder: AddressFinder,
    resolve_area: AreaResolver = resolve_area,
    read_line: LineReader = read_line,
    profiles: Mapping[str, Profile] | None = None,
    key: CursorKey | None = None,
    hints: QueryHintCache | None = None,
    account: PointInTimeAccount | None = None,
) -> Page:
    """The page that matches the criteria at the instant ``now`` (aware).

    ``profiles`` default to the configured file; without ``key`` there are no cursors; ``hints`` are
    shared by the searches of a process, ``account`` counts the points in time of the caller.
    Raises ``SearchProblem`` and its kinds, and the errors of ``elastic.errors``.
    """
    watch, live = Stopwatch(), Index(client, alias, hints=hints or QueryHintCache())
    stable = account or PointInTimeAccount()
    with watch.stage("total"):
        parsed = parse_request(criteria, alias, profiles, key, now)
        requests = await resolve_requests(
            parsed, now, watch, geocoder=geocoder, resolve_area=resolve_area, read_line=read_line
        )
        async with open_reader(live, criteria, parsed.state, stable) as index:
            with translate_unreadable():
                with watch.stage("search"):
                    if parsed.state is None:
                        doctor = await fetch_doctor_rpps(index, requests[0])
                        requests = [one._replace(without_rpps=doctor) for one in requests]
                    result = await execute_search(index, requests, parsed.state)
                links = await next_page_links(index, result, key, now, stable)
    with translate_unreadable():
        return build_page(result, links, watch.took)
