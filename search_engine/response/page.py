"""The page of results: cards in order, the interpretation, and the blocks beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, NamedTuple

from mappings.records import Offer
from search_engine.backend.bodies import Answer, Hit
from search_engine.backend.index import read_hits, read_total
from search_engine.query.availability import select_visible_slots
from search_engine.query.cpts_groups import MOST_SHOWN
from search_engine.query.nearest_alternative import FIRST_CARDS, read_nearest
from search_engine.query.order.distances import offer_distance_km
from search_engine.query.order.effort import EffortScale
from search_engine.query.people.counts import read_people
from search_engine.query.people.folding import fold_hits
from search_engine.query.plan import CptsGroups, Plan
from search_engine.query.ranking import NAME, build_plan_scale, knows_distance
from search_engine.query.treating_doctor import (
    NOT_IDENTIFIED,
    NOT_TRANSMITTED,
    doctor_flags,
    doctor_slots,
)
from search_engine.request.area import Area
from search_engine.request.criteria import Mode, Sort
from search_engine.request.interpretation import Interpretation
from search_engine.response.candidates import candidates_block
from search_engine.response.cards import Card, CardContext, card, home_visit, omit_unknown
from search_engine.response.explanation import explain_rank
from search_engine.response.facet_labels import facets_block
from search_engine.response.line_block import line_block
from search_engine.response.place_warnings import PageWarning, place_warnings

Page = dict[str, Any]

STRUCTURE_MODE = {
    "code": "structure_mode",
    "message": "Recherche d'une structure : les offres sans créneau sont aussi affichées.",
}
NAME_MODE = {
    "code": "name_mode",
    "message": "Recherche d'un nom : les offres sans créneau sont aussi affichées.",
}
DISTANCE_FROM_CENTRE = {
    "code": "distance_from_centre",
    "message": "Tri par distance au centre du secteur : aucune adresse de patient n'est connue.",
}


class SearchResult(NamedTuple):
    """The answers of one page, merged.

    ``cpts`` are the documents of CPTS by FINESS, ``groups`` their members, ``first_members`` the
    best of them. ``has_more`` is
    whether cards follow, None where the total does. ``places`` are the treating doctor's, None
    without one. ``candidates`` are the offers behind the first page of a name search.
    """

    plan: Plan
    answer: Answer
    cpts: Mapping[str, Offer]
    groups: CptsGroups
    first_members: Mapping[str, Sequence[Offer]] = MappingProxyType({})
    has_more: bool | None = None
    places: Answer | None = None
    alternatives: Sequence[dict[str, Any]] = ()
    solutions: dict[str, Any] | None = None
    remote: dict[str, Any] | None = None
    candidates: Sequence[Hit] = ()
    absent: Sequence[Offer] = ()

    @property
    def shown_cpts(self) -> frozenset[str]:
        """FINESS of the CPTS whose cards show their members.

        A member since the members were counted, or of a CPTS that left the index, has its own card.
        """
        return frozenset(self.groups.member_counts.keys() & self.cpts.keys())

    def with_hits(self, hits: list[Hit], *, has_more: bool) -> "SearchResult":
        """The result of those hits."""
        answer = {**self.answer, "hits": {**self.answer["hits"], "hits": hits}}
        return self._replace(answer=answer, has_more=has_more)


def build_page(
    result: SearchResult, next_page: dict[str, Any] | None, took_ms: dict[str, float]
) -> Page:
    """The assemble step: the whole page. A block without content is absent."""
    plan, answer, places = result.plan, result.answer, result.places
    total = read_total(answer)
    view, scale = card_context(plan), build_plan_scale(plan)
    cards = fold_hits(read_hits(answer), result.shown_cpts)
    results = [person_card(result, hits, view, scale) for hits in cards]
    page: Page = {
        "query": query_block(plan, total, result.absent),
        "area": area_block(plan),
        "mode": plan.request.mode.value,
        "profile": plan.request.criteria.profile,
        "window": plan.request.window.as_dict(),
        "pinned": [doctor_card(plan, hit) for hit in read_hits(places)] if places else [],
        "total": {"value": total, "relation": "eq"},
        "people": people_block(answer),
        "results": results,
        **({"facets": facets_block(plan, answer)} if plan.request.criteria.facets else {}),
        "next": next_page,
        "seed": plan.request.seed,
        "warnings": page_warnings(plan, identified=places is not None and read_total(places) > 0),
        "took_ms": took_ms,
    }
    optional = {
        "enlarged": enlargement_block(plan),
        "nearer_alternative": nearest_alternative_block(result, results),
        "candidates": candidates_block(result.candidates, results),
        "cpts": cpts_filter_card(result),
        "instead": result.alternatives or None,
        "solutions": result.solutions,
        "remote": result.remote,
    }
    return page | omit_unknown(optional)


def enlargement_block(plan: Plan) -> dict[str, Any] | None:
    """From and to which radius the search was widened."""
    if plan.area.first_radius_km is None:
        return None
    return {"from_km": plan.area.first_radius_km, "to_km": plan.area.radius_km}


def people_block(answer: Answer) -> dict[str, Any]:
    """How many people the offers of the search are, members of CPTS included."""
    people, exact = read_people(answer["aggregations"])
    return {"value": people, "relation": "eq" if exact else "gte"}


def person_card(
    result: SearchResult, hits: Sequence[Hit], view: CardContext, scale: EffortScale
) -> Card:
    """The card of a person at the first of his places; the further ones of this page beside it."""
    first, *others = hits
    shown = result_card(result, first, view, scale)
    places = [place_card(result.plan, hit["_source"]) for hit in others]
    return {**shown, "also_at": places} if places else shown


ALSO_AT = (
    *("id", "place", "distance_km", "phones", "open", "absent_until", "availability"),
    "accepts_beyond",
)
"""Blocks of a card that differ from one place of a person to another."""


def place_card(plan: Plan, offer: Offer) -> Card:
    """What a further place of a person adds to his card."""
    whole = offer_card(plan, offer)
    return {name: whole[name] for name in ALSO_AT if name in whole}


def list_shown_ids(results: Iterable[Card]) -> list[str]:
    """The ids of the offers that cards show, further places included."""
    return [one["id"] for shown in results for one in (shown, *shown.get("also_at", ()))]


def result_card(
    result: SearchResult, hit: dict[str, Any], view: CardContext, scale: EffortScale
) -> Card:
    """The card of a hit, with its rank; the card of its CPTS for the best member of one
    (F091)."""
    plan, offer = result.plan, hit["_source"]
    slots = select_visible_slots(plan.request.slots, offer.get("slots", []))
    km = offer_distance_km(offer, plan.area.lat, plan.area.lon)
    rank = explain_rank(scale, plan, offer, slots, km=km, name=best_name_match(plan, hit))
    own = card(view, offer, slots, patient_km(plan, km))
    own |= omit_unknown({"home_visit": home_visit(scale, offer)})
    return {**(group_card(result, offer, own) or own), "rank": rank}


def best_name_match(plan: Plan, hit: dict[str, Any]) -> str | None:
    """The best way in which the name answers; None where no name is looked for."""
    ways = [name for name in hit.get("matched_queries", []) if plan.request.meaning.text]
    return min(ways, key=NAME_ORDER.index, default=None)


def group_card(result: SearchResult, offer: Offer, own: Card) -> Card | None:
    """The card of the CPTS that the offer represents, None when it represents itself.

    The CPTS has no slots of its own: those of its best members are on the card, the one that it
    stands for first.
    """
    finess = find_card_cpts(result, offer)
    if finess is None:
        return None
    shown = card(card_context(result.plan), result.cpts[finess], [])
    others = [one for one in result.first_members.get(finess, ()) if one["id"] != own["id"]]
    first = [own, *(offer_card(result.plan, one) for one in others[: MOST_SHOWN - 1])]
    group = {
        "finess": finess,
        "members": result.groups.member_counts[finess],
        "best": best_member(own),
        "first": [{name: one[name] for name in MEMBER_FIELDS if name in one} for one in first],
    }
    return {**shown, "group": group}


MEMBER_FIELDS = (
    *("id", "kind", "title", "profession", "distance_km", "phones", "place", "open"),
    "availability",
)
"""Blocks of a member on the card of its CPTS."""


def offer_card(plan: Plan, offer: Offer) -> Card:
    """The card of an offer by itself, without its rank."""
    slots = select_visible_slots(plan.request.slots, offer.get("slots", []))
    km = offer_distance_km(offer, plan.area.lat, plan.area.lon)
    return card(card_context(plan), offer, slots, patient_km(plan, km))


def find_card_cpts(result: SearchResult, offer: Offer) -> str | None:
    """FINESS of the CPTS whose card shows the offer."""
    return next((finess for finess in offer.get("cpts", []) if finess in result.shown_cpts), None)


def best_member(own: Card) -> dict[str, Any]:
    """Fields of the member whose rank the CPTS takes."""
    best = {name: own.get(name) for name in ("id", "title", "profession", "distance_km")}
    best["next_start"] = own["availability"].get("next_start")
    return omit_unknown(best)


def nearest_alternative_block(
    result: SearchResult, results: Sequence[Card]
) -> dict[str, Any] | None:
    """The nearest offer with a slot when the first cards do not show it, and what it saves."""
    offer = read_nearest(result.answer)
    if offer is None or not results:
        return None
    plan = result.plan
    km = offer_distance_km(offer, plan.area.lat, plan.area.lon)
    saved = (card_km(results[0]) or 0.0) - (km or 0.0)
    if saved <= 0:
        return None
    own = offer_card(plan, offer)
    shown = group_card(result, offer, own) or own
    if shown["id"] in list_shown_ids(results[:FIRST_CARDS]):
        return None
    return {"card": shown, "saved_km": round(saved, 3)}


def card_km(shown: Card) -> float | None:
    """Kilometres to a card; to its best member for a CPTS."""
    member = shown.get("group", {}).get("best", shown)
    km: float | None = member.get("distance_km")
    return km


def cpts_filter_card(result: SearchResult) -> Card | None:
    """The card of the CPTS whose members are searched (F093)."""
    offer = result.cpts.get(result.plan.request.criteria.cpts or "")
    return None if offer is None else card(card_context(result.plan), offer, [])


NAME_ORDER = tuple(NAME)


def doctor_card(plan: Plan, hit: dict[str, Any]) -> Card:
    """The card of one place of the treating doctor, with what to know before calling."""
    offer: Offer = hit["_source"]
    slots = doctor_slots(plan, offer)
    km = offer_distance_km(offer, plan.area.lat, plan.area.lon)
    place = card(card_context(plan), offer, slots, patient_km(plan, km))
    return {**place, **doctor_flags(plan, offer, slots, km)}


def card_context(plan: Plan) -> CardContext:
    """The role, window and origin with which the cards of a search are built."""
    criteria = plan.request.criteria
    return CardContext(
        criteria.role, plan.request.window, plan.request.window.start, criteria.origin
    )


def patient_km(plan: Plan, km: float | None) -> float | None:
    """The distance as shown: from a patient's own point only (F103)."""
    return km if knows_distance(plan.area) else None


MEANING_FIELDS = tuple(one.name for one in fields(Interpretation))

NOT_ECHOED = {"what", "cursor", "modes", "caller_territories"}
"""Criteria left out of ``asked``: the text has its own key, a cursor is used once, and the modes
and territories of the caller are no criteria of his."""


def query_block(plan: Plan, total: int, absent: Sequence[Offer]) -> dict[str, Any]:
    """The meaning of the text, its other meanings, how it was read, and the other criteria."""
    asked, meaning = plan.request.line.asked, plan.request.meaning
    read = {name: _as_list(getattr(meaning, name)) for name in MEANING_FIELDS}
    read["targets"] = [
        {"code": code.code, "label": code.label, "system": code.system} for code in meaning.targets
    ]
    read["alternatives"] = [
        {"label": label, "what": words} for label, words in meaning.alternatives
    ]
    return {
        "what": asked.what,
        **{key: value for key, value in read.items() if value not in ([], None, False)},
        "read": line_block(plan, total, absent),
        "asked": asked.model_dump(mode="json", exclude_defaults=True, exclude=NOT_ECHOED),
    }


def _as_list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


AREA_FIELDS = tuple(
    name for name in Area._fields if name not in ("first_radius_km", "service_down")
)


def area_block(plan: Plan) -> dict[str, Any]:
    """The area searched, after any enlargement; unknown is absent, and so is the radius of a search
    that it does not bound."""
    shown = {name: getattr(plan.area, name) for name in AREA_FIELDS}
    if plan.area.scope is not None:
        shown["radius_km"] = None
    return omit_unknown(shown)


def page_warnings(plan: Plan, *, identified: bool) -> list[PageWarning]:
    """Warnings about how the search was done."""
    warnings = []
    if plan.request.mode is Mode.ALL and plan.request.criteria.mode is Mode.AVAILABLE:
        warnings.append(STRUCTURE_MODE if plan.request.meaning.structure_word else NAME_MODE)
    warnings += place_warnings(plan.request.criteria, plan.area)
    if plan.request.criteria.sort is Sort.DISTANCE and not knows_distance(plan.area):
        warnings.append(DISTANCE_FROM_CENTRE)
    doctor = plan.request.criteria.treating_doctor
    if doctor is not None and not identified:
        warnings.append(NOT_IDENTIFIED if doctor else NOT_TRANSMITTED)
    return warnings
