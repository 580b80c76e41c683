"""The named searches, whose time inside Elasticsearch has a target, and the cost of growth.

Every search of a round has a point and an instant of its own, and no round repeats
a search of an earlier one: caches answer no more of it than of a real day.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import nan
from statistics import median
from typing import Any

from bench import plans, scenario
from bench.dataset import Site
from bench.latency import figures, median_figures, percentile
from bench.processes import LoadProcess
from bench.run import BenchOptions, Measures
from search_engine.request.window import whole_second
from simulation.scales import ScaleName

Body = dict[str, Any]

HOURS = 8
"""The instants of the searches lie in so many hours from the present: the day of a regulator."""


@dataclass(frozen=True, slots=True)
class NamedSearch:
    """One search by its name: its place, its criteria, and its limits by size of the set.

    ``limits_ms``: of the 95th percentile of ``took``.
    """

    name: str
    department: str
    criteria: Mapping[str, Any]
    limits_ms: Mapping[ScaleName, float]


def _limits(national: float, stress: float) -> dict[ScaleName, float]:
    """Limits of every scale; a smaller set has those of the national one."""
    smaller = dict.fromkeys((ScaleName.DEPARTMENT, ScaleName.NATIONAL), national)
    return {**smaller, ScaleName.STRESS: stress}


DOCTOR: Body = {"what": "médecin généraliste", "size": 20}

NAMED_SEARCHES = (
    NamedSearch("Paris with facets", "75", {**DOCTOR, "radius_km": 30.0}, _limits(20, 35)),
    NamedSearch("Lozère", "48", DOCTOR, _limits(10, 35)),
)

COMPARABLE_DEPARTMENTS = ("21", "2A", "48", "974", "976")
"""Departments where a generated set has the same general practitioners at every size."""

AROUND_KM = 15.0

SAME_DENSITY = 1.1
"""The most that the offers found by one search may differ, in times, between the two sets."""

SMALL, LARGE = "small", "large"


def measure_took(order: BenchOptions, site: Site, load: LoadProcess) -> Measures:
    """Each named search: percentiles of ``took``, what was found, and its limit."""
    return {one.name: _measure_one_took(one, order, site, load) for one in NAMED_SEARCHES}


def _measure_one_took(
    named: NamedSearch, order: BenchOptions, site: Site, load: LoadProcess
) -> Measures:
    rounds = []
    for number in range(order.rounds):
        chance = _chance(named.name, order.seed, number)
        drawn = list(
            _draw_searches((named.department,), named.criteria, order.named_points, chance)
        )
        load.keep(named.name, asyncio.run(plans.searches_at(site.url, site.alias, drawn)))
        rounds.append(load.order("server times", [named.name], seed=number)["tallies"][named.name])
    return {
        **asdict(median_figures(figures(one["took_ms"]) for one in rounds)),
        "whole_p50_ms": median(percentile(one["latencies_ms"], 50) for one in rounds),
        "found_p50": median(percentile(one["found"], 50) for one in rounds),
        "errors": sum(one["errors"] for one in rounds),
        "limit_ms": named.limits_ms[order.scale],
    }


def measure_growth(order: BenchOptions, small: Site, large: Site, load: LoadProcess) -> Measures:
    """The same searches through a small set and a large one, in turn: medians and their ratio.

    Only searches that find as many offers in both count, within ``SAME_DENSITY``: the figure is
    the cost of the offers elsewhere. Times are of whole requests, since ``took`` has no fraction
    of a millisecond.
    """
    rounds = [_pairs(order, small, large, load, number) for number in range(order.rounds)]
    medians = [(percentile(s, 50), percentile(g, 50)) for s, g in (_sides(one) for one in rounds)]
    return {
        "small_p50_ms": median(s for s, _ in medians),
        "large_p50_ms": median(g for _, g in medians),
        "ratio": median(g / s for s, g in medians),
        "pairs": sum(map(len, rounds)),
    }


def _sides(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [small for small, _ in pairs], [large for _, large in pairs]


def _pairs(
    order: BenchOptions, small: Site, large: Site, load: LoadProcess, number: int
) -> list[tuple[float, float]]:
    """Latencies in both sets of the searches that find as many offers; none when some failed."""
    what = {**DOCTOR, "radius_km": AROUND_KM, "mode": "all"}
    drawn = list(
        _draw_searches(
            COMPARABLE_DEPARTMENTS, what, order.named_points, _chance("growth", order.seed, number)
        )
    )
    for name, site in ((SMALL, small), (LARGE, large)):
        load.keep(name, asyncio.run(plans.searches_at(site.url, site.alias, drawn)))
    tallies = load.order("server times", [SMALL, LARGE], seed=number)["tallies"]
    if any(tally["errors"] for tally in tallies.values()):
        return [(nan, nan)]
    found = zip(*(tallies[name]["found"] for name in (SMALL, LARGE)), strict=True)
    times = zip(*(tallies[name]["latencies_ms"] for name in (SMALL, LARGE)), strict=True)
    return [pair for pair, both in zip(times, found, strict=True) if is_same_density(*both)]


def is_same_density(small: int, large: int) -> bool:
    """True when two sets hold as many offers around one point; nothing is no density."""
    return 0 < max(small, large) <= SAME_DENSITY * min(small, large)


def _draw_searches(
    departments: tuple[str, ...], what: Mapping[str, Any], count: int, chance: random.Random
) -> Iterator[tuple[Body, datetime]]:
    """So many searches, each from a patient's point and at an instant of its own."""
    now = whole_second(datetime.now(UTC))
    seconds = chance.sample(range(HOURS * 3600), count)
    for second in seconds:
        commune = scenario.pick_commune(chance.choice(departments), chance)
        point = scenario.pick_nearby_point(commune.lat, commune.lon, chance)
        body = {**what, **point, "seed": chance.randrange(2**31)}
        yield body, now + timedelta(seconds=second)


def _chance(name: str, seed: int, number: int) -> random.Random:
    return random.Random(f"{name} {seed} {number}")  # noqa: S311 - a load, not a secret
