"""Events of the requests: kept in memory for a second, written apart from every search."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import structlog
from fastapi import Request

from api.records import RecordsGate
from api.state import get_engine
from geography.departments import departments
from records.errors import RecordsError
from records.indicators.events import ServiceEvent, record_events
from records.indicators.tables import EventKind

FLUSH_S = 1.0
"""Seconds between two writes: what a killed process loses at most."""
HELD = 10_000
"""Events held while the records do not answer; later ones are dropped, and counted."""
BATCH = 500
END_S = 2.0
"""Seconds that the end of the process waits for the last write."""

_log = structlog.get_logger(__name__)


class EventRecorder:
    """The events of one process on their way to the records."""

    def __init__(self, gate: RecordsGate, count_dropped: Callable[[int], None]) -> None:
        """``count_dropped`` receives how many events were dropped."""
        self._gate = gate
        self._count_dropped = count_dropped
        self._held: deque[ServiceEvent] = deque()

    def record(self, event: ServiceEvent) -> None:
        """Hold an event; never waits, never fails."""
        if len(self._held) >= HELD:
            self._count_dropped(1)
        else:
            self._held.append(event)

    async def run(self) -> None:
        """Write what is held, every second, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what is held now; what cannot be written stays for the next time."""
        while self._held:
            batch = [self._held.popleft() for _ in range(min(BATCH, len(self._held)))]
            try:
                await self._gate.run(partial(record_events, events=batch))
            except RecordsError as error:
                _log.warning("events_wait", held=len(batch), error=type(error).__name__)
                self._put_back(batch)
                return

    async def finish(self) -> None:
        """The last write, as long as the process may wait."""
        try:
            await asyncio.wait_for(self.flush(), END_S)
        except TimeoutError:
            self._count_dropped(len(self._held))

    def _put_back(self, batch: Sequence[ServiceEvent]) -> None:
        room = max(HELD - len(self._held), 0)
        self._held.extendleft(reversed(batch[:room]))
        self._count_dropped(len(batch) - len(batch[:room]))


class PagedRequest(Protocol):
    """A request for one page of a search."""

    @property
    def page(self) -> int: ...
    @property
    def cursor(self) -> str | None: ...


def record_search(
    request: Request, asked: PagedRequest, page: dict[str, Any], kind: EventKind, role: str
) -> None:
    """Count a search at its first page; another page of it is none."""
    if asked.page == 1 and not asked.cursor:
        recorder: EventRecorder = request.app.state.events
        recorder.record(build_search_event(page, kind, role, get_engine(request).clock()))


def build_search_event(
    page: dict[str, Any], kind: EventKind, role: str, now: datetime
) -> ServiceEvent:
    """What is counted of a search: where it was, how long it took, how many people it found."""
    department = page["area"].get("department")
    people = page["people"]["value"]
    known = departments().get(department)
    return ServiceEvent(
        at=now,
        kind=kind,
        territory=known.territory if known else None,
        department=department,
        mode=page["mode"],
        role=role,
        outcome="found" if people else "empty",
        amount=people,
        duration_ms=round(page["took_ms"]["total"]),
    )
