"""The requests of a search to Elasticsearch, recorded on its way out of the client."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from elastic_transport import AiohttpHttpNode
from elasticsearch import AsyncElasticsearch

from bench.exchange import Call, Exchange
from elastic.client import async_client


@dataclass(slots=True)
class Recording:
    """The calls of one search: what was sent, and what had been answered by then."""

    now: str
    calls: list[Call] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)

    def begin(self, method: str, url: str, headers: dict[str, str], body: bytes) -> int:
        """Note a call that starts; its position."""
        self.calls.append(
            Call(method, url, headers, body.decode(), tuple(sorted(self.answered)), self.now)
        )
        return len(self.calls) - 1

    def end(self, position: int) -> None:
        """Note that it was answered: what starts from now on may have waited for it."""
        self.answered.append(position)


_current: ContextVar[Recording] = ContextVar("recording")


class RecordingNode(AiohttpHttpNode):
    """The client's own connection; the bytes it sends are noted."""

    async def perform_request(  # type: ignore[override] # as in the class it extends
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Any = None,
        request_timeout: Any = None,
    ) -> Any:
        """Send the request, and note it with what was answered before."""
        recording = _current.get()
        sent = {**self._headers, **(headers or {})}
        position = recording.begin(method, self.base_url + target, sent, body or b"")
        try:
            return await super().perform_request(
                method, target, body=body, headers=headers, request_timeout=request_timeout
            )
        finally:
            recording.end(position)


def recording_client(url: str) -> AsyncElasticsearch:
    """The client of the API, noting what it sends; use it inside ``recorded`` only."""
    return async_client(url, node_class=RecordingNode)


async def record_calls(now: str, work: Callable[[], Awaitable[object]]) -> Exchange:
    """The calls that ``work`` sends through a recording client at the instant ``now`` (as text).

    A call waits, when replayed, for every call that had been answered when it started: calls
    that ran at the same time run at the same time again.
    """
    recording = Recording(now)
    token = _current.set(recording)
    try:
        await work()
    finally:
        _current.reset(token)
    return tuple(recording.calls)
