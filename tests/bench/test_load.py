"""The load generator sends its plans at their instants, and counts from the intended one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bench import load
from bench.exchange import Call, Exchange

SLOW_S = 0.05


@dataclass
class EchoServer:
    """A real server that notes what it receives, and serves ``/one-by-one`` one at a time."""

    url: str = ""
    received_texts: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    all_arrived: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(20))
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def answer(self, request: web.Request) -> web.Response:
        """The body that was sent, after a while."""
        text = await request.text()
        self.received_texts.append(text)
        self.events.append(f"begun {text}")
        await asyncio.sleep(SLOW_S)
        self.events.append(f"ended {text}")
        return web.Response(text=text)

    async def one_by_one(self, _: web.Request) -> web.Response:
        """An answer a ``SLOW_S``: more than that cannot be had."""
        async with self.alone:
            await asyncio.sleep(SLOW_S)
        return web.Response()

    async def answer_together(self, _: web.Request) -> web.Response:
        """No answer before twenty callers wait."""
        await self.all_arrived.wait()
        return web.Response()

    async def answer_503(self, _: web.Request) -> web.Response:
        """No answer to be had."""
        return web.Response(status=503)

    def call(self, text: str, after: tuple[int, ...] = (), path: str = "/answer") -> Call:
        """A call to this server."""
        return Call("POST", f"{self.url}{path}", {}, text, after)


@pytest.fixture
async def server() -> AsyncIterator[EchoServer]:
    """The server on a free port."""
    server = EchoServer()
    app = web.Application()
    app.router.add_post("/answer", server.answer)
    app.router.add_post("/one-by-one", server.one_by_one)
    app.router.add_post("/together", server.answer_together)
    app.router.add_post("/broken", server.answer_503)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


async def test_calls_of_a_search_wait_for_those_they_waited_for(server: EchoServer) -> None:
    exchange = (server.call("a"), server.call("b"), server.call("c", after=(0, 1)))
    async with load.open_session() as through:
        bodies = await load.perform(through, exchange)
    assert bodies == [b"a", b"b", b"c"]
    assert set(server.events[:2]) == {"begun a", "begun b"}, "a and b ran together"
    assert set(server.events[2:4]) == {"ended a", "ended b"}
    assert server.events[4:] == ["begun c", "ended c"], "c waited for a and b"


async def test_a_failed_call_makes_its_search_an_error(server: EchoServer) -> None:
    plan: list[Exchange] = [(server.call("a"), server.call("b", path="/broken"))] * 3
    tally = await load.run_closed_loop(plan, connections=2, times=1, seed=1)
    assert (tally.errors, tally.latencies_ms) == (3, [])


async def test_nobody_listening_is_an_error_and_not_the_end() -> None:
    unanswered = Call("GET", "http://127.0.0.1:9/", {})
    tally = await load.run_closed_loop([(unanswered,)], connections=1, times=2, seed=1)
    assert tally.errors == 2


async def test_every_search_is_asked_as_often_as_told(server: EchoServer) -> None:
    plan: list[Exchange] = [(server.call(str(number)),) for number in range(10)]
    tally = await load.run_closed_loop(plan, connections=5, times=2, seed=1)
    assert (len(tally.latencies_ms), tally.errors) == (20, 0)
    timed = server.received_texts[5:]
    assert sorted(timed) == sorted(str(number) for number in range(10) for _ in range(2))
    assert min(tally.latencies_ms) >= SLOW_S * 1000


async def test_an_open_load_counts_from_the_intended_instant(server: EchoServer) -> None:
    """Ten callers at once, served one by one: the last one waited for the nine before."""
    plan: list[Exchange] = [(server.call("", path="/one-by-one"),)]
    tally = await load.run_open_loop(plan, [0.0] * 10, seed=1)
    waited = sorted(tally.latencies_ms)
    assert len(waited) == 10
    assert waited[-1] >= 10 * SLOW_S * 1000
    assert waited[4] >= 5 * SLOW_S * 1000


async def test_an_open_load_does_not_wait_for_answers(server: EchoServer) -> None:
    starts = [number * 0.01 for number in range(20)]
    tally = await load.run_open_loop([(server.call("x", path="/together"),)], starts, seed=1)
    assert (len(tally.latencies_ms), tally.errors) == (20, 0)


async def test_both_plans_of_a_pair_see_the_same_searches(server: EchoServer) -> None:
    plans: dict[str, list[Exchange]] = {
        name: [(server.call(f"{name}{number}"),) for number in range(4)] for name in ("r", "o")
    }
    tallies = await load.run_paired(plans, seed=1)
    assert [len(tally.latencies_ms) for tally in tallies.values()] == [4, 4]
    timed = server.received_texts[2:]
    pairs = [(timed[at][1], timed[at + 1][1]) for at in range(0, 8, 2)]
    assert all(first == second for first, second in pairs)
    assert {timed[at][0] for at in range(0, 8, 2)} == {"r", "o"}, "each goes first in turn"


async def test_the_present_replaces_the_instant_of_the_recording(server: EchoServer) -> None:
    then = "2026-11-23T09:00:00Z"
    call = Call("POST", f"{server.url}/answer", {}, f'["{then}","2026-11-25T22:59:59Z"]', now=then)
    async with load.open_session() as through:
        [body] = await load.perform(through, (call,)) or []
    assert then.encode() not in body
    assert b"2026-11-25T22:59:59Z" in body
    assert len(body) == len(call.body)
