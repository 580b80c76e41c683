"""State of the application: one client and one geocoder, opened and closed with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from elasticsearch import AsyncElasticsearch
from fastapi import Request

from search_engine.backend.hints import QueryHintCache
from search_engine.backend.points_in_time import PointInTimeAccount, PointInTimeLedger
from search_engine.execution.cursor_key import CursorKey
from search_engine.request.area import AddressFinder

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of the service, read once a request."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Engine:
    """Shared by all requests of a process.

    ``alias``: alias of the index of offers. ``cursor_key``: keys of the cursors. ``hints``: circles
    and communities of earlier searches, with which a later one needs a single request.
    ``points_in_time``: those that stable searches hold.
    """

    client: AsyncElasticsearch
    alias: str
    geocoder: AddressFinder
    cursor_key: CursorKey
    clock: Clock = utc_now
    hints: QueryHintCache = field(default_factory=QueryHintCache)
    points_in_time: PointInTimeLedger = field(default_factory=PointInTimeLedger)


def get_engine(request: Request) -> Engine:
    """The engine of the application that serves this request."""
    engine: Engine = request.app.state.engine
    return engine


def get_account(request: Request) -> PointInTimeAccount:
    """The points in time of the caller of a request that was admitted."""
    return PointInTimeAccount(get_engine(request).points_in_time, request.state.client)
