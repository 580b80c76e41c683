"""A service that failed is left alone for a while, so that it costs one time-out and not each."""

import time
from collections.abc import Callable

Monotonic = Callable[[], float]
"""Seconds that never go back; not a date."""


class CircuitBreaker:
    """Closed: calls pass. After a failure: open for ``open_s``, then one call tries again."""

    def __init__(self, open_s: float, clock: Monotonic = time.monotonic) -> None:
        self._open_s = open_s
        self._clock = clock
        self._failed = False
        self._until = 0.0

    def allows(self) -> bool:
        """True when the service may be called; one retry at a time, other callers wait."""
        if not self._failed:
            return True
        if self._clock() < self._until:
            return False
        self._until = self._clock() + self._open_s
        return True

    @property
    def failing(self) -> bool:
        """True from a failure to the next success."""
        return self._failed

    def record_success(self) -> None:
        """The service answers."""
        self._failed = False

    def record_failure(self, for_s: float | None = None) -> None:
        """The service does not answer; ``for_s`` when it gave a delay, at most ``open_s``."""
        self._failed = True
        self._until = self._clock() + min(self._open_s, for_s or self._open_s)
