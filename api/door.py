"""The door of the service: what one connection may send, hold and wait for (RFC 9112).

A protocol of uvicorn over its own parser; ``uvicorn --http api.door:Door --ws none`` opens it for
several processes (docs/decisions/0015-a-door-of-our-own.md).
"""

import asyncio
import uuid
from asyncio import TimerHandle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httptools
import structlog
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api import refusals
from api.metrics import RequestRecord
from api.middleware.request import HEADERS, REQUEST_ID
from api.problems import problem_response
from api.refusals import RequestRefused
from api.tls_extension import describe_tls
from search_engine.request.problem_document import Problem

UNREAD = "(unread)"
"""Method and route, in logs and metrics, of a request refused before it was read."""

log = structlog.get_logger("api")


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """Bounds of one connection; ``connections`` and ``shutdown_s`` of the process."""

    target_bytes: int = 16_384
    """Target of a request line; the longest link of a dispatch software is under 4,096."""
    head_bytes: int = 65_536
    """Request line and headers; also what may follow a body before the next one."""
    headers: int = 100
    """Lines of headers; a browser behind two proxies sends under 40."""
    piece_bytes: int = 4_096
    """Bytes parsed at a time: pipelined requests are counted after each piece."""
    head_s: float = 10.0
    """From the connection, or the first byte of a later request, to the end of the headers."""
    idle_s: int = 5
    """From an answer to the first byte of the next request."""
    write_s: float = 10.0
    """Without progress of an answer that its client does not read."""
    linger_s: float = 1.0
    """For a refusal to arrive before the connection is cut."""
    connections: int = 512
    """Under half of the 1,024 files that Linux opens to a process by default."""
    shutdown_s: int = 10
    """For requests in progress after SIGTERM; as long as a search may take."""


class BackPressure(FlowControl):
    """Reads on only when the door may."""

    def __init__(self, transport: asyncio.Transport, may_read: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._may_read = may_read

    def resume_reading(self) -> None:
        """Read on, unless a request waits for the answer of another."""
        if self._may_read():
            super().resume_reading()


class Door(HttpToolsProtocol):
    """One connection. Its refusals are problem documents, after which it is closed unread."""

    limits = DoorLimits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timeout_keep_alive = self.limits.idle_s
        self._refusal: Problem | None = None
        self._is_sealed = False
        self._held = b""
        self._bytes_without_progress = 0
        self._is_in_head = False
        self._may_stay = True
        self._tls: dict[object, object] | None = None
        self._head_timer: TimerHandle | None = None
        self._end_timer: TimerHandle | None = None

    # What arrives

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and give its first request the time of a head."""
        super().connection_made(transport)
        self.flow = BackPressure(transport, self._may_read)
        self._tls = describe_tls(transport, self.config.ssl_certfile)
        if len(self.connections) > self.limits.connections:
            self._refuse(refusals.TOO_MANY_CONNECTIONS)
        else:
            self._time_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_timing_head()
        self._keep_open()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, unless it has to wait; nothing after a refusal."""
        if self._is_sealed:
            self.transport.pause_reading()
            return
        self._unset_keepalive_if_required()
        self._held += data
        self._parse_held()

    def _parse_held(self) -> None:
        """Parse piece by piece until a request waits for the answer of another."""
        held, at = memoryview(self._held), 0
        while at < len(held) and self._may_parse():
            self._parse(held[at : at + self.limits.piece_bytes])
            at += self.limits.piece_bytes
        self._held = b"" if self._is_sealed else bytes(held[at:])
        if self._held:
            self.flow.pause_reading()
            self._stop_timing_head()
        elif self._is_head_awaited():
            self._time_head()

    def _parse(self, piece: memoryview) -> None:
        self._bytes_without_progress += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self._seal()
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            self._refuse(find_problem(error))
        if self._bytes_without_progress > self.limits.head_bytes:
            self._refuse(refusals.HEADERS_TOO_LARGE)

    def _may_parse(self) -> bool:
        return not (self.pipeline or self._is_sealed or self.transport.is_closing())

    def _may_read(self) -> bool:
        return not (self.pipeline or self._is_sealed or self._held)

    # What the parser reads

    def on_message_begin(self) -> None:
        """Open the scope of a request."""
        super().on_message_begin()
        self._is_in_head = True
        if self._tls is not None:
            self.scope["extensions"] = {"tls": dict(self._tls)}

    def on_url(self, url: bytes) -> None:
        """Bound the target."""
        super().on_url(url)
        if len(self.url) > self.limits.target_bytes:
            raise RequestRefused(refusals.TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Bound the number of headers; fields after a body are dropped (RFC 9110, 6.5.1)."""
        if not self._is_in_head:
            return
        if len(self.headers) >= self.limits.headers:
            raise RequestRefused(refusals.HEADERS_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the request; its connection stays only if its body arrives before the answer."""
        if is_for_another_host(self.url, self.headers) or is_coded_otherwise(self.headers):
            raise RequestRefused(refusals.BAD_REQUEST)
        super().on_headers_complete()
        self._bytes_without_progress, self._is_in_head = 0, False
        self._stop_timing_head()
        self._may_stay, self.cycle.keep_alive = self.cycle.keep_alive, False

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._bytes_without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Let the connection stay: its next byte belongs to another request."""
        self._bytes_without_progress = 0
        super().on_message_complete()
        if not self.cycle.response_started:
            self.cycle.keep_alive = self._may_stay

    # What leaves

    def on_response_complete(self) -> None:
        """Start the next request, answer a refusal that had to wait, or parse what was held.

        A head that has begun has its own time, not that of an idle connection.
        """
        others_wait = bool(self.pipeline)
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_after(self.limits.write_s)
        elif self._refusal is not None and not others_wait:
            self._answer_refusal(self._refusal)
        elif self._held or self._is_in_head:
            self._unset_keepalive_if_required()
            self._parse_held()

    def pause_writing(self) -> None:
        """Give a client that does not read a bounded time."""
        super().pause_writing()
        self._abort_after(self.limits.write_s)

    def resume_writing(self) -> None:
        """The client reads again; what is left of a connection that ends has its own time."""
        super().resume_writing()
        if self._is_sealed or self.transport.is_closing():
            self._abort_after(self.limits.write_s)
        else:
            self._keep_open()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, whether or not its last answer was read."""
        super().timeout_keep_alive_handler()
        self._abort_after(self.limits.write_s)

    def shutdown(self) -> None:
        """Close after the answers in progress."""
        self._may_stay = False
        super().shutdown()

    # Refusals

    def _refuse(self, problem: Problem) -> None:
        """Read no more, and answer the problem after the requests that came before."""
        if self._refusal is not None or self.transport.is_closing():
            return
        self._seal()
        self._refusal = problem
        busy = self.cycle is not None and not self.cycle.response_complete
        if busy and self.cycle.more_body and self.pipeline:
            self.pipeline.popleft()
        elif busy and self.cycle.more_body:
            self._give_up_request()
        elif not busy:
            self._answer_refusal(problem)

    def _give_up_request(self) -> None:
        """End the request whose own body is refused: the refusal is its answer, if it has none."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        if self.cycle.response_started or self._refusal is None:
            self.transport.abort()
        else:
            self._answer_refusal(self._refusal)

    def _answer_refusal(self, problem: Problem) -> None:
        self._unset_keepalive_if_required()
        request_id = uuid.uuid4().hex
        self.transport.write(render_refusal(problem, request_id, self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()
        self._abort_after(self.limits.linger_s)
        self._log_refusal(problem, request_id)

    def _log_refusal(self, problem: Problem, request_id: str) -> None:
        about = {"method": UNREAD, "route": UNREAD, "status": problem.status, "code": problem.code}
        log.info("request", **about, request_id=request_id)
        if (metrics := self.app_state.get("metrics")) is not None:
            record = RequestRecord(UNREAD, UNREAD, problem.status, 0.0, problem.code, {})
            metrics.record(record)

    def _seal(self) -> None:
        """Nothing more is read from this connection."""
        self._is_sealed = True
        self._stop_timing_head()
        self.flow.pause_reading()

    # Times

    def _is_head_awaited(self) -> bool:
        if self._is_sealed or self.pipeline:
            return False
        return self._is_in_head or self.cycle is None or self.cycle.response_complete

    def _time_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.limits.head_s, self._end_late_head)

    def _stop_timing_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_late_head(self) -> None:
        """408 for a head that began; a connection that never sent a byte is closed."""
        if self._bytes_without_progress or self._is_in_head:
            self._refuse(refusals.REQUEST_TIMEOUT)
        else:
            self.timeout_keep_alive_handler()

    def _abort_after(self, seconds: float) -> None:
        self._keep_open()
        self._end_timer = self.loop.call_later(seconds, self.transport.abort)

    def _keep_open(self) -> None:
        if self._end_timer is not None:
            self._end_timer.cancel()
            self._end_timer = None


def find_problem(error: httptools.HttpParserError) -> Problem:
    """The bound that a request passed, or the problem of bytes that are no request."""
    cause = error.__context__
    return cause.problem if isinstance(cause, RequestRefused) else refusals.BAD_REQUEST


def is_for_another_host(target: bytes, headers: list[tuple[bytes, bytes]]) -> bool:
    """A whole address as target names another host than ``Host`` (RFC 9112, 3.2.2).

    Raises ``HttpParserInvalidURLError`` for a target that is no address.
    """
    if target.startswith((b"/", b"*")):
        return False
    named = httptools.parse_url(target)
    port = b"" if named.port is None else b":%d" % named.port
    return named.host is None or (b"host", named.host + port) not in headers


def is_coded_otherwise(headers: list[tuple[bytes, bytes]]) -> bool:
    """A transfer coding beside ``chunked``: its bytes would be taken for the body as it is."""
    codings = (value.strip().lower() for name, value in headers if name == b"transfer-encoding")
    return any(coding != b"chunked" for coding in codings)


def render_refusal(problem: Problem, request_id: str, headers: list[tuple[bytes, bytes]]) -> bytes:
    """The whole response: a problem document, with the headers of every response."""
    response = problem_response(problem, request_id)
    identifier = (REQUEST_ID.lower().encode(), request_id.encode())
    sent = (*headers, *response.raw_headers, *HEADERS, identifier, (b"connection", b"close"))
    lines = (name + b": " + value + b"\r\n" for name, value in sent)
    return b"".join((STATUS_LINE[problem.status], *lines, b"\r\n", response.body))


def build_server_config(application: Any, **declared: Any) -> uvicorn.Config:
    """The server of ``sas serve``: this door, no web sockets, no log of targets.

    ``declared``: further settings of uvicorn, such as a certificate.
    """
    return uvicorn.Config(
        application,
        http=Door,
        ws="none",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=Door.limits.shutdown_s,
        **declared,
    )
