"""What the index told earlier searches, so that the page is asked together with the question. Every
answer corrects it, so nothing is ever shown out of it."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

MAX_HINTS = 100_000
"""Answers kept: the communes of the country, or its departments by what is looked for there."""


@dataclass(frozen=True, slots=True)
class BoundedCache(Generic[KeyT, ValueT]):
    """The last answer by question; when it is full it starts again. No person is ever a key."""

    entries: dict[KeyT, ValueT] = field(default_factory=dict)

    def get_cached(self, key: KeyT) -> ValueT | None:
        """What was told last, None when it never was asked."""
        return self.entries.get(key)

    def put_cached(self, key: KeyT, value: ValueT) -> None:
        """Keep what the index told."""
        if len(self.entries) >= MAX_HINTS:
            self.entries.clear()
        self.entries[key] = value


CircleKey = tuple[str, str, str, tuple[str, ...]]
"""Department or INSEE code, known word, mode, codes of the selected filters."""


@dataclass(frozen=True, slots=True)
class QueryHintCache:
    """``covering``: FINESS of the CPTS by INSEE code. ``circles``: which of the circles of a search
    held enough, ``NOBODY`` when none held anything."""

    area_cpts: BoundedCache[str, tuple[str, ...]] = field(default_factory=BoundedCache)
    circles: BoundedCache[CircleKey, int] = field(default_factory=BoundedCache)


NO_CIRCLE = -1
