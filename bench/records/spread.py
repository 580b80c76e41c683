"""Who comes first for a hundred callers of one commune, of whom every second one is oriented."""

import random
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.dataset import Site
from bench.scenario import pick_nearby_point
from geography.gazetteer import load_gazetteer
from mappings.records import Offer
from mappings.roles import UserRole
from records.access import Actor
from records.database import Database
from records.errors import RecordsError
from records.orientations.ask import AskedBy, ask_orientation
from records.orientations.kinds import OrientationKind
from records.orientations.values import OrientationRequest
from worker.context import WorkerContext
from worker.run import drain_outbox

PLACES, CALLERS, SEEN = 10, 100, 30
TRIED = 400
"""Communes drawn to find places where enough people can be seen."""
WHAT = "médecin généraliste"
REGULATOR = Actor("899700000001", frozenset({UserRole.OSNP}))


@dataclass(frozen=True, slots=True)
class Spread:
    """First cards of the callers of one commune: how many are distinct, the share of the first."""

    commune: str
    people: int
    distinct: int
    largest_share: float
    oriented: int


def measure_spread(site: Site, database: Database, url: str, seed: int) -> list[Spread]:
    """The spread of each place; fewer than ten where the set has no more."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    context = WorkerContext(database, site.client, site.alias, "bench")
    with httpx.Client(base_url=url, timeout=30) as api:
        places = find_places(site, api, chance)
        return [call_from(place, context, api, chance) for place in places]


@dataclass(frozen=True, slots=True)
class CallingPlace:
    """A commune, and how many people can be seen around its town hall."""

    name: str
    lat: float
    lon: float
    people: int


def find_places(site: Site, api: httpx.Client, chance: random.Random) -> list[CallingPlace]:
    """Communes drawn by population where enough people can be seen."""
    by_department = {"terms": {"field": "department", "size": 200}}
    counted = site.client.search(index=site.alias, size=0, aggs={"d": by_department})
    held = {one["key"] for one in counted["aggregations"]["d"]["buckets"]}
    communes = [one for code in sorted(held) for one in load_gazetteer().in_department(code)]
    drawn = chance.choices(communes, [one.population + 1 for one in communes], k=TRIED)
    found: list[CallingPlace] = []
    for one in dict.fromkeys(drawn):
        people = search(api, {"lat": one.lat, "lon": one.lon})["people"]["value"]
        if people >= SEEN:
            found.append(CallingPlace(one.name, one.lat, one.lon, people))
        if len(found) == PLACES:
            break
    return found


def call_from(
    place: CallingPlace, context: WorkerContext, api: httpx.Client, chance: random.Random
) -> Spread:
    """A hundred callers, one after the other."""
    firsts, oriented = Counter[str](), 0
    for number in range(CALLERS):
        page = search(api, pick_nearby_point(place.lat, place.lon, chance))
        if not page["results"]:
            continue
        first = page["results"][0]["id"]
        firsts[first] += 1
        if number % 2:
            oriented += orient(context, first)
    share = max(firsts.values(), default=0) / max(1, firsts.total())
    return Spread(place.name, place.people, len(firsts), share, oriented)


def search(api: httpx.Client, where: dict[str, Any]) -> dict[str, Any]:
    """A fresh page, without a seed."""
    answered = api.post("/v1/search", json={"what": WHAT, **where, "size": 1, "facets": False})
    answered.raise_for_status()
    page: dict[str, Any] = answered.json()
    return page


def orient(context: WorkerContext, offer_id: str) -> bool:
    """Orient to an offer in the way that it takes, and bring the count to the index."""
    client, alias = context.client, context.alias
    offer: Offer = client.get(index=alias, id=offer_id)["_source"]
    now = datetime.now(UTC)
    for request in list_requests(offer, now):
        by = AskedBy(REGULATOR, str(uuid.uuid4()), now)
        try:
            ask_orientation(context.database, by, request, lambda _: offer)
        except RecordsError:
            continue
        drain_outbox(context, lambda: now)
        client.indices.refresh(index=alias)
        return True
    return False


def list_requests(offer: Offer, now: datetime) -> list[OrientationRequest]:
    """The orientations that an offer may take: its first slots, else an hour beyond them."""
    slots = sorted(offer.get("slots", []), key=lambda slot: slot["start"])
    kinds = (OrientationKind.SLOT, OrientationKind.BOOKING)
    on_slots = [
        OrientationRequest(kind, offer["id"], slot=one["id"]) for one in slots for kind in kinds
    ]
    soon = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return [*on_slots, OrientationRequest(OrientationKind.BEYOND, offer["id"], start=soon)]
