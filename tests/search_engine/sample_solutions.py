"""Marketplace solutions and plans made by hand, and a real index to ask for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from search_engine.backend.index import Index
from search_engine.query.plan import Plan, build_request
from search_engine.query.solutions import solutions_body
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation
from search_engine.request.profiles import load_profiles
from search_engine.request.typed_line import build_attempts, read_line
from search_engine.request.window import build_window
from search_engine.response.solutions import solutions_block
from tests.search_engine.sample_offers import NOW, Offer, Searcher, area


def solution(key: str, *covers: str, **fields: Any) -> Offer:
    """A solution of the editor ``acme`` that serves everybody, over departments when given."""
    return {
        "id": f"solution:acme:{key}",
        "kind": "solution",
        "title": f"Solution {key}",
        "names": [f"Solution {key}"],
        "link": f"https://acme.example/{key}",
        "fair_key": crc32(key[::-1].encode()) % 2**31,
        "department": "14",
        "timezone": "Europe/Paris",
        "sources": {"identity": {"source": "solutions", "date": "2026-06-01"}},
        **({"covers_departments": list(covers)} if covers else {}),
        **fields,
    }


def around(key: str, lat: float, lon: float, km: float, **fields: Any) -> Offer:
    """A solution that covers a circle."""
    return solution(key, point={"lat": lat, "lon": lon}, covers_km=km, **fields)


def plan(
    what: str = "médecin généraliste",
    where: Area | None = None,
    *,
    meaning: Interpretation | None = None,
    seed: int = 1,
    **criteria: Any,
) -> Plan:
    """The plan of a search, the place being given."""
    place = where or area()
    asked = Criteria(what=what, lat=place.lat, lon=place.lon, **criteria)
    window = build_window(NOW, place.zone)
    profile = load_profiles()[asked.profile]
    read = meaning or build_attempts(read_line(asked), ())[0].meaning
    request = build_request(asked, read, place, window, profile=profile, seed=seed)
    return Plan(request, place)


@dataclass(frozen=True, slots=True)
class Marketplace:
    """The solutions of one index."""

    index: Index

    async def block(self, search_plan: Plan) -> dict[str, Any]:
        """The block of solutions of a search."""
        return solutions_block(
            search_plan, await self.index.fetch_answer(solutions_body(search_plan))
        )

    async def cards(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """The cards of a search, said as a plan is."""
        block = await self.block(plan(*args, **kwargs))
        cards: list[dict[str, Any]] = block["results"]
        assert block["total"] == {"value": len(cards), "relation": "eq"}
        return cards

    async def keys(self, *args: Any, **kwargs: Any) -> list[str]:
        """The keys of the solutions of a search, in order."""
        return [card["id"].rpartition(":")[2] for card in await self.cards(*args, **kwargs)]


def index_solutions(
    index_offers: Callable[[Iterable[Offer]], Searcher], *offers: Offer
) -> Marketplace:
    """A market of these solutions alone."""
    searcher = index_offers(offers)
    return Marketplace(Index(searcher.client, searcher.alias))
