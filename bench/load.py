"""The load generator, a process of its own: orders in on standard input, figures out.

One JSON line an order, one JSON line its answer; it ends when its input does. It parses no
answer, so that it costs as little as it can beside what is measured.
"""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import aiohttp
import orjson
import uvloop

from bench.exchange import Call, Exchange, Plan
from bench.latency import arrivals

TIMEOUT_S = 15.0
"""After which a call is an error; the API itself gives up after 10."""

LIMIT_S = 60.0
"""No order lasts longer, however slow the machine."""

MAX_PENDING = 500
"""Searches under way at once in an open load; beyond, an arrival is an error."""

OK = 200


@dataclass(slots=True)
class LoadTally:
    """Latencies in milliseconds of the answered searches, and the number of errors.

    Read from answers on request: ``stages`` of ours; of Elasticsearch ``took_ms``, the sum over the
    requests of a search, and ``found``, the offers of its page.
    """

    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    stages: list[dict[str, float]] = field(default_factory=list)
    took_ms: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def count_search(self, started: float, bodies: list[bytes] | None) -> None:
        """Note one search that began at ``started`` and has just been answered, or failed."""
        elapsed = time.perf_counter() - started
        if bodies is None:
            self.errors += 1
        else:
            self.latencies_ms.append(elapsed * 1000)

    def read_answers(self, bodies: list[bytes]) -> None:
        """Note the times and counts in the answers of Elasticsearch to one search."""
        answers = [orjson.loads(body) for body in bodies]
        pages = (one for answer in answers for one in answer.get("responses", [answer]))
        self.took_ms.append(sum(answer["took"] for answer in answers))
        self.found.append(max(_totals(pages), default=0))


def _totals(answers: Iterable[Mapping[str, Any]]) -> Iterable[int]:
    """The total of each answer that counted its hits."""
    return (one["hits"]["total"]["value"] for one in answers if "total" in one["hits"])


def open_session(connections: int = 0) -> aiohttp.ClientSession:
    """A session like the one inside our Elasticsearch client; 0: as many connections as needed."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
        skip_auto_headers=("accept", "accept-encoding", "user-agent"),
    )


async def perform(through: aiohttp.ClientSession, exchange: Exchange) -> list[bytes] | None:
    """The answers to the calls of a search, each sent once those it waits for have answered.

    None when one of them failed.
    """
    if len(exchange) == 1:
        bodies = [await _send(through, exchange[0])]
    else:
        sent: list[asyncio.Task[bytes | None]] = []
        for call in exchange:
            before = [sent[position] for position in call.after]
            sent.append(asyncio.create_task(_send_after(through, call, before)))
        bodies = list(await asyncio.gather(*sent))
    answered = [body for body in bodies if body is not None]
    return answered if len(answered) == len(exchange) else None


async def _send_after(
    through: aiohttp.ClientSession, call: Call, before: Iterable["asyncio.Task[bytes | None]"]
) -> bytes | None:
    for earlier in before:
        await earlier
    return await _send(through, call)


async def _send(through: aiohttp.ClientSession, call: Call) -> bytes | None:
    body = call.body.replace(call.now, _present()) if call.now else call.body
    try:
        async with through.request(
            call.method, call.url, data=body.encode() or None, headers=call.headers
        ) as response:
            received = await response.read()
            return received if response.status == OK else None
    except (aiohttp.ClientError, TimeoutError):
        return None


def _present() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


async def run_paired(
    plans: dict[str, Plan], seed: int, stages_of: str = ""
) -> dict[str, LoadTally]:
    """Each search in turn through every plan, on one connection each; first one, then the other.

    Whatever slows the machine down slows both. ``stages_of``: the plan whose answers hold
    ``took_ms``.
    """
    tallies = {name: LoadTally() for name in plans}
    async for name, started, bodies in _in_turn(plans, seed):
        tallies[name].count_search(started, bodies)
        if name == stages_of and bodies:
            tallies[name].stages.append(orjson.loads(bodies[0])["took_ms"])
    return tallies


async def run_with_server_times(plans: dict[str, Plan], seed: int) -> dict[str, LoadTally]:
    """The same through plans of Elasticsearch, with the time and the count in each answer."""
    tallies = {name: LoadTally() for name in plans}
    async for name, started, bodies in _in_turn(plans, seed):
        tallies[name].count_search(started, bodies)
        if bodies:
            tallies[name].read_answers(bodies)
    return tallies


async def _in_turn(
    plans: dict[str, Plan], seed: int
) -> AsyncIterator[tuple[str, float, list[bytes] | None]]:
    """(plan, instant of the start, answers) of each search; one more before, which opens the
    connection."""
    deadline = time.perf_counter() + LIMIT_S
    async with open_session() as through:
        for plan in plans.values():
            await perform(through, plan[0])
        for position in _shuffle_items(range(min(map(len, plans.values()))), seed):
            for name in list(plans) if position % 2 else list(reversed(plans)):
                started = time.perf_counter()
                yield name, started, await perform(through, plans[name][position])
            if time.perf_counter() > deadline:
                break


async def run_closed_loop(plan: Plan, connections: int, times: int, seed: int) -> LoadTally:
    """Every search ``times`` times, by so many callers without a pause."""
    tally = LoadTally()
    left = iter([exchange for _ in range(times) for exchange in _shuffle_items(plan, seed)])
    async with open_session() as through:
        await asyncio.gather(*(perform(through, plan[0]) for _ in range(connections)))
        started = time.perf_counter()
        callers = (_call_again(through, left, tally, started + LIMIT_S) for _ in range(connections))
        await asyncio.gather(*callers)
        tally.seconds = time.perf_counter() - started
    return tally


async def _call_again(
    through: aiohttp.ClientSession, left: Iterable[Exchange], tally: LoadTally, deadline: float
) -> None:
    for exchange in left:
        started = time.perf_counter()
        tally.count_search(started, await perform(through, exchange))
        if time.perf_counter() > deadline:
            return


async def run_open_loop(plan: Plan, starts: Iterable[float], seed: int) -> LoadTally:
    """Searches that start at given instants whether or not earlier ones were answered.

    Latency counts from the intended instant: a search that had to wait for its turn waited
    (no coordinated omission).
    """
    tally, drawn = LoadTally(), cycle(_shuffle_items(plan, seed))
    async with open_session() as through:
        begun = time.perf_counter()
        tally.errors += await start_at_instants(
            starts, lambda due: _count_exchange(through, next(drawn), tally, due)
        )
        tally.seconds = time.perf_counter() - begun
    return tally


async def start_at_instants(
    starts: Iterable[float], start: Callable[[float], Coroutine[Any, Any, None]]
) -> int:
    """Start a task at each instant, in seconds from now, and wait for all of them.

    A task is told the instant of the performance counter at which it was due. Returns how many
    were not started because ``MAX_PENDING`` were under way; raises what a task raised.
    """
    begun, pending, refused = time.perf_counter(), set[asyncio.Task[None]](), 0
    async with asyncio.TaskGroup() as group:
        for instant in starts:
            due = begun + instant
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if len(pending) >= MAX_PENDING:
                refused += 1
                continue
            task = group.create_task(start(due))
            pending.add(task)
            task.add_done_callback(pending.discard)
    return refused


async def _count_exchange(
    through: aiohttp.ClientSession, exchange: Exchange, tally: LoadTally, due: float
) -> None:
    tally.count_search(due, await perform(through, exchange))


def _shuffle_items(items: Iterable[Any], seed: int) -> list[Any]:
    drawn = list(items)
    random.Random(seed).shuffle(drawn)  # noqa: S311 - a load, not a secret
    return drawn


class LoadGenerator:
    """Plans kept by name, and the orders over them."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}

    async def execute_order(self, order: dict[str, Any]) -> dict[str, Any]:
        """The tallies of one order by plan, and the processor seconds it cost this process."""
        spent = time.process_time()
        tallies = await self._tallies(order)
        written = {name: _as_dict(tally) for name, tally in tallies.items()}
        return {"tallies": written, "cpu_s": time.process_time() - spent}

    async def _tallies(self, order: dict[str, Any]) -> dict[str, LoadTally]:
        names: Sequence[str] = order["plans"]
        match order["do"]:
            case "keep":
                exchanges = order["exchanges"]
                self._plans[names[0]] = [tuple(map(Call.from_dict, calls)) for calls in exchanges]
                return {}
            case "paired":
                chosen = {name: self._plans[name] for name in names}
                return await run_paired(chosen, order["seed"], order["stages_of"])
            case "server times":
                return await run_with_server_times(
                    {name: self._plans[name] for name in names}, order["seed"]
                )
            case "closed":
                plan, options = self._plans[names[0]], (order["connections"], order["times"])
                return {names[0]: await run_closed_loop(plan, *options, order["seed"])}
            case "open":
                starts = arrivals(order["rate"], order["seconds"], order["seed"])
                plan = self._plans[names[0]]
                return {names[0]: await run_open_loop(plan, starts, order["seed"])}
        raise ValueError(f"unknown order {order['do']!r}")


def _as_dict(tally: LoadTally) -> dict[str, Any]:
    return {name: getattr(tally, name) for name in LoadTally.__slots__}


def main() -> None:
    """Execute orders until standard input ends."""
    generator = LoadGenerator()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin.buffer:
            answer = runner.run(generator.execute_order(orjson.loads(line)))
            sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
