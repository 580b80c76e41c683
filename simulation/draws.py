"""Seeded draws: one independent stream a department and topic, the same on every machine."""

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


def stream(*parts: object) -> random.Random:
    """A generator of random numbers that depends on ``parts`` only (seed, department, topic)."""
    return random.Random("/".join(str(part) for part in parts))  # noqa: S311


@dataclass(slots=True)
class WeightedChoice(Generic[T]):
    """Items drawn in proportion to their weights; drawing costs a bisection."""

    items: Sequence[T]
    weights: Sequence[float]
    _bounds: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._bounds = list(accumulate(self.weights))

    def draw(self, rng: random.Random) -> T:
        """One item; ``IndexError`` when there is none."""
        position = bisect(self._bounds, rng.random() * self._bounds[-1])
        return self.items[min(position, len(self.items) - 1)]


def build_weighted(pairs: Sequence[tuple[T, float]]) -> WeightedChoice[T]:
    """The items of (item, weight) pairs."""
    return WeightedChoice([item for item, _ in pairs], [weight for _, weight in pairs])


def draw_whole(rng: random.Random, expected: float) -> int:
    """A whole number whose mean is ``expected``: 2.3 gives 2, or 3 three times out of ten."""
    floor = int(expected)
    return floor + (rng.random() < expected - floor)
