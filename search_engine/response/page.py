"""The page of results: cards in order, what was understood, and what to know beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, NamedTuple

from geography.gazetteer import load_gazetteer
from geography.text_place import others_said
from mappings.records import Offer
from search_engine.backend.index import Answer, hits_of, total_of
from search_engine.query.availability import showing
from search_engine.query.distances import distance_of
from search_engine.query.nearest_alternative import FIRST_CARDS, read_nearest
from search_engine.query.pinned import NOT_IDENTIFIED, NOT_TOLD, flags, pinned_slots
from search_engine.query.plan import Plan
from search_engine.query.ranking import measured
from search_engine.request.area import Area, AreaKind
from search_engine.request.criteria import Criteria, Mode, Sort
from search_engine.request.interpretation import Interpretation
from search_engine.response.cards import Card, View, card
from search_engine.response.explanation import Scale, rank_of, scale_of
from search_engine.response.facet_labels import facets_of

Page = dict[str, Any]
Warning_ = dict[str, str]

STRUCTURE_MODE = {
    "code": "structure_mode",
    "message": "Recherche d'une structure : les offres sans créneau sont aussi affichées.",
}
DISTANCE_FROM_CENTRE = {
    "code": "distance_from_centre",
    "message": "Tri par distance au centre du secteur : aucune adresse de patient n'est connue.",
}
COMMUNE_ONLY = {
    "code": "commune_only",
    "message": "Adresse non trouvée : la recherche se fait autour de sa commune.",
}


NONE: Mapping[str, Any] = MappingProxyType({})


class Found(NamedTuple):
    """All that was asked for one page.

    ``places`` are the treating doctor's, None when he was not asked or not known; ``cpts`` the
    cards of CPTS by FINESS, ``sizes`` how many of their members answer; ``more`` whether cards
    follow, where the total does not tell; ``instead`` what would not be empty; ``solutions`` those
    of the marketplace; ``next`` how to ask for what follows.
    """

    plan: Plan
    answer: Answer
    places: Answer | None = None
    cpts: Mapping[str, Offer] = NONE
    sizes: Mapping[str, int] = NONE
    more: bool | None = None
    instead: Sequence[dict[str, Any]] = ()
    solutions: dict[str, Any] | None = None
    next: dict[str, Any] | None = None


def page_of(found: Found, took_ms: dict[str, float]) -> Page:
    """The whole page; what there is nothing to say of is absent."""
    plan, answer, places = found.plan, found.answer, found.places
    total = total_of(answer)
    view, scale = view_of(plan), scale_of(plan)
    results = [result_card(found, hit, view, scale) for hit in hits_of(answer)]
    page: Page = {
        "query": understood(plan.criteria, plan.meaning),
        "area": area_of(plan),
        "mode": plan.mode.value,
        "profile": plan.criteria.profile,
        "window": plan.window.as_dict(),
        "pinned": [pinned_card(plan, hit) for hit in hits_of(places)] if places else [],
        "total": {"value": total, "relation": "eq"},
        "results": results,
        "facets": facets_of(plan, answer),
        "next": found.next,
        "seed": plan.seed,
        "warnings": warnings_of(plan, identified=places is not None and total_of(places) > 0),
        "took_ms": took_ms,
    }
    beside = {
        "enlarged": enlarged_of(plan),
        "nearer_alternative": nearer_of(found, results),
        "cpts": cpts_searched(found),
        "instead": found.instead or None,
        "solutions": found.solutions,
    }
    return page | {name: block for name, block in beside.items() if block is not None}


def enlarged_of(plan: Plan) -> dict[str, Any] | None:
    """From and to which radius the search was widened."""
    if not plan.enlarged:
        return None
    return {"from_km": plan.area.first_radius_km, "to_km": plan.area.radius_km}


def result_card(found: Found, hit: dict[str, Any], view: View, scale: Scale) -> Card:
    """The card of a hit, with the rank that explains its place; that of its CPTS for a member
    who stands for one (F091)."""
    plan, offer = found.plan, hit["_source"]
    slots = showing(plan.slots, offer.get("slots", []))
    km = distance_of(offer, plan.area.lat, plan.area.lon)
    rank = rank_of(scale, offer, slots, km=km, name=way_of(plan, hit), score=float(hit["_score"]))
    own = card(view, offer, slots, shown_km(plan, km))
    return {**(group_card(found, offer, own) or own), "rank": rank}


def way_of(plan: Plan, hit: dict[str, Any]) -> str | None:
    """The best way in which the name answers; None where no name is looked for."""
    ways = [name for name in hit.get("matched_queries", []) if plan.meaning.text]
    return min(ways, key=NAME_ORDER.index, default=None)


def group_card(found: Found, offer: Offer, own: Card) -> Card | None:
    """The card of the CPTS that the offer stands for, None when it stands for itself.

    The CPTS has no slots of its own: those of its best member are found behind the card.
    """
    finess = group_of(found, offer)
    if finess is None:
        return None
    shown = card(view_of(found.plan), found.cpts[finess], [])
    group = {"finess": finess, "members": found.sizes[finess], "best": best_member(own)}
    return {**shown, "group": group}


def group_of(found: Found, offer: Offer) -> str | None:
    """FINESS of the CPTS whose card shows the offer.

    Who became a member since members were counted, or whose CPTS left the index, stands alone.
    """
    grouped = (one for one in offer.get("cpts", []) if one in found.sizes and one in found.cpts)
    return next(grouped, None)


def best_member(own: Card) -> dict[str, Any]:
    """What is told of the member whose rank the CPTS takes."""
    told = {name: own.get(name) for name in ("id", "title", "profession", "distance_km")}
    told["next_start"] = own["availability"].get("next_start")
    return {name: value for name, value in told.items() if value is not None}


def nearer_of(found: Found, results: Sequence[Card]) -> dict[str, Any] | None:
    """The nearest offer with a slot when the first cards do not show it, and what it saves."""
    offer = read_nearest(found.answer)
    if offer is None or not results:
        return None
    plan = found.plan
    km = distance_of(offer, plan.area.lat, plan.area.lon)
    saved = (card_km(results[0]) or 0.0) - (km or 0.0)
    if saved <= 0:
        return None
    slots = showing(plan.slots, offer.get("slots", []))
    own = card(view_of(plan), offer, slots, shown_km(plan, km))
    shown = group_card(found, offer, own) or own
    if shown["id"] in {first["id"] for first in results[:FIRST_CARDS]}:
        return None
    return {"card": shown, "saved_km": round(saved, 3)}


def card_km(shown: Card) -> float | None:
    """Kilometres to a card; to its best member for a CPTS."""
    told = shown.get("group", {}).get("best", shown)
    km: float | None = told.get("distance_km")
    return km


def cpts_searched(found: Found) -> Card | None:
    """The card of the CPTS whose members are searched (F093)."""
    offer = found.cpts.get(found.plan.criteria.cpts or "")
    return None if offer is None else card(view_of(found.plan), offer, [])


NAME_ORDER = ("exact", "prefix", "fuzzy")


def pinned_card(plan: Plan, hit: dict[str, Any]) -> Card:
    """The card of one place of the treating doctor, with what to know before calling."""
    offer: Offer = hit["_source"]
    slots = pinned_slots(plan, offer)
    km = distance_of(offer, plan.area.lat, plan.area.lon)
    told = card(view_of(plan), offer, slots, shown_km(plan, km))
    return {**told, **flags(plan, offer, slots, km)}


def view_of(plan: Plan) -> View:
    """From where the cards of a search are looked at."""
    criteria = plan.criteria
    return View(criteria.role, plan.window, plan.window.start, criteria.origin)


def shown_km(plan: Plan, km: float | None) -> float | None:
    """The distance as told: from a patient's own point only (F103)."""
    return km if measured(plan.area) else None


MEANING_FIELDS = tuple(one.name for one in fields(Interpretation))

TOLD_APART = {"what", "cursor", "modes"}
"""Not repeated among what was asked: the text stands beside, a cursor is used once, and the modes
open to the caller are nothing he asked."""


def understood(criteria: Criteria, meaning: Interpretation) -> dict[str, Any]:
    """How the text was read, what else it could mean, and what was asked beside it."""
    told = {name: _listed(getattr(meaning, name)) for name in MEANING_FIELDS}
    told["targets"] = [
        {"code": code.code, "label": code.label, "system": code.system} for code in meaning.targets
    ]
    told["alternatives"] = [
        {"label": label, "what": words} for label, words in meaning.alternatives
    ]
    return {
        "what": criteria.what,
        **{key: value for key, value in told.items() if value not in ([], None, False)},
        "asked": criteria.model_dump(mode="json", exclude_defaults=True, exclude=TOLD_APART),
    }


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


AREA_FIELDS = tuple(name for name in Area._fields if name != "first_radius_km")


def area_of(plan: Plan) -> dict[str, Any]:
    """The area searched, after any enlargement; unknown is absent."""
    shown = {name: getattr(plan.area, name) for name in AREA_FIELDS}
    return {key: value for key, value in shown.items() if value is not None}


def warnings_of(plan: Plan, *, identified: bool) -> list[Warning_]:
    """What the regulator should know of how the search was done."""
    warnings = []
    if plan.mode is Mode.ALL and plan.criteria.mode is Mode.AVAILABLE:
        warnings.append(STRUCTURE_MODE)
    if plan.area.kind is AreaKind.COMMUNE and (plan.area.score or 1) < 1:
        warnings.append(COMMUNE_ONLY)
    if others := _other_communes(plan):
        message = f"Plusieurs communes possibles : {plan.area.label} est retenue. "
        message += f"Pour {either(others)}, donnez le code postal."
        warnings.append({"code": "other_communes", "message": message})
    if plan.criteria.sort is Sort.DISTANCE and not measured(plan.area):
        warnings.append(DISTANCE_FROM_CENTRE)
    doctor = plan.criteria.treating_doctor
    if doctor is not None and not identified:
        warnings.append(NOT_IDENTIFIED if doctor else NOT_TOLD)
    return warnings


def either(words: Sequence[str]) -> str:
    """``A``, ``A ou B``, ``A, B ou C``."""
    *most, last = words
    return f"{', '.join(most)} ou {last}" if most else last


def _other_communes(plan: Plan) -> list[str]:
    """What else a commune said by its name may be: ``Saint-Denis (93)``."""
    gazetteer = load_gazetteer()
    where, chosen = plan.criteria.where, gazetteer.by_insee(plan.area.insee or "")
    if where is None or chosen is None or plan.area.kind is not AreaKind.COMMUNE:
        return []
    return [f"{c.name} ({c.department})" for c in others_said(gazetteer, where, chosen)]
