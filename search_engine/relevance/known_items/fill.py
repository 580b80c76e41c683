"""A template filled with its subject: the search as it is typed, and what is typed."""

import re
from collections.abc import Callable, Mapping
from math import cos, radians
from random import Random
from types import MappingProxyType
from typing import Any

from geography.distance import KM_PER_DEGREE
from geography.ground import find_ground
from mappings.records import Offer
from search_engine.relevance.known_items.facts import FACTS, DrawnItem
from search_engine.relevance.known_items.misspelling import CHANGES
from search_engine.relevance.known_items.templates import PLACEHOLDER, ItemTemplate, TypedPlace

NEAR_KM, FAR_KM = 2.0, 12.0
"""From the patient to the subject."""

DIRECTIONS = tuple((north / 2**0.5, east / 2**0.5) for north in (1, -1) for east in (1, -1))
"""To the north-east, north-west, south-east and south-west, as shares of one kilometre."""

FIRST_PAGE = 5
"""Cards that a regulator reads before a second click."""


def fill_line(template: ItemTemplate, item: DrawnItem, rng: Random) -> str | None:
    """The line to type; None when the subject lacks a fact or does not lend itself to a change."""
    filled: dict[str, str] = {}
    for placeholder in PLACEHOLDER.findall(template.what):
        fact, *changes = placeholder.split("|")
        text = FACTS[fact](item)
        for change in changes:
            text = CHANGES[change](text, rng) if text else None
        if not text:
            return None
        filled[placeholder] = text
    return re.sub(PLACEHOLDER, lambda found: filled[found[1]], template.what)


def build_item_search(template: ItemTemplate, offer: Offer, what: str) -> dict[str, Any]:
    """The search: the line and the place beside it, everything else as it is by default."""
    return {"what": what, **PLACES[template.where](offer), "size": FIRST_PAGE}


def move_away(offer: Offer, km: float) -> dict[str, Any]:
    """A point so far from an offer and on its side of the water, to the north-east if that is."""
    points = [_move(offer, km * north, km * east) for north, east in DIRECTIONS]
    shore = offer.get("landmass")
    dry = (one for one in points if find_ground(one["lat"], one["lon"]).landmass == shore)
    return next(dry, points[0])


def _move(offer: Offer, north_km: float, east_km: float) -> dict[str, Any]:
    lat, lon = offer["point"]["lat"], offer["point"]["lon"]
    east = east_km / KM_PER_DEGREE / max(0.1, cos(radians(lat)))
    return {"lat": round(lat + north_km / KM_PER_DEGREE, 6), "lon": round(lon + east, 6)}


def _give_town(offer: Offer) -> dict[str, Any]:
    return {"insee": offer["insee"]} if "insee" in offer else _give_department(offer)


def _give_department(offer: Offer) -> dict[str, Any]:
    return {"department": offer["department"]}


PLACES: Mapping[TypedPlace, Callable[[Offer], dict[str, Any]]] = MappingProxyType(
    {
        TypedPlace.TOWN: _give_town,
        TypedPlace.NEAR: lambda offer: move_away(offer, NEAR_KM),
        TypedPlace.FAR: lambda offer: move_away(offer, FAR_KM),
        TypedPlace.DEPARTMENT: _give_department,
        TypedPlace.NONE: lambda offer: {},
    }
)
"""The criteria of a place."""
