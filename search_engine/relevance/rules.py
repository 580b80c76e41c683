"""Rules of every page, whatever was searched; each yields its breaches, in French.

The rules read the page and the stored offers. None trusts the query that made the page.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from geography.gazetteer import load_gazetteer
from search_engine.query.treating_doctor import is_absent
from search_engine.relevance.cases import AnywhereCase
from search_engine.relevance.index_probe import JudgedAnswer, has_traits
from search_engine.request.area import AreaKind
from search_engine.request.criteria import VISIBLE_TYPES, Mode, Sort
from search_engine.request.window import SearchWindow, parse_instant
from search_engine.response.cards import Card
from search_engine.response.page import list_shown_ids

Rule = Callable[[JudgedAnswer], Iterator[str]]

TOLERANCE = 1.01
"""Of the radius (F017)."""

SAME_KM = 0.01
"""Distances this close are equal: the index keeps a point to the centimetre."""

DISTANCE_PROFILES = frozenset({"published", "distance"})
"""Profiles in which distance decides inside a tier."""

NEVER = "9999"
"""After every instant: the first slot of who has none."""


def tiers(answer: JudgedAnswer) -> Iterator[str]:
    """F021, F023: tiers never decrease, nor bands of effort inside a tier."""
    for before, after in pairwise(answer.cards):
        if _place(after) < _place(before):
            yield f"palier {_place(after)} après {_place(before)} : {after['id']}"


def distances(answer: JudgedAnswer) -> Iterator[str]:
    """F018: sorted by distance, or by a profile of distance from an address, the nearest comes
    first."""
    criteria, area = answer.criteria, answer.page["area"]
    plain = criteria.profile in DISTANCE_PROFILES and criteria.sort is Sort.BEST
    measured = area["patient_point"] and "radius_km" in area
    if criteria.sort is Sort.DISTANCE or (plain and measured):
        for before, after in _same_tier(answer):
            if answer.km(after) < answer.km(before) - SAME_KM:
                yield f"plus proche que l'offre qui précède : {after['id']}"


def starts(answer: JudgedAnswer) -> Iterator[str]:
    """F022: sorted by first slot, the earliest comes first."""
    if answer.criteria.sort is Sort.EARLIEST:
        for before, after in _same_tier(answer):
            if _first_start(after) < _first_start(before):
                yield f"créneau plus tôt que l'offre qui précède : {after['id']}"


def circle(answer: JudgedAnswer) -> Iterator[str]:
    """F017: nothing beyond the radius, but what is of the commune searched."""
    radius, own = answer.page["area"].get("radius_km"), _own_codes(answer.page["area"])
    for card in answer.cards:
        if card["place"].get("insee") in own:
            continue
        if radius is not None and answer.km(card) > radius * TOLERANCE:
            yield f"à {answer.km(card):.1f} km pour un rayon de {radius:g} km : {card['id']}"


def _own_codes(area: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of a commune searched, whose offers always belong."""
    if area["kind"] != AreaKind.COMMUNE or "insee" not in area:
        return ()
    return load_gazetteer().insee_family(area["insee"])


def borders(answer: JudgedAnswer) -> Iterator[str]:
    """F010, W36: a department search stays in its department."""
    area = answer.page["area"]
    if area["kind"] == AreaKind.DEPARTMENT:
        for card in answer.cards:
            if card["place"].get("department") != area["department"]:
                yield f"hors du département {area['department']} : {card['id']}"


def slots(answer: JudgedAnswer) -> Iterator[str]:
    """F041: in mode ``available`` every card has a slot, or is open without appointment."""
    if answer.page["mode"] == Mode.AVAILABLE:
        for card in answer.cards:
            if "next_start" not in card["availability"] and not _is_walk_in(card):
                yield f"sans créneau : {card['id']}"


def _is_walk_in(card: Card) -> bool:
    """An SOS point or a place of unscheduled care that is open now."""
    duty = card["kind"] == "sos_point" or card.get("structure_kind") == "unscheduled_care"
    return bool(duty and card.get("open", {}).get("now"))


def window(answer: JudgedAnswer) -> Iterator[str]:
    """F060, F062: no slot before now, none after the window."""
    first, last = answer.page["window"]["from"], answer.page["window"]["to"]
    for card, slot in _slots(answer):
        if not first <= slot["start"] <= last:
            yield f"créneau hors de l'horizon : {card['id']}"


def types(answer: JudgedAnswer) -> Iterator[str]:
    """Design 7: only the slot types of the role."""
    visible = VISIBLE_TYPES[answer.criteria.role]
    for card, slot in _slots(answer):
        if not slot["types"] or not set(slot["types"]) <= set(visible):
            yield f"type de créneau que {answer.criteria.role} ne voit pas : {card['id']}"


def agreements(answer: JudgedAnswer) -> Iterator[str]:
    """F042, F046: in the modes that require an agreement, each card has it."""
    flags = {Mode.BEYOND: "accepts_beyond", Mode.REORIENTATION: "reorientation"}
    flag = flags.get(Mode(answer.page["mode"]))
    for card in answer.cards:
        if flag and not answer.offers[card["id"]].get(flag):
            yield f"sans accord pour le mode {answer.page['mode']} : {card['id']}"


def find_absences(answer: JudgedAnswer) -> Iterator[str]:
    """F034, F035: no one absent for good or for the whole window."""
    window = answer.page["window"]
    span = SearchWindow(parse_instant(window["from"]), parse_instant(window["to"]), window["zone"])
    for card in answer.cards:
        if not answer.criteria.absent and is_absent(answer.offers[card["id"]], span):
            yield f"absent : {card['id']}"


def find_duplicates(answer: JudgedAnswer) -> Iterator[str]:
    """F088: no one twice, and the treating doctor not below himself (F052)."""
    ids = list_shown_ids(answer.cards)
    yield from (f"deux fois : {name}" for name in sorted({n for n in ids if ids.count(n) > 1}))
    pinned = {_rpps(card) for card in answer.page["pinned"]}
    yield from (
        f"médecin traitant répété : {card['id']}"
        for card in answer.cards
        if _rpps(card) and _rpps(card) in pinned
    )


def total(answer: JudgedAnswer) -> Iterator[str]:
    """F086: the total and the page agree."""
    total, shown = answer.page["total"]["value"], len(list_shown_ids(answer.page["results"]))
    if shown != min(total, answer.criteria.size):
        yield f"{shown} offres affichées pour un total de {total}"


ALWAYS: tuple[Rule, ...] = (
    *(tiers, distances, starts, circle, borders, slots),
    *(window, types, agreements, find_absences, find_duplicates, total),
)


def breaches(answer: JudgedAnswer, case: AnywhereCase | None = None) -> list[str]:
    """What the page breaks: the rules of every page, then those of the case."""
    found = [sentence for rule in ALWAYS for sentence in rule(answer)]
    return found if case is None else [*found, *_traits(answer, case)]


def _traits(answer: JudgedAnswer, case: AnywhereCase) -> Iterator[str]:
    for card in answer.cards:
        offer = answer.offers[card["id"]]
        if case.every is not None and not has_traits(offer, case.every):
            yield f"ne répond pas à « {answer.criteria.what} » : {card['id']}"
        if case.none is not None and has_traits(offer, case.none):
            yield f"exclu par « {answer.criteria.what} » : {card['id']}"


def _same_tier(answer: JudgedAnswer) -> Iterator[tuple[Card, Card]]:
    for before, after in pairwise(answer.cards):
        if before["rank"]["tier"] == after["rank"]["tier"]:
            yield before, after


def _place(card: Card) -> tuple[int, int]:
    """Tier, and band of effort where bands order the page."""
    return card["rank"]["tier"], card["rank"].get("band", 0)


def _slots(answer: JudgedAnswer) -> Iterator[tuple[Card, dict[str, Any]]]:
    for card in answer.cards:
        for day in card["availability"]["days"]:
            for slot in day["slots"]:
                yield card, slot


def _first_start(card: Card) -> str:
    return str(card["availability"].get("next_start", NEVER))


def _rpps(card: Card) -> str | None:
    rpps = card.get("practitioner", {}).get("rpps")
    return None if rpps is None else str(rpps)
