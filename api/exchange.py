"""What surrounds every request: identifier, limits, deadline, headers, one line of log.

Plain ASGI, so that nothing is buffered. Query strings, bodies and messages of exceptions never
reach the log: they concern a patient.
"""

import asyncio
import re
import time
import uuid
from ipaddress import ip_address

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.logs import where
from api.settings import ApiSettings, Network

REQUEST_ID = "X-Request-Id"
ACCEPTED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Set on every answer that does not say otherwise."""

log = structlog.get_logger("api")


class BodyTooLarge(HTTPException):
    """The body went past the limit while it was read."""

    def __init__(self) -> None:
        super().__init__(status_code=problems.BODY_TOO_LARGE.status)


class Exchange:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other ASGI messages pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(request_id_of(scope), send)
        scope.setdefault("state", {})["request_id"] = answer.request_id
        started = time.perf_counter()
        try:
            await self._serve(scope, receive, answer)
        finally:
            log.info(
                "request",
                method=scope["method"],
                route=_route(scope),
                status=answer.status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                request_id=answer.request_id,
            )

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        refusal = self._refusal(scope)
        if refusal is None:
            refusal = await self._failure(scope, receive, answer)
        if refusal is not None and answer.status is None:
            await refusal.response(answer.request_id)(scope, receive, answer.send)

    def _refusal(self, scope: Scope) -> problems.Problem | None:
        """Why the request is not even read."""
        if not _is_among(scope, self._settings.dev_networks):
            return problems.OUTSIDE_NETWORK
        length = Headers(scope=scope).get("content-length", "0")
        too_long = not length.isdigit() or int(length) > self._settings.max_body_bytes
        if too_long or len(scope.get("query_string", b"")) > self._settings.max_query_bytes:
            return problems.BODY_TOO_LARGE
        return None

    async def _failure(
        self, scope: Scope, receive: Receive, answer: "_Answer"
    ) -> problems.Problem | None:
        """Run the application; what it could not handle becomes a problem."""
        limited = _limited(receive, self._settings.max_body_bytes)
        try:
            async with asyncio.timeout(self._settings.search_deadline_s):
                await self._app(scope, limited, answer.send)
        except TimeoutError:
            return problems.SEARCH_TIMEOUT
        except Exception as error:
            log.error(  # noqa: TRY400 - the message and the variables may hold what was asked
                "failure",
                error=type(error).__qualname__,
                frames=where(error.__traceback__),
                request_id=answer.request_id,
            )
            return problems.INTERNAL_ERROR
        return None


class _Answer:
    """The answer on its way out: its status, and the headers every answer bears."""

    def __init__(self, request_id: str, send: Send) -> None:
        self.request_id = request_id
        self.status: int | None = None
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self.request_id
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def request_id_of(scope: Scope) -> str:
    """The caller's identifier when it looks like one, else a new one."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex


def _limited(receive: Receive, limit: int) -> Receive:
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise BodyTooLarge
        return message

    return limited


def _is_among(scope: Scope, networks: tuple[Network, ...]) -> bool:
    client = scope.get("client")
    if client is None:
        return True
    try:
        address = ip_address(client[0])
    except ValueError:
        return False
    return any(address in network for network in networks)


def _route(scope: Scope) -> str:
    """The template of the route: a path may hold the identifier of a person."""
    route = scope.get("route")
    return str(getattr(route, "path", "(unknown)"))
