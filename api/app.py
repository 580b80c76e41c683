"""The application; ``api.door`` is its server."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any, cast

from elasticsearch import ApiError, TransportError
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api import refusals
from api.background.freshness import REFRESH_S, FreshnessMonitor
from api.background.renewal import FIRST_READ_S, Renewal, read_first, renew_forever
from api.configuration import load_valid_settings
from api.events import EventRecorder
from api.metrics import Metrics
from api.middleware.request import RequestMiddleware
from api.openapi import complete_document
from api.problems import problem_response
from api.readiness import ReadinessProbe
from api.records import open_records_gate, problem_from_records_error
from api.refusals import RequestRefused
from api.routes import (
    accounts,
    agenda,
    cpts,
    declarations,
    documents,
    health,
    indicators,
    lrm,
    me,
    metrics,
    offers,
    orientations,
    registry,
    search,
    sources,
    suggest,
    territories,
)
from api.security.access import build_access_control
from api.security.api_keys import RENEW_S as KEYS_RENEW_S
from api.security.api_keys import KeyRing
from api.security.dependencies import admit
from api.settings import ApiSettings
from api.state import Clock, Engine, utc_now
from elastic.client import async_client
from elastic.errors import ElasticError, build_elastic_error
from elastic.names import offers_alias
from elastic.settings import read_elastic_settings as elastic_settings
from geography.gazetteer import load_gazetteer
from geography.geocoding.geocoder import Geocoder
from geography.ground import find_ground
from geography.where.department_text import match_department
from geography.where.text_place import match_commune
from lrm.registry import RENEW_S as REGISTRY_RENEW_S
from lrm.registry import LrmRegistry, registry_file
from records.errors import RecordsError
from records.keys.store import read_active_keys
from records.registry.store import read_registry
from search_engine.backend.points_in_time import PointInTimeLedger
from search_engine.logs import configure_logs
from search_engine.lookup import suggest as suggest_engine
from search_engine.request.area import AddressFinder, point_area
from search_engine.request.criteria_faults import problem_from_validation
from search_engine.request.interpretation import interpret_word
from search_engine.request.problem_document import (
    Problem,
    problem_from_client_error,
    problem_from_elastic_error,
    problem_from_search_error,
)
from search_engine.request.problems import SearchProblem
from search_engine.understanding.read_what import read_what

GC_THRESHOLD = 20_000
"""New objects between two collections of cycles: those of a few searches."""

TITLE = "Moteur de recherche du SAS"

ROUTERS = (
    search.router,
    suggest.router,
    lrm.router,
    registry.router,
    offers.router,
    cpts.router,
    territories.router,
    me.router,
    declarations.router,
    agenda.router,
    orientations.router,
    accounts.router,
    health.router,
    metrics.router,
    sources.router,
    indicators.router,
    documents.router,
)

OPEN_ROUTERS = (health.router,)
"""Routers without identification; the callers of the others are admitted first."""


def create_app(
    settings: ApiSettings | None = None,
    *,
    geocoder: AddressFinder | None = None,
    clock: Clock = utc_now,
) -> FastAPI:
    """The application; Elasticsearch and the alias come from the environment at start-up.

    Without ``settings`` they are read from the environment and checked: raises
    ``BadConfigurationError``.
    """
    configure_logs()
    chosen = settings or load_valid_settings()
    app = FastAPI(
        title=TITLE,
        version="1",
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(chosen, geocoder, clock),
    )
    app.state.settings = chosen
    app.state.metrics = Metrics()
    app.state.records = open_records_gate()
    app.state.events = EventRecorder(app.state.records, app.state.metrics.count_dropped_events)
    app.state.access = build_access_control(
        chosen, partial(app.state.records.run, read_active_keys)
    )
    app.add_middleware(RequestMiddleware, settings=chosen, metrics=app.state.metrics)
    for router in ROUTERS:
        app.include_router(router, dependencies=[] if router in OPEN_ROUTERS else [Depends(admit)])
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    complete_document(app, ROUTERS)
    return app


def _lifespan(chosen: ApiSettings, geocoder: AddressFinder | None, clock: Clock) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        configure_logs()
        await asyncio.to_thread(_preload_tables)
        client, chain = async_client(), Geocoder()
        settings = elastic_settings()
        prefix = settings.index_prefix
        alias = offers_alias(prefix)
        held = PointInTimeLedger(chosen.stable_per_caller, chosen.stable_in_all)
        app.state.engine = Engine(
            client,
            alias,
            geocoder or chain,
            chosen.build_cursor_key(),
            clock,
            points_in_time=held,
        )
        app.state.lrm_registry = LrmRegistry(
            partial(app.state.records.run, read_registry),
            registry_file(settings.state_dir, prefix),
        )
        app.state.readiness = ReadinessProbe(client, alias, chosen.ready_floor)
        app.state.freshness = FreshnessMonitor(
            client, app.state.records, prefix, clock, app.state.metrics.observe
        )
        renewals = list(_list_renewals(app))
        await read_first(one for one in renewals if one.every_s <= FIRST_READ_S)
        recorder = app.state.events
        beside = [
            *(asyncio.create_task(renew_forever(one)) for one in renewals),
            asyncio.create_task(recorder.run()),
        ]
        try:
            yield {"metrics": app.state.metrics}
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            await recorder.finish()
            await held.finish()
            await chain.aclose()
            await client.close()
            app.state.records.database.close()

    return lifespan


def _list_renewals(app: FastAPI) -> Iterator[Renewal]:
    """What this process reads beside its requests, the short ones first."""
    keys: KeyRing | None = app.state.access.keys
    if keys is not None:
        yield Renewal("api_keys", keys.renew, KEYS_RENEW_S)
    yield Renewal("lrm_registry", app.state.lrm_registry.renew, REGISTRY_RENEW_S)
    yield Renewal("sources", app.state.freshness.renew, REFRESH_S)


@cache
def _preload_tables() -> None:
    """Read the tables before the first request, off the event loop, once a process (0.7 s).

    The tables live as long as the process: they are frozen, since a collection that visits them
    stops every request for 0.1 s. The threshold avoids several collections while one response of
    Elasticsearch is parsed, which has no cycles.
    """
    gazetteer = load_gazetteer().build_indexes()
    point_area(gazetteer, 48.8566, 2.3522, None)
    match_department(gazetteer, "Paris")
    match_commune(gazetteer, "Landernau")
    find_ground(48.8566, 2.3522)
    read_what("MG")
    interpret_word("généraliste")
    suggest_engine.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


async def _search_problem(request: Request, error: Exception) -> Response:
    return _respond(request, problem_from_search_error(cast(SearchProblem, error)))


async def _elastic_error(request: Request, error: Exception) -> Response:
    return _respond(request, problem_from_elastic_error(cast(ElasticError, error)))


async def _client_error(request: Request, error: Exception) -> Response:
    if isinstance(error, ApiError):
        return _respond(request, problem_from_client_error(error))
    return _respond(
        request,
        problem_from_elastic_error(build_elastic_error(cast(TransportError, error))),
    )


async def _invalid(request: Request, error: Exception) -> Response:
    faults = cast("RequestValidationError | ValidationError", error).errors()
    return _respond(request, problem_from_validation(faults))


async def _refusal(request: Request, error: Exception) -> Response:
    return _respond(request, cast(RequestRefused, error).problem)


async def _records_error(request: Request, error: Exception) -> Response:
    return _respond(request, problem_from_records_error(cast(RecordsError, error)))


async def _http_error(request: Request, error: Exception) -> Response:
    """A path or a method without a route, once the caller is admitted."""
    if request.url.path not in health.OPEN_PATHS:
        try:
            await admit(request)
        except RequestRefused as refused:
            return _respond(request, refused.problem)
    status = cast(HTTPException, error).status_code
    problem = refusals.HTTP_PROBLEMS.get(status, refusals.BAD_REQUEST)
    response = _respond(request, problem)
    response.headers.update(_allow(request) if problem is refusals.METHOD_NOT_ALLOWED else {})
    return response


def _allow(request: Request) -> dict[str, str]:
    """``Allow`` with the methods of every route of the path: GET and POST are separate routes."""
    routes = (route for router in ROUTERS for route in router.routes)
    methods = {
        method
        for route in routes
        if isinstance(route, APIRoute) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return {"Allow": ", ".join(sorted(methods or {"GET"}))}


def _respond(request: Request, problem: Problem) -> Response:
    request.state.problem = problem.code
    return problem_response(problem, request.state.request_id)


HANDLERS = {
    SearchProblem: _search_problem,
    ElasticError: _elastic_error,
    ApiError: _client_error,
    TransportError: _client_error,
    RequestValidationError: _invalid,
    ValidationError: _invalid,
    HTTPException: _http_error,
    RequestRefused: _refusal,
    RecordsError: _records_error,
}
"""Every typed failure becomes a problem document; the rest is caught by ``RequestMiddleware``."""
