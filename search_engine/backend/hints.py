"""Hints: what earlier answers let expect, so that a page is requested together with its counts.

Every answer verifies the hint it used, so a page never shows anything from here.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

MAX_HINTS = 100_000
"""Entries kept: the communes of the country, or its departments by known word."""

NO_CIRCLE = -1
"""Position of the circle where no circle holds any offer."""


@dataclass(frozen=True, slots=True)
class BoundedCache(Generic[KeyT, ValueT]):
    """The last value by key; a full cache starts again. No key holds anything of a person."""

    entries: dict[KeyT, ValueT] = field(default_factory=dict)

    def get_cached(self, key: KeyT) -> ValueT | None:
        """The last value, None without one."""
        return self.entries.get(key)

    def put_cached(self, key: KeyT, value: ValueT) -> None:
        """Keep the value."""
        if len(self.entries) >= MAX_HINTS:
            self.entries.clear()
        self.entries[key] = value


CircleKey = tuple[str, str, str, tuple[str, ...]]
"""Department or INSEE code, known word, mode, codes of the selected filters."""


@dataclass(slots=True)
class QueryHintCache:
    """The hints of one process, over one index.

    ``area_cpts`` holds the FINESS of covering CPTS by INSEE code; ``circles`` the position of the
    circle with enough offers, ``NO_CIRCLE`` where none has any. ``index`` is the concrete index
    that taught them.
    """

    area_cpts: BoundedCache[str, tuple[str, ...]] = field(default_factory=BoundedCache)
    circles: BoundedCache[CircleKey, int] = field(default_factory=BoundedCache)
    index: str | None = None

    def clear_after_swap(self, index: str) -> None:
        """Forget everything when another index answers than the one that taught the hints.

        Hints learnt before any hit named an index are kept: it is the first one that is seen.
        """
        if self.index not in (None, index):
            self.area_cpts.entries.clear()
            self.circles.entries.clear()
        self.index = index
