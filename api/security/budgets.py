"""How many searches run at once: of one caller, and of all callers of this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import Request

from api import refusals
from api.refusals import RequestRefused
from api.security.principal import ClientId


@dataclass(slots=True)
class ConcurrencyBudget:
    """Requests that are being answered from Elasticsearch; a limit of 0 limits nothing."""

    per_caller: int
    in_all: int
    _running: Counter[ClientId] = field(default_factory=Counter)

    @contextmanager
    def open_place(self, client: ClientId) -> Iterator[None]:
        """Hold one place; raises ``RequestRefused`` without waiting when there is none."""
        if self._is_full(client):
            raise RequestRefused(refusals.TOO_MANY_AT_ONCE)
        self._running[client] += 1
        try:
            yield
        finally:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]

    def _is_full(self, client: ClientId) -> bool:
        if 0 < self.per_caller <= self._running[client]:
            return True
        return 0 < self.in_all <= self._running.total()


@contextmanager
def open_search_place(request: Request) -> Iterator[None]:
    """A place for the caller of a request that was admitted; raises ``RequestRefused``."""
    budget: ConcurrencyBudget = request.app.state.access.places
    with budget.open_place(request.state.client):
        yield
