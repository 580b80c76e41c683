"""A page as it is judged: the cards beside the stored offers they show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from elasticsearch import AsyncElasticsearch

from geography.distance import distance_km
from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import OFF, GeocoderSettings
from mappings.records import Offer
from search_engine.backend.bodies import Clause
from search_engine.backend.index import Index
from search_engine.execution.search import search
from search_engine.query.clauses import or_clause
from search_engine.query.filters import ORDINARY_KINDS, area_filters
from search_engine.query.post_filters import KIND_FIELDS
from search_engine.relevance.cases import Traits
from search_engine.relevance.limits import PAGE_SIZE
from search_engine.request.area import resolve_area
from search_engine.request.criteria import Criteria
from search_engine.response.cards import Card
from search_engine.response.page import Page

SEED = 1
"""Fixed, so that two runs judge the same order."""

TRAIT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "profession": ("profession",),
    "specialty": ("specialties",),
    "kind": KIND_FIELDS,
    "category": ("category",),
    "sector": ("sector",),
    "department": ("department",),
}
"""Trait: the fields of an offer that may have it."""

HEAVY = ["slots", "sources", "hours"]
"""What no rule reads of a stored offer."""


@cache
def build_offline_geocoder() -> Geocoder:
    """Reads places from the gazetteer alone: relevance is judged without any service outside."""
    return Geocoder(GeocoderSettings(url=OFF))


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """One first page. ``offers`` are the stored ones of its cards, by id, without slots."""

    criteria: Criteria
    page: Page
    offers: Mapping[str, Offer]

    @property
    def cards(self) -> list[Card]:
        """The ordinary results, in order; one that left a live index meanwhile is left out."""
        return [
            card
            for card in self.page["results"]
            if card["kind"] in ORDINARY_KINDS and card["id"] in self.offers
        ]

    def km(self, card: Card) -> float:
        """Kilometres from the centre of the search to the stored point of the card."""
        area, point = self.page["area"], self.offers[card["id"]]["point"]
        return distance_km(area["lat"], area["lon"], point["lat"], point["lon"])


@dataclass(frozen=True, slots=True)
class IndexProbe:
    """Queries one index at one frozen instant; ``name`` is an alias or a concrete index."""

    client: AsyncElasticsearch
    name: str
    now: datetime

    @property
    def index(self) -> Index:
        """The index, for requests beside the searches."""
        return Index(self.client, self.name)

    async def fetch_page(self, raw_criteria: Mapping[str, Any]) -> JudgedAnswer:
        """The first page of a search; raises as ``search`` does."""
        criteria = build_criteria(raw_criteria)
        page = await search(
            self.client, self.name, criteria, self.now, geocoder=build_offline_geocoder()
        )
        return JudgedAnswer(
            criteria, page, await self.fetch_offers(card["id"] for card in page["results"])
        )

    async def fetch_offers(self, ids: Iterable[str]) -> dict[str, Offer]:
        """The offers of these ids that the index holds."""
        wanted = list(ids)
        if not wanted:
            return {}
        query = {"ids": {"values": wanted}}
        body = {"query": query, "size": len(wanted), "_source": {"excludes": HEAVY}}
        hits = (await self.index.fetch_answer(body))["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in hits}

    async def count_offers(
        self, raw_criteria: Mapping[str, Any], traits: Traits | None = None
    ) -> int:
        """How many ordinary offers, with these traits, the area of a search holds."""
        area = await resolve_area(build_criteria(raw_criteria), build_offline_geocoder())
        wanted = [*area_filters(area), {"terms": {"kind": list(ORDINARY_KINDS)}}]
        if traits is not None:
            wanted.append(traits_clause(traits))
        body = {"query": {"bool": {"filter": wanted}}, "size": 0, "track_total_hits": True}
        return int((await self.index.fetch_answer(body))["hits"]["total"]["value"])


def build_criteria(raw_criteria: Mapping[str, Any]) -> Criteria:
    """The criteria of a judged search."""
    return Criteria(**{"size": PAGE_SIZE, "seed": SEED, **raw_criteria})


def traits_clause(traits: Traits) -> Clause:
    """Offers with one of the traits."""
    clauses: list[Clause] = [
        {"terms": {field: getattr(traits, trait)}}
        for trait, fields in TRAIT_FIELDS.items()
        for field in fields
        if getattr(traits, trait)
    ]
    return or_clause([*clauses, *map(_fact_clause, traits.holds)])


def has_traits(offer: Offer, traits: Traits) -> bool:
    """The same of one stored offer."""
    held = {trait: _values(offer, fields) for trait, fields in TRAIT_FIELDS.items()}
    listed = any(not values.isdisjoint(getattr(traits, trait)) for trait, values in held.items())
    return listed or any(offer.get(fact) for fact in traits.holds)


def _fact_clause(fact: str) -> Clause:
    return {"exists": {"field": fact}} if fact == "maternity_level" else {"term": {fact: True}}


def _values(offer: Offer, fields: Iterable[str]) -> set[str]:
    """What the fields hold, one value or several."""
    found: set[str] = set()
    for field in fields:
        value: Any = offer.get(field, [])
        found.update([value] if isinstance(value, str) else value)
    return found
