"""Users of every kind at random instants: searches, pages, links, bad input, clients that leave."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.latency import arrivals
from bench.load import start_at_instants
from tests.api.conftest import ALPHA
from tests.api.leaving_client import open_search_request
from tests.suite.waiting import PATIENCE_S

RATE = 8.0
"""Actions a second, on average."""

Json = Mapping[str, Any]
MENDE: Json = {"what": "MG", "insee": "48095"}
LINK = {"origin": ALPHA, "specialty": "urn:oid:1.2.250.1.213.2.28|SM54", "inseecode": "48095"}

SEARCHES: tuple[Json, ...] = (
    MENDE,
    {**MENDE, "mode": "all"},
    {**MENDE, "mode": "beyond", "sort": "distance"},
    {"what": "MG", "lat": 44.518, "lon": 3.5005, "radius_km": 30, "mode": "all"},
    {"what": "NOMAAB", "department": "48"},
    {**MENDE, "consultation": ["AMB"], "sort": "earliest"},
)
BAD_REQUESTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "/v1/search", {"content": b"{"}),
    ("POST", "/v1/search", {"json": {**MENDE, "nobody": 1}}),
    ("POST", "/v1/search", {"json": {**MENDE, "size": "many"}}),
    ("POST", "/v1/search", {"json": {**MENDE, "cursor": "nonsense"}}),
    ("POST", "/v1/suggest", {"json": {"text": ["a"] * 50}}),
    ("GET", "/v1/search", {"params": {"what": "MG", "insee": "00000"}}),
    ("GET", "/v1/lrm/search", {"params": {"origin": "nobody"}}),
    ("GET", "/v1/offers/rpps:0@0", {}),
    ("GET", "/nothing/here", {}),
    ("DELETE", "/v1/search", {}),
)


@dataclass
class MixedLoad:
    """The actions, and how each was answered."""

    url: str
    api: httpx.AsyncClient
    chance: random.Random
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Answers of another status than their action allows, and walks with a result twice."""

    async def run(self, seconds: float) -> int:
        """Act at random instants; how many actions were not begun because too many waited."""
        return await start_at_instants(arrivals(RATE, seconds, seed=71), self._act)

    async def _act(self, _: float) -> None:
        (name,) = self.chance.choices(list(ACTIONS), [weight for weight, _ in ACTIONS.values()])
        await ACTIONS[name][1](self)

    async def search(self) -> None:
        """One page."""
        await self._send("search", "POST", "/v1/search", json=self.chance.choice(SEARCHES))

    async def walk(self) -> None:
        """Every page of a search while slots change: moving, or frozen with ``stable``."""
        stable = self.chance.random() < STABLE_SHARE
        criteria = {**MENDE, "mode": "all", "size": 20, "stable": stable}
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self._send("walk", "POST", "/v1/search", json={**criteria, **cursor})
            found += [one["id"] for one in page.get("results", [])]
            if not page.get("next"):
                break
            cursor = {"cursor": page["next"]["cursor"]}
        if stable and len(found) != len(set(found)):
            self.wrong.append(f"{len(found) - len(set(found))} results twice in a frozen walk")

    async def suggest(self) -> None:
        """Completion of what is typed."""
        await self._send("suggest", "POST", "/v1/suggest", json={"text": "noma"})

    async def complete_place(self) -> None:
        """Completion of a place."""
        await self._send("places", "POST", "/v1/places", json={"text": "mend"})

    async def follow_link(self) -> None:
        """A link of dispatch software."""
        await self._send("link", "GET", "/v1/lrm/search", params=LINK)

    async def send_bad_request(self) -> None:
        """Something that is refused."""
        method, path, content = self.chance.choice(BAD_REQUESTS)
        await self._send("bad", method, path, **content)

    async def leave(self) -> None:
        """A search whose client goes before its answer."""
        await asyncio.to_thread(self._leave, self.chance.choice(SEARCHES))

    def _leave(self, criteria: Json) -> None:
        with open_search_request(self.url, "POST", criteria):
            self.statuses["leave", 0] += 1

    async def _send(self, action: str, method: str, path: str, **content: Any) -> dict[str, Any]:
        """The body of an answer; empty for one that its action does not allow."""
        response = await self.api.request(method, path, **content)
        self.statuses[action, response.status_code] += 1
        if (response.status_code == httpx.codes.OK) == (
            action == "bad"
        ) or response.is_server_error:
            self.wrong.append(
                f"{action} {method} {path}: {response.status_code} {response.text[:200]}"
            )
            return {}
        body: dict[str, Any] = response.json()
        return body


STABLE_SHARE = 0.5
"""Walks that read a frozen snapshot."""

ACTIONS: Mapping[str, tuple[int, Callable[[MixedLoad], Awaitable[None]]]] = {
    "search": (40, MixedLoad.search),
    "suggest": (20, MixedLoad.suggest),
    "leave": (10, MixedLoad.leave),
    "link": (10, MixedLoad.follow_link),
    "bad": (10, MixedLoad.send_bad_request),
    "places": (5, MixedLoad.complete_place),
    "walk": (5, MixedLoad.walk),
}
"""Each action and its weight."""


async def run_mixed_load(url: str, seconds: float) -> MixedLoad:
    """Load the service for so long, and wait for the last answer."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, trust_env=False) as api:
        load = MixedLoad(url, api, random.Random(71))
        refused = await load.run(seconds)
    if refused:
        load.wrong.append(f"{refused} actions not begun: too many waited")
    return load
