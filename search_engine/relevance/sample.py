"""What is drawn from an index to question it: always the same, and from all its departments.

``fair_key`` is random and stable, so its order is a fair draw that two runs repeat.
"""

import re
from collections.abc import Iterator
from math import ceil
from typing import Any

from geography.gazetteer import Commune, load_gazetteer
from mappings.analysis import fold
from mappings.records import Kind as OfferKind
from mappings.records import Offer
from search_engine.backend.bodies import Clause
from search_engine.query.filters import ORDINARY_KINDS
from search_engine.relevance.cases import Case, CaseKind, KnownItems
from search_engine.relevance.index_probe import IndexProbe, JudgedAnswer
from search_engine.request.criteria import MAX_TEXT, Mode
from search_engine.request.typed_line import NAMES
from search_engine.response.cards import Card
from search_engine.response.page import list_shown_ids
from search_engine.understanding.read_what import read_what

BEST_GRADE = 3
SPARE = 2
"""Offers read for one kept: a name that is a known word is no name to search."""

MOST_DEPARTMENTS = 200
"""More than there are."""

ITEM_FIELDS = ["id", "kind", "names", "family", "given", "insee", "department"]

Search = dict[str, Any]
Place = dict[str, Search]
"""A drawn place by the way it is given."""


async def draw_places(probe: IndexProbe, wanted: int) -> list[Place]:
    """Places of a search that gives none: communes with offers."""
    drawn = await draw_offers(probe, [{"exists": {"field": "insee"}}], wanted)
    codes = list(dict.fromkeys(offer["insee"] for offer in drawn))
    found = map(load_gazetteer().by_insee, codes)
    return [place_forms(commune) for commune in found if commune is not None][:wanted]


def place_forms(commune: Commune) -> Place:
    """A commune given in each way that a search accepts."""
    return {
        "point": {"lat": commune.lat, "lon": commune.lon},
        "commune": {"insee": commune.insee},
        "department": {"department": commune.department},
    }


async def draw_known_items(probe: IndexProbe, items: KnownItems, wanted: int) -> list[Offer]:
    """So many offers of one kind with a name that can be searched."""
    drawn = await draw_offers(probe, [{"term": {"kind": items.kind.value}}], wanted)
    return [offer for offer in drawn if is_name(searchable_name(offer))][:wanted]


async def draw_offers(probe: IndexProbe, only: list[Clause], wanted: int) -> list[Offer]:
    """At least ``wanted`` offers if there are, in turn from departments spread over all."""
    filters = [*only, {"terms": {"kind": list(ORDINARY_KINDS)}}, {"exists": {"field": "point"}}]
    chosen = spread(await departments(probe, filters), wanted)
    share = ceil(wanted / max(1, len(chosen))) * SPARE
    drawn = [await fetch_department_offers(probe, filters, code, share) for code in chosen]
    return list(interleave(drawn))


async def departments(probe: IndexProbe, filters: list[Clause]) -> list[str]:
    """The departments of these offers, in order of their codes."""
    by_code = {"field": "department", "size": MOST_DEPARTMENTS, "order": {"_key": "asc"}}
    body = {
        "query": {"bool": {"filter": filters}},
        "size": 0,
        "aggs": {"codes": {"terms": by_code}},
    }
    buckets = (await probe.index.fetch_answer(body))["aggregations"]["codes"]["buckets"]
    return [str(bucket["key"]) for bucket in buckets]


async def fetch_department_offers(
    probe: IndexProbe, filters: list[Clause], department: str, count: int
) -> list[Offer]:
    """The first offers of a department in the order of their fair key."""
    body = {
        "query": {"bool": {"filter": [*filters, {"term": {"department": department}}]}},
        "sort": [{"fair_key": {"order": "asc"}}, {"id": {"order": "asc"}}],
        "size": count,
        "_source": ITEM_FIELDS,
    }
    return [hit["_source"] for hit in (await probe.index.fetch_answer(body))["hits"]["hits"]]


def spread(values: list[str], wanted: int) -> list[str]:
    """At most ``wanted`` of the values, evenly over the whole list."""
    kept = min(wanted, len(values))
    return [values[rank * len(values) // kept] for rank in range(kept)]


def interleave(groups: list[list[Offer]]) -> Iterator[Offer]:
    """The first of each group, then the second of each."""
    for rank in range(max(map(len, groups), default=0)):
        yield from (group[rank] for group in groups if rank < len(group))


def searchable_name(offer: Offer) -> str:
    """The words a regulator would type: given and family name, or the name of the structure."""
    if offer["kind"] == OfferKind.PROFESSIONAL and "family" in offer:
        return f"{offer.get('given', '')} {offer['family']}".strip()
    return offer["names"][0][:MAX_TEXT] if offer.get("names") else ""


def is_name(text: str) -> bool:
    """Whether the text is read as a name, and as nothing else."""
    reading = read_what(text, place_given=True)
    return bool(reading.find_parts(*NAMES)) and len(reading.parts) == 1 and not reading.unused


def build_name_search(offer: Offer) -> Search:
    """The offer by its name around its commune, present or not: its absence is another rule."""
    return {
        "what": searchable_name(offer),
        **build_own_place(offer),
        "mode": Mode.ALL.value,
        "absent": True,
    }


def build_own_place(offer: Offer) -> Search:
    """The centre of the offer's commune as a point, else its department.

    From a point only what lies near is found. A search of the commune itself always holds the
    commune's own offers, also those whose point is wrong.
    """
    commune = load_gazetteer().by_insee(offer.get("insee", ""))
    if commune is None:
        return {"department": offer["department"]}
    return {"lat": commune.lat, "lon": commune.lon}


def item_id(items: KnownItems, offer: Offer) -> str:
    """The id of the case of one item, from that of the offer."""
    return f"{items.id}-{re.sub(r'[^a-z0-9]+', '-', offer['id'].lower()).strip('-')}"


def build_item_case(items: KnownItems, offer: Offer, answer: JudgedAnswer) -> Case:
    """The judgement of one known item: it is found, and no homonym from elsewhere is before it."""
    return Case(
        id=item_id(items, offer),
        description=items.description,
        kind=CaseKind.RECALL,
        search=build_name_search(offer),
        expected=[offer["id"]],
        forbidden=intruders(answer, offer),
        grades={offer["id"]: BEST_GRADE},
    )


def shows_offer(card: Card, offer: Offer) -> bool:
    """Whether a card shows the offer: as its own, or among the further places of its person."""
    return offer["id"] in list_shown_ids([card])


def ids_without_namesakes(answer: JudgedAnswer, offer: Offer) -> list[str]:
    """The offer shown by each card, the other bearers of the name left out: they answer as well."""
    return [
        offer["id"] if shows_offer(card, offer) else card["id"]
        for card in answer.cards
        if shows_offer(card, offer)
        or not has_name(answer.offers[card["id"]], searchable_name(offer))
    ]


def is_crowded(answer: JudgedAnswer, offer: Offer) -> bool:
    """Whether the page is full of offers with the name: the doctors of a hospital have its own."""
    full = len(list_shown_ids(answer.cards)) == answer.criteria.size
    name = searchable_name(offer)
    return full and all(has_name(answer.offers[card["id"]], name) for card in answer.cards)


def intruders(answer: JudgedAnswer, offer: Offer) -> list[str]:
    """Homonyms beyond the first radius, of more effort, before the offer that is inside it at equal
    slot status."""
    own = next((card for card in answer.cards if shows_offer(card, offer)), None)
    if own is None or "enlarged" not in answer.page:
        return []
    first = answer.page["enlarged"]["from_km"]
    return [
        card["id"]
        for card in answer.cards[: answer.cards.index(own)]
        if answer.km(card) > first >= answer.km(own)
        and _bookable(card) <= _bookable(own)
        and card["rank"].get("band", 0) > own["rank"].get("band", 0)
        and has_name(answer.offers[card["id"]], searchable_name(offer))
    ]


def has_name(offer: Offer, name: str) -> bool:
    """Whether every word of the name is in the names of the offer."""
    return set(fold(name).split()) <= set(fold(" ".join(offer["names"])).split())


def _bookable(card: dict[str, Any]) -> bool:
    return "next_start" in card["availability"]
