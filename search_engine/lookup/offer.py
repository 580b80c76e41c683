"""Offers by their id: a card as a search would show it, and the offers as the index has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from mappings.records import Offer
from search_engine.backend.answers import translate_unreadable
from search_engine.backend.index import Index, read_hits
from search_engine.query.availability import default_slot_rule, select_visible_slots
from search_engine.query.clauses import SOURCE
from search_engine.request.criteria import Role
from search_engine.request.problems import OfferNotFound
from search_engine.request.window import build_window
from search_engine.response.cards import Card, CardContext, card


@dataclass(frozen=True, slots=True)
class CardViewer:
    """Who opens a card: what shows depends on the role; links carry the origin."""

    role: Role = Role.OSNP
    origin: str = "sas"


async def offer_card(
    client: AsyncElasticsearch,
    alias: str,
    offer_id: str,
    now: datetime,
    viewer: CardViewer | None = None,
) -> Card:
    """The card of one offer with the slots of the default window; ``OfferNotFound`` if none.

    The window is counted in the zone of the place itself, and its filters are role and time.
    """
    viewer = viewer or CardViewer()
    body = {"query": {"term": {"id": offer_id}}, "size": 1, "_source": SOURCE}
    with translate_unreadable():
        hits = read_hits(await Index(client, alias).fetch_answer(body))
        if not hits:
            raise OfferNotFound
        offer: Offer = hits[0]["_source"]
        window = build_window(now, offer["timezone"])
        slots = select_visible_slots(default_slot_rule(viewer.role, window), offer.get("slots", []))
        return card(CardContext(viewer.role, window, now, viewer.origin), offer, slots)


async def fetch_offer(client: AsyncElasticsearch, alias: str, offer_id: str) -> Offer | None:
    """The whole offer of an id; None when the index has it no more. Raises ``ElasticError``."""
    found = await fetch_offers(client, alias, {"term": {"id": offer_id}}, 1)
    return next(iter(found), None)


async def fetch_offers(
    client: AsyncElasticsearch, alias: str, query: Mapping[str, Any], limit: int
) -> list[Offer]:
    """The whole offers that a query finds, by id; raises ``ElasticError``."""
    body = {"query": query, "size": limit, "sort": ["id"]}
    with translate_unreadable():
        hits = read_hits(await Index(client, alias).fetch_answer(body))
        return [hit["_source"] for hit in hits]
