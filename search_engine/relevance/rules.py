"""What every page must hold, whatever was searched; each rule says what breaks it, in French.

The rules read the page and the stored offers. None trusts the query that made the page.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from search_engine.query.pinned import is_absent
from search_engine.relevance.cases import AnywhereCase
from search_engine.relevance.judged_page import Seen, bears
from search_engine.request.area import AreaKind
from search_engine.request.criteria import VISIBLE_TYPES, Mode, Sort
from search_engine.request.window import Window, parse_instant
from search_engine.response.cards import Card

Rule = Callable[[Seen], Iterator[str]]

TOLERANCE = 1.01
"""Of the radius (F017)."""

SAME_KM = 0.01
"""Distances this close are equal: the index keeps a point to the centimetre."""

NEVER = "9999"
"""After every instant: the first slot of who has none."""


def tiers(seen: Seen) -> Iterator[str]:
    """F021, F023: tiers never decrease."""
    for before, after in pairwise(seen.cards):
        if after["rank"]["tier"] < before["rank"]["tier"]:
            yield f"palier {after['rank']['tier']} après {before['rank']['tier']} : {after['id']}"


def distances(seen: Seen) -> Iterator[str]:
    """F018: sorted by distance, or without credits from an address, the nearest comes first."""
    criteria, area = seen.criteria, seen.page["area"]
    plain = criteria.profile == "distance" and criteria.sort is Sort.BEST
    measured = area["patient_point"] and "radius_km" in area
    if criteria.sort is Sort.DISTANCE or (plain and measured):
        for before, after in _same_tier(seen):
            if seen.km(after) < seen.km(before) - SAME_KM:
                yield f"plus proche que l'offre qui précède : {after['id']}"


def starts(seen: Seen) -> Iterator[str]:
    """F022: sorted by first slot, the earliest comes first."""
    if seen.criteria.sort is Sort.EARLIEST:
        for before, after in _same_tier(seen):
            if _first_start(after) < _first_start(before):
                yield f"créneau plus tôt que l'offre qui précède : {after['id']}"


def circle(seen: Seen) -> Iterator[str]:
    """F017: nothing beyond the radius."""
    radius = seen.page["area"].get("radius_km")
    for card in seen.cards:
        if radius is not None and seen.km(card) > radius * TOLERANCE:
            yield f"à {seen.km(card):.1f} km pour un rayon de {radius:g} km : {card['id']}"


def borders(seen: Seen) -> Iterator[str]:
    """F010, W36: a department search stays in its department."""
    area = seen.page["area"]
    if area["kind"] == AreaKind.DEPARTMENT:
        for card in seen.cards:
            if card["place"].get("department") != area["department"]:
                yield f"hors du département {area['department']} : {card['id']}"


def slots(seen: Seen) -> Iterator[str]:
    """F041: in mode ``available`` every card has a slot."""
    if seen.page["mode"] == Mode.AVAILABLE:
        for card in seen.cards:
            if "next_start" not in card["availability"]:
                yield f"sans créneau : {card['id']}"


def window(seen: Seen) -> Iterator[str]:
    """F060, F062: no slot before now, none after the window."""
    first, last = seen.page["window"]["from"], seen.page["window"]["to"]
    for card, slot in _slots(seen):
        if not first <= slot["start"] <= last:
            yield f"créneau hors de l'horizon : {card['id']}"


def types(seen: Seen) -> Iterator[str]:
    """Design 7: only the slot types of the role."""
    visible = VISIBLE_TYPES[seen.criteria.role]
    for card, slot in _slots(seen):
        if not slot["types"] or not set(slot["types"]) <= set(visible):
            yield f"type de créneau que {seen.criteria.role} ne voit pas : {card['id']}"


def agreements(seen: Seen) -> Iterator[str]:
    """F042, F046: in the modes that ask for an agreement, each card has it."""
    flags = {Mode.BEYOND: "accepts_beyond", Mode.REORIENTATION: "reorientation"}
    flag = flags.get(Mode(seen.page["mode"]))
    for card in seen.cards:
        if flag and not seen.offers[card["id"]].get(flag):
            yield f"sans accord pour le mode {seen.page['mode']} : {card['id']}"


def present(seen: Seen) -> Iterator[str]:
    """F034, F035: nobody absent for good or for the whole window."""
    told = seen.page["window"]
    span = Window(parse_instant(told["from"]), parse_instant(told["to"]), told["zone"])
    for card in seen.cards:
        if not seen.criteria.absent and is_absent(seen.offers[card["id"]], span):
            yield f"absent : {card['id']}"


def once(seen: Seen) -> Iterator[str]:
    """F088: nobody twice, and the treating doctor not below himself (F052)."""
    ids = [card["id"] for card in seen.cards]
    yield from (f"deux fois : {name}" for name in sorted({n for n in ids if ids.count(n) > 1}))
    pinned = {_rpps(card) for card in seen.page["pinned"]}
    yield from (
        f"médecin traitant répété : {card['id']}"
        for card in seen.cards
        if _rpps(card) and _rpps(card) in pinned
    )


def total(seen: Seen) -> Iterator[str]:
    """F086: the total and the page agree."""
    told = seen.page["total"]["value"]
    if len(seen.page["results"]) != min(told, seen.criteria.size):
        yield f"{len(seen.page['results'])} cartes pour un total de {told}"


ALWAYS: tuple[Rule, ...] = (
    *(tiers, distances, starts, circle, borders, slots),
    *(window, types, agreements, present, once, total),
)


def breaches(seen: Seen, case: AnywhereCase | None = None) -> list[str]:
    """What the page breaks: the rules of every page, then those of the case."""
    said = [sentence for rule in ALWAYS for sentence in rule(seen)]
    return said if case is None else [*said, *_traits(seen, case)]


def _traits(seen: Seen, case: AnywhereCase) -> Iterator[str]:
    for card in seen.cards:
        offer = seen.offers[card["id"]]
        if case.every is not None and not bears(offer, case.every):
            yield f"ne répond pas à « {seen.criteria.what} » : {card['id']}"
        if case.none is not None and bears(offer, case.none):
            yield f"exclu par « {seen.criteria.what} » : {card['id']}"


def _same_tier(seen: Seen) -> Iterator[tuple[Card, Card]]:
    for before, after in pairwise(seen.cards):
        if before["rank"]["tier"] == after["rank"]["tier"]:
            yield before, after


def _slots(seen: Seen) -> Iterator[tuple[Card, dict[str, Any]]]:
    for card in seen.cards:
        for day in card["availability"]["days"]:
            for slot in day["slots"]:
                yield card, slot


def _first_start(card: Card) -> str:
    return str(card["availability"].get("next_start", NEVER))


def _rpps(card: Card) -> str | None:
    told = card.get("practitioner", {}).get("rpps")
    return None if told is None else str(told)
