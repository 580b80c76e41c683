"""Figures of latencies: percentiles of a round, the middle of several rounds, arrival times."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Figures:
    """Percentiles in milliseconds, and of how many answers."""

    p50: float
    p95: float
    p99: float
    count: int


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that ``share`` % of the values do not exceed (nearest rank).

    Never a value that was not measured. NaN when there is none.
    """
    if not values:
        return float("nan")
    return sorted(values)[max(0, ceil(len(values) * share / 100) - 1)]


def figures(latencies_ms: Sequence[float]) -> Figures:
    """The percentiles of one round."""
    p50, p95, p99 = (percentile(latencies_ms, share) for share in (50, 95, 99))
    return Figures(p50, p95, p99, len(latencies_ms))


def median_figures(rounds: Iterable[Figures]) -> Figures:
    """The median of each percentile over the rounds: one disturbed round decides nothing."""
    listed = list(rounds)
    return Figures(
        median(one.p50 for one in listed),
        median(one.p95 for one in listed),
        median(one.p99 for one in listed),
        sum(one.count for one in listed),
    )


def arrivals(rate: float, seconds: float, seed: int) -> Iterator[float]:
    """Instants in seconds at which callers who know nothing of each other arrive (Poisson)."""
    drawn = random.Random(seed)  # noqa: S311 - a load, not a secret
    at = drawn.expovariate(rate)
    while at < seconds:
        yield at
        at += drawn.expovariate(rate)
