"""The CPTS whose territory holds a commune, as cards (F090)."""

from datetime import datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from geography.gazetteer import load_gazetteer
from search_engine.backend.answers import translate_unreadable
from search_engine.backend.index import Index
from search_engine.lookup.offer import CardViewer
from search_engine.query.cpts_groups import cards_by_finess, covering_body
from search_engine.request.area import insee_area
from search_engine.request.window import build_window
from search_engine.response.cards import CardContext, card


async def cpts_of_commune(
    client: AsyncElasticsearch, alias: str, insee: str, now: datetime, viewer: CardViewer
) -> dict[str, Any]:
    """The commune as understood and the cards of its CPTS, by FINESS; none is no error.

    Raises ``CommuneNotFound`` for a code of no commune.
    """
    area = insee_area(load_gazetteer(), insee, None)
    commune = area.insee or insee
    view = CardContext(viewer.role, build_window(now, area.zone), now, viewer.origin)
    with translate_unreadable():
        found = cards_by_finess(await Index(client, alias).fetch_answer(covering_body(commune)))
        cards = [card(view, offer, []) for offer in found.values()]
    return {"insee": commune, "label": area.label, "results": cards}
