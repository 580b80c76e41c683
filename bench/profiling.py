"""The profile of the API process: which functions and parts its processor time goes to."""

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from bench.processes import LoadProcess, Meter
from bench.run import API, OURS, BenchOptions, middle_stages
from bench.sampling import CodeLocation, ProfileLine, by_function, by_part

TOP = 30
CONNECTIONS = 2
"""Enough to keep the process busy, few enough that it does not wait for itself."""

OUR_PARTS = ("api.", "elastic.", "geography.", "mappings.", "search_engine.")


def build_sampler_command(out: Path) -> list[str]:
    """The command of an API that samples itself."""
    return [sys.executable, "-m", "bench.api_sampler", str(out)]


def profile_plan(
    order: BenchOptions, pid: int, load: LoadProcess, meter: Meter, plan: str
) -> dict[str, Any]:
    """Sample the API during the searches of a plan; what each costs it, in milliseconds."""
    os.kill(pid, signal.SIGUSR1)
    options = {"connections": CONNECTIONS, "times": 2 * order.rounds, "seed": order.seed}
    with meter.open_measurement() as spent:
        tally = load.order("closed", [plan], **options)["tallies"][plan]
    stages_of = plan if plan == OURS else ""
    again = load.order("paired", [plan], seed=order.seed, stages_of=stages_of)["tallies"][plan]
    done = len(tally["latencies_ms"])
    return {
        "plan": plan,
        "asked": done,
        "cpu_ms": spent.cpu_s[API] * 1000 / max(1, done),
        "stages_p50_ms": middle_stages(again["stages"]),
    }


def read_profile(out: Path) -> dict[str, list[ProfileLine]]:
    """Parts, functions by their own share, and functions of ours with what they call."""
    read = orjson.loads(out.read_bytes())
    stacks: Counter[tuple[CodeLocation, ...]] = Counter()
    for stack, count in read:
        stacks[tuple((file, name) for file, name in stack)] += count
    functions = by_function(stacks)
    ours = [line for line in functions if line.name.startswith(OUR_PARTS)]
    return {
        "parts": by_part(stacks)[:TOP],
        "functions": functions[:TOP],
        "ours": sorted(ours, key=lambda line: -line.all)[:TOP],
    }
