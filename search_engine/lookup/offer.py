"""One card by its id, as a search would show it, without a place to measure from."""

from dataclasses import dataclass
from datetime import datetime

from elasticsearch import AsyncElasticsearch

from mappings.records import Offer
from search_engine.backend.index import Index, hits_of
from search_engine.query.availability import any_slots, showing
from search_engine.query.source_fields import SOURCE
from search_engine.request.criteria import Role
from search_engine.request.problems import OfferNotFound
from search_engine.request.window import window_of
from search_engine.response.cards import Card, View, card


@dataclass(frozen=True, slots=True)
class Asker:
    """Who opens a card: what shows depends on the role; links carry the origin."""

    role: Role = Role.OSNP
    origin: str = "sas"


async def offer_card(
    client: AsyncElasticsearch, alias: str, offer_id: str, now: datetime, asker: Asker | None = None
) -> Card:
    """The card of one offer with the slots of the default window; ``OfferNotFound`` if none.

    The window is counted in the zone of the place itself, and its filters are role and time.
    """
    asker = asker or Asker()
    body = {"query": {"term": {"id": offer_id}}, "size": 1, "_source": SOURCE}
    hits = hits_of(await Index(client, alias).ask(body))
    if not hits:
        raise OfferNotFound
    offer: Offer = hits[0]["_source"]
    window = window_of(now, offer["zone"])
    slots = showing(any_slots(asker.role, window), offer.get("slots", []))
    return card(View(asker.role, window, now, asker.origin), offer, slots)
