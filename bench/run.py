"""One run: the measures, in the order in which they are reported."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from math import nan
from statistics import median
from typing import Any

from bench import plans, scenario
from bench.dataset import Site
from bench.latency import Figures, figures, median_figures
from bench.processes import LoadProcess, Meter, ResourceUsage
from simulation.scales import ScaleName

ProgressLog = Callable[[str], None]
"""Receives a line of progress."""

Measures = dict[str, Any]

RAW, OURS, NULL = "raw", "ours", "null"
RAW_SUGGEST, OUR_SUGGEST = "raw_suggest", "our_suggest"

SEARCH, SUGGEST = "/v1/search", "/v1/suggest"

API, ELASTICSEARCH = "api", "elasticsearch"

GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Size of a run. ``times``: repetitions of each search in a closed round.

    ``named``: points of each named search, in each round.
    """

    scale: ScaleName = ScaleName.DEPARTMENT
    seed: int = 1
    searches: int = 300
    suggestions: int = 200
    named_points: int = 100
    rounds: int = 3
    times: int = 2
    connections: int = 16
    rates: tuple[float, ...] = (10.0, 25.0, 50.0)
    open_seconds: float = 8.0


def prepare(order: BenchOptions, site: Site, api: str, load: LoadProcess) -> None:
    """Draw the searches, record what they send to Elasticsearch, hand both over, warm both up."""
    drawn = scenario.sample_offers(site.client, site.alias, order.seed)
    searches = scenario.searches(drawn, order.searches, order.seed)
    suggestions = scenario.suggestions(drawn, order.suggestions, order.seed)
    load.keep(RAW, asyncio.run(plans.raw_searches(site.url, site.alias, searches)))
    load.keep(OURS, plans.build_api_plan(api, SEARCH, searches))
    load.keep(RAW_SUGGEST, asyncio.run(plans.raw_suggestions(site.url, site.alias, suggestions)))
    load.keep(OUR_SUGGEST, plans.build_api_plan(api, SUGGEST, suggestions))
    load.keep(NULL, plans.build_null_plan(api, order.searches))
    for plan in (RAW, OURS, RAW_SUGGEST, OUR_SUGGEST):
        load.order("closed", [plan], connections=4, times=1, seed=order.seed)


def measures(
    order: BenchOptions, site: Site, load: LoadProcess, meter: Meter, log_progress: ProgressLog
) -> Measures:
    """Every figure of a run."""
    log_progress("one connection, raw and ours in turn")
    one = one_connection(order, load, [RAW, OURS], stages_of=OURS)
    log_progress(f"{order.connections} connections")
    many = many_connections(order, site, load, meter)
    opened = []
    for rate in order.rates:
        log_progress(f"{rate:g} searches a second, whoever waits")
        opened.append(measure_open_loop(order, rate, load))
    log_progress("suggestions, and an answer that costs nothing")
    return {
        "one": one,
        "many": many,
        "open": opened,
        "suggest": one_connection(order, load, [RAW_SUGGEST, OUR_SUGGEST]),
        "null": null_cost(order, load),
    }


def one_connection(
    order: BenchOptions, load: LoadProcess, names: list[str], stages_of: str = ""
) -> Measures:
    """Latencies at one connection; the time that our code adds is the difference of medians."""
    rounds: list[Mapping[str, Any]] = []
    for seed in range(order.rounds):
        answer = load.order("paired", names, seed=seed, stages_of=stages_of)
        rounds.append(answer["tallies"])
    raw, our = ([figures(tallies[name]["latencies_ms"]) for tallies in rounds] for name in names)
    stages = [stage for tallies in rounds for stage in tallies[names[1]]["stages"]]
    return {
        "raw": asdict(median_figures(raw)),
        "ours": asdict(median_figures(our)),
        "added_p50_ms": median(b.p50 - a.p50 for a, b in zip(raw, our, strict=True)),
        "added_each_p50_ms": median(median_added_ms(tallies, names) for tallies in rounds),
        "errors": {
            "raw": sum(tallies[names[0]]["errors"] for tallies in rounds),
            "ours": sum(tallies[names[1]]["errors"] for tallies in rounds),
        },
        "stages_p50_ms": middle_stages(stages),
    }


def median_added_ms(tallies: Mapping[str, Any], names: list[str]) -> float:
    """The median of what our code adds to one same search; nan when some of them failed."""
    raw, our = (tallies[name]["latencies_ms"] for name in names)
    return median(b - a for a, b in zip(raw, our, strict=True)) if len(raw) == len(our) else nan


def middle_stages(stages: list[dict[str, float]]) -> dict[str, float]:
    """The median of each stage of ``took_ms``; a stage that a search skips took nothing."""
    names = dict.fromkeys(name for stage in stages for name in stage)
    return {name: median(stage.get(name, 0.0) for stage in stages) for name in names}


@dataclass(frozen=True, slots=True)
class Round:
    """One closed round of one plan."""

    latencies: Figures
    errors: int
    per_s: float
    spent: ResourceUsage
    requests: int
    generator_cpu_s: float

    def per_search(self, total: float) -> float:
        """A total of the round, divided by its searches."""
        return total / max(1, self.latencies.count + self.errors)


def many_connections(order: BenchOptions, site: Site, load: LoadProcess, meter: Meter) -> Measures:
    """Raw and ours in turn, round by round, under callers that send again as soon as answered."""
    rounds: dict[str, list[Round]] = {RAW: [], OURS: []}
    for seed in range(order.rounds):
        for name in (RAW, OURS):
            before = _requests(site)
            with meter.open_measurement() as spent:
                answer = load.order(
                    "closed", [name], connections=order.connections, times=order.times, seed=seed
                )
            requests = _requests(site) - before
            rounds[name].append(_round(answer, name, spent, requests))
    return {name: _merge_rounds(done) for name, done in rounds.items()}


def _round(answer: dict[str, Any], name: str, spent: ResourceUsage, requests: int) -> Round:
    tally = answer["tallies"][name]
    latencies = figures(tally["latencies_ms"])
    per_s = latencies.count / tally["seconds"]
    return Round(latencies, tally["errors"], per_s, spent, requests, answer["cpu_s"])


def _merge_rounds(rounds: list[Round]) -> Measures:
    processes = rounds[0].spent.cpu_s
    return {
        **asdict(median_figures(one.latencies for one in rounds)),
        "errors": sum(one.errors for one in rounds),
        "per_s": median(one.per_s for one in rounds),
        "requests_a_search": median(one.per_search(one.requests) for one in rounds),
        "cpu_ms_a_search": {
            **{
                name: median(one.per_search(one.spent.cpu_s[name]) * 1000 for one in rounds)
                for name in processes
            },
            "generator": median(one.per_search(one.generator_cpu_s) * 1000 for one in rounds),
        },
        "peak_mb": {name: max(one.spent.peak_mb[name] for one in rounds) for name in processes},
    }


def _requests(site: Site) -> int:
    """Searches that the index has answered so far: one shard, so one a request."""
    stats = site.client.indices.stats(index=site.alias, metric="search")
    return int(stats["_all"]["total"]["search"]["query_total"])


def measure_open_loop(order: BenchOptions, rate: float, load: LoadProcess) -> Measures:
    """Raw, then ours, at a rate that does not depend on the answers."""
    measured: Measures = {"rate": rate}
    for name in (RAW, OURS):
        options = {"rate": rate, "seconds": order.open_seconds, "seed": order.seed}
        tally = load.order("open", [name], **options)["tallies"][name]
        measured[name] = {**asdict(figures(tally["latencies_ms"])), "errors": tally["errors"]}
    return measured


def null_cost(order: BenchOptions, load: LoadProcess) -> Measures:
    """Latency of an answer without work: the floor of the generator and the web server."""
    one = load.order("paired", [NULL], seed=order.seed, stages_of="")["tallies"][NULL]
    many = load.order(
        "closed", [NULL], connections=order.connections, times=order.times, seed=order.seed
    )
    tally = many["tallies"][NULL]
    answered = len(tally["latencies_ms"])
    return {
        "one": asdict(figures(one["latencies_ms"])),
        "many": {**asdict(figures(tally["latencies_ms"])), "per_s": answered / tally["seconds"]},
        "generator_cpu_ms": many["cpu_s"] * 1000 / max(1, answered),
    }


@dataclass(frozen=True, slots=True)
class BenchTarget:
    """The limit of a figure; ``at_least`` turns the comparison round."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """True when the figure is within its limit; a figure that was not measured is not."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def targets(found: Measures) -> list[BenchTarget]:
    """The targets of a run (design 12), each with what was measured."""
    raw, our = found["many"][RAW], found["many"][OURS]
    return [
        BenchTarget("time our API adds, 1 connection", found["one"]["added_p50_ms"], 5.0, "ms"),
        BenchTarget("p99 at many connections, ours to raw", our["p99"] / raw["p99"], 1.5, "times"),
        BenchTarget(
            "throughput, ours to raw", our["per_s"] / raw["per_s"], 0.6, "times", at_least=True
        ),
        BenchTarget("errors", count_errors(found), 0, "of ours"),
        BenchTarget("suggest p95, 1 connection", found["suggest"]["ours"]["p95"], 20.0, "ms"),
        *list_search_targets(found),
    ]


def list_search_targets(found: Measures) -> list[BenchTarget]:
    """Those of the searches with a name, and of growth where it was measured."""
    named = [
        BenchTarget(name, one["p95"] if not one["errors"] else nan, one["limit_ms"], "ms")
        for name, one in found.get("named", {}).items()
    ]
    growth = (
        [BenchTarget(GROWTH, found["growth"]["ratio"], 1.5, "times")] if "growth" in found else []
    )
    return [*named, *growth]


def count_errors(found: Measures) -> int:
    """Errors of ours in every measure."""
    parts: Iterable[int] = [
        found["one"]["errors"]["ours"],
        found["suggest"]["errors"]["ours"],
        found["many"][OURS]["errors"],
        *(rate[OURS]["errors"] for rate in found["open"]),
    ]
    return sum(parts)
