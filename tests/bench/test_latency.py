"""The figures of a run are what they are called."""

import math
from itertools import pairwise

import pytest

from bench.latency import Figures, arrivals, figures, median_figures, percentile
from bench.run import BenchTarget


@pytest.mark.parametrize(("share", "expected"), [(1, 1), (50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: int, expected: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_percentiles_of_few_values_do_not_hide_the_worst() -> None:
    assert figures([1.0, 2.0, 3.0, 400.0]) == Figures(p50=2.0, p95=400.0, p99=400.0, count=4)


def test_nothing_measured_has_no_percentile_and_meets_no_target() -> None:
    nothing = percentile([], 50)
    assert math.isnan(nothing)
    assert not BenchTarget("p50", nothing, 4.0, "ms").is_met
    assert not BenchTarget("throughput", nothing, 0.6, "times", at_least=True).is_met


def test_one_disturbed_round_decides_nothing() -> None:
    calm, other, disturbed = Figures(1, 2, 3, 10), Figures(1, 2, 4, 10), Figures(90, 95, 99, 10)
    assert median_figures([calm, disturbed, other]) == Figures(1, 2, 4, 30)


def test_arrivals_keep_their_rate_and_their_seed() -> None:
    drawn = list(arrivals(rate=50, seconds=100, seed=3))
    assert drawn == list(arrivals(rate=50, seconds=100, seed=3))
    assert drawn == sorted(drawn)
    assert drawn[0] > 0
    assert drawn[-1] < 100
    assert 4500 < len(drawn) < 5500
    gaps = [later - earlier for earlier, later in pairwise(drawn)]
    assert max(gaps) > 3 / 50, "callers who know nothing of each other leave gaps"


@pytest.mark.parametrize(
    ("value", "at_least", "met"), [(4.0, False, True), (4.1, False, False), (4.1, True, True)]
)
def test_a_target_is_met_at_its_limit(value: float, at_least: bool, met: bool) -> None:
    assert BenchTarget("x", value, 4.0, "ms", at_least=at_least).is_met is met
