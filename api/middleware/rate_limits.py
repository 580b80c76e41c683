"""Rate of the requests of one client: a bucket of tokens each, in this process.

Several processes each keep their own buckets: the limit of the service is their sum.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

MAX_CLIENTS = 10_000
"""Buckets kept; beyond, the client unseen for longest starts again with a full one."""


@dataclass(slots=True)
class RateLimiter:
    """``rate`` tokens a second up to ``burst``; a request takes one. A rate of 0 limits nothing."""

    rate: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _tokens_by_client: OrderedDict[Hashable, tuple[float, float]] = field(
        default_factory=OrderedDict
    )

    def wait_s(self, client: Hashable) -> int:
        """0 when the client may send a request now, else the whole seconds until it may."""
        if self.rate <= 0:
            return 0
        left = self._available_tokens(client)
        allowed = left >= 1
        self._store_tokens(client, left - 1 if allowed else left)
        return 0 if allowed else max(1, math.ceil((1 - left) / self.rate))

    def _available_tokens(self, client: Hashable) -> float:
        now = self.clock()
        left, since = self._tokens_by_client.get(client, (float(self.burst), now))
        return min(float(self.burst), left + (now - since) * self.rate)

    def _store_tokens(self, client: Hashable, left: float) -> None:
        self._tokens_by_client[client] = (left, self.clock())
        self._tokens_by_client.move_to_end(client)
        while len(self._tokens_by_client) > MAX_CLIENTS:
            self._tokens_by_client.popitem(last=False)
