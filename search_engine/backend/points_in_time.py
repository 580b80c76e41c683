"""Points in time that stable searches hold open in Elasticsearch, within a budget a caller.

Each holds about 0.2 MB of heap for ``KEEP_S`` after its last use, whoever asked for it. The count
is of one process; a point in time counts until it is closed or until Elasticsearch lets it expire.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from elasticsearch import AsyncElasticsearch

from elastic.errors import ElasticError
from elastic.point_in_time import close_pit, open_pit
from search_engine.backend.index import KEEP_S
from search_engine.request.problems import SearchProblem

PER_CALLER = 50
"""Stable searches of one caller at once: 10 MB of heap; a regulator has a few, software many."""
IN_ALL = 500
"""Of all callers of one process: 100 MB of heap, a tenth of the smallest node we describe."""

CLOSE_S = 1.0
"""Seconds an answer, or the end of the process, waits for a closing; it goes on by itself."""


class TooManyStableSearches(SearchProblem):
    """The caller, or all callers together, hold as many points in time as they may."""

    code = "too_many_stable_searches"
    status: ClassVar[int] = 429
    title = "Trop de recherches figées"
    remedy = "Lisez les pages restantes, attendez, ou relancez la recherche sans « stable »."
    retry_after_s = 60

    def __init__(self) -> None:
        super().__init__(
            "Trop de recherches avec un annuaire figé sont ouvertes en même temps.", field="stable"
        )


@dataclass(frozen=True, slots=True)
class Lease:
    """One point in time that is held: by whom, until which second of the clock."""

    owner: Hashable
    until: float


@dataclass(slots=True)
class PointInTimeLedger:
    """Every point in time that this process opened or used, by its id."""

    per_caller: int = PER_CALLER
    in_all: int = IN_ALL
    clock: Callable[[], float] = time.monotonic
    _leases: dict[str, Lease] = field(default_factory=dict)
    _opening: Counter[Hashable] = field(default_factory=Counter)
    _closing: set[asyncio.Future[None]] = field(default_factory=set)

    def count(self, owner: Hashable) -> int:
        """Points in time that the owner holds, those being opened included."""
        self._forget_expired()
        held = sum(lease.owner == owner for lease in self._leases.values())
        return held + self._opening[owner]

    async def open(self, client: AsyncElasticsearch, alias: str, owner: Hashable) -> str:
        """The id of a new point in time, counted for its owner.

        One whose caller leaves while it opens is closed as soon as it is open. Raises
        ``TooManyStableSearches`` and the errors of ``elastic.errors``.
        """
        if self._is_full(owner):
            raise TooManyStableSearches
        opening = asyncio.ensure_future(open_pit(client, alias, KEEP_S))
        self._opening[owner] += 1
        try:
            pit = await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._finish(self._close_once_open(client, opening, owner))
            raise
        except BaseException:
            self._count_opened(owner)
            raise
        self._count_opened(owner)
        self._leases[pit] = Lease(owner, self.clock() + KEEP_S)
        return pit

    def renew(self, pit: str, used_as: str, owner: Hashable) -> None:
        """Count a point in time from its last use; Elasticsearch may give it another id."""
        known = self._leases.pop(pit, None)
        self._leases[used_as] = Lease(known.owner if known else owner, self.clock() + KEEP_S)

    async def close(self, client: AsyncElasticsearch, pit: str) -> None:
        """Close one and count it no more, even when the caller is leaving.

        A node that does not answer holds the caller for ``CLOSE_S`` at most. A failure to close is
        ignored: the point in time ends by itself after ``KEEP_S``.
        """
        self._leases.pop(pit, None)
        await asyncio.wait([self._finish(_close(client, pit))], timeout=CLOSE_S)

    async def finish(self) -> None:
        """Wait ``CLOSE_S`` at most for what is being closed, before the client is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                while self._closing:
                    await asyncio.wait(self._closing)

    def _finish(self, closing: Awaitable[None]) -> asyncio.Future[None]:
        """In a task of its own, which the departure of the caller does not cancel."""
        task = asyncio.ensure_future(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task

    async def _close_once_open(
        self, client: AsyncElasticsearch, opening: asyncio.Future[str], owner: Hashable
    ) -> None:
        """Counted until it is closed: a caller that leaves at once holds what it asked for."""
        try:
            with suppress(ElasticError):
                await close_pit(client, await opening)
        finally:
            self._count_opened(owner)

    def _count_opened(self, owner: Hashable) -> None:
        self._opening[owner] -= 1
        if not self._opening[owner]:
            del self._opening[owner]

    def _is_full(self, owner: Hashable) -> bool:
        if self.count(owner) >= self.per_caller:
            return True
        return len(self._leases) + self._opening.total() >= self.in_all

    def _forget_expired(self) -> None:
        now = self.clock()
        for pit in [pit for pit, lease in self._leases.items() if lease.until <= now]:
            del self._leases[pit]


async def _close(client: AsyncElasticsearch, pit: str) -> None:
    with suppress(ElasticError):
        await close_pit(client, pit)


@dataclass(frozen=True, slots=True)
class PointInTimeAccount:
    """The ledger as one caller uses it; alone, a ledger of its own."""

    ledger: PointInTimeLedger = field(default_factory=PointInTimeLedger)
    owner: Hashable = None

    async def open(self, client: AsyncElasticsearch, alias: str) -> str:
        """As ``PointInTimeLedger.open``."""
        return await self.ledger.open(client, alias, self.owner)

    async def close(self, client: AsyncElasticsearch, pit: str) -> None:
        """As ``PointInTimeLedger.close``."""
        await self.ledger.close(client, pit)

    def renew(self, pit: str, used_as: str) -> None:
        """As ``PointInTimeLedger.renew``."""
        self.ledger.renew(pit, used_as, self.owner)
