"""The layer around every request: identifier, limits, deadline, headers, one line of log.

Plain ASGI: it holds the bounded body of a request, and nothing of a response. Query strings, bodies
and messages of exceptions never reach the log: they concern a patient.
"""

import asyncio
import re
import time
import uuid
from functools import lru_cache
from ipaddress import ip_address

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import refusals
from api.metrics import Metrics, RequestRecord
from api.middleware.client_messages import CLIENT_GONE, ClientMessages, cancel_on_departure
from api.middleware.header_rules import find_header_problem
from api.problems import problem_response
from api.settings import ApiSettings, Network
from search_engine.logs import list_frames
from search_engine.request.problem_document import INTERNAL_ERROR, SEARCH_TIMEOUT, Problem
from search_engine.request.query_string import (
    QueryStringUnreadable,
    TooManyParameters,
    normalize_query_string,
)

REQUEST_ID = "X-Request-Id"
ACCEPTED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")

HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Set on every response that lacks them; names in lower case, as in ASGI."""

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
"""Methods named in logs and metrics; any other word comes from the caller."""

log = structlog.get_logger("api")


class RequestMiddleware:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, settings: ApiSettings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._hosts = frozenset(settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other ASGI messages pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _TrackedResponse(resolve_request_id(scope), send)
        scope.setdefault("state", {})["request_id"] = response.request_id
        started = time.perf_counter()
        try:
            await self._serve(scope, receive, response)
        finally:
            self._log_request(
                _build_request_record(scope, response, time.perf_counter() - started),
                response.request_id,
            )

    def _log_request(self, done: RequestRecord, request_id: str) -> None:
        self._metrics.record(done)
        log.info(
            "request",
            method=done.method,
            route=done.route,
            status=done.status,
            ms=round(done.seconds * 1000, 1),
            request_id=request_id,
            **({"code": done.code} if done.code else {}),
            **({"took_ms": dict(done.took_ms)} if done.took_ms else {}),
        )

    async def _serve(self, scope: Scope, receive: Receive, response: "_TrackedResponse") -> None:
        try:
            refusal = self._limit_problem(scope)
            if refusal is None:
                refusal = await self._run_application(scope, receive, response)
        except asyncio.CancelledError:
            refusal = SEARCH_TIMEOUT  # the server ends, and waits no longer
        except Exception as error:
            refusal = _log_fault(error, response.request_id)
        if refusal is not None and response.status is None:
            scope["state"]["problem"] = refusal.code
            await problem_response(refusal, response.request_id)(scope, receive, response.send)

    def _limit_problem(self, scope: Scope) -> Problem | None:
        """The refusal of a request that exceeds a limit or comes from another network."""
        chosen = self._settings
        if chosen.auth == "dev" and not _is_among(scope, chosen.dev_networks):
            return refusals.OUTSIDE_NETWORK
        return find_header_problem(scope, self._hosts) or self._size_problem(scope)

    def _size_problem(self, scope: Scope) -> Problem | None:
        chosen = self._settings
        if (
            sum(len(name) + len(value) for name, value in scope["headers"])
            > chosen.max_header_bytes
        ):
            return refusals.HEADERS_TOO_LARGE
        if len(scope.get("query_string", b"")) > chosen.max_query_bytes:
            return refusals.QUERY_TOO_LONG
        if (unreadable := read_query_string(scope)) is not None:
            return unreadable
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > chosen.max_body_bytes:
            return refusals.BODY_TOO_LARGE
        return None

    async def _run_application(
        self, scope: Scope, receive: Receive, response: "_TrackedResponse"
    ) -> Problem | None:
        """Run the application within the deadline; None after a response or a departure."""
        messages = ClientMessages(
            receive, self._settings.max_body_bytes, waits="expect" in Headers(scope=scope)
        )
        try:
            async with asyncio.timeout(self._settings.search_deadline_s):
                work = self._app(scope, messages.next_message, response.send)
                if not await cancel_on_departure(work, messages, response.is_complete):
                    response.status = CLIENT_GONE
        except TimeoutError:
            return refusals.REQUEST_TIMEOUT if messages.is_body_awaited else SEARCH_TIMEOUT
        return None


def read_query_string(scope: Scope) -> Problem | None:
    """Put the query string in UTF-8 before anything reads it, or the refusal."""
    try:
        scope["query_string"] = normalize_query_string(scope.get("query_string", b""))
    except QueryStringUnreadable:
        return refusals.QUERY_UNREADABLE
    except TooManyParameters:
        return refusals.TOO_MANY_PARAMETERS
    return None


def _log_fault(error: Exception, request_id: str) -> Problem:
    """Log the place of a failure; its message and variables may hold criteria."""
    log.error(
        "failure",
        error=type(error).__qualname__,
        frames=list_frames(error.__traceback__),
        request_id=request_id,
    )
    return INTERNAL_ERROR


def _build_request_record(
    scope: Scope, response: "_TrackedResponse", seconds: float
) -> RequestRecord:
    state = scope["state"]
    method = scope["method"] if scope["method"] in METHODS else "(other)"
    status = response.status or INTERNAL_ERROR.status
    code, took = state.get("problem"), state.get("took_ms", {})
    return RequestRecord(method, _route(scope), status, seconds, code, took)


class _TrackedResponse:
    """The response as it is sent: its status, and the headers of every response."""

    def __init__(self, request_id: str, send: Send) -> None:
        self.request_id = request_id
        self.status: int | None = None
        self._send = send
        self._complete = False

    def is_complete(self) -> bool:
        """The last byte was sent."""
        return self._complete

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], (REQUEST_ID.lower().encode(), self.request_id.encode())]
            names = {name for name, _ in headers}
            message["headers"] = headers + [one for one in HEADERS if one[0] not in names]
        elif message["type"] == "http.response.body":
            self._complete = not message.get("more_body", False)
        await self._send(message)


def resolve_request_id(scope: Scope) -> str:
    """The caller's identifier when it looks like one, else a new one."""
    received = Headers(scope=scope).get(REQUEST_ID, "")
    return received if ACCEPTED_ID.fullmatch(received) else uuid.uuid4().hex


def _is_among(scope: Scope, networks: tuple[Network, ...]) -> bool:
    client = scope.get("client")
    return client is None or _is_in(client[0], networks)


@lru_cache(maxsize=1024)
def _is_in(host: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _route(scope: Scope) -> str:
    """The template of the route: a path may hold the identifier of a person."""
    route = scope.get("route")
    return str(getattr(route, "path", "(unknown)"))
