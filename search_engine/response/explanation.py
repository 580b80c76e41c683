"""The rank of a card explained: its tier, a French label, and the addends of its score."""

from collections.abc import Iterable
from typing import NamedTuple, NotRequired, TypedDict

from mappings.records import Offer, StoredSlot
from search_engine.query import ranking
from search_engine.query.clauses import own_codes
from search_engine.query.plan import Plan
from search_engine.request.area import Area

STEPS = {
    "slot": ranking.SLOT,
    "first_circle": ranking.FIRST_CIRCLE,
    "participant": ranking.PARTICIPANT,
}

STEP_LABELS = {
    "slot": ("avec créneau", "sans créneau"),
    "first_circle": ("", "au-delà du premier rayon"),
    "participant": ("participant au SAS", "non participant"),
}
"""What a step is called when held, and when not."""

NAME_LABELS = {
    "exact": "nom exact",
    "sound": "même son",
    "near": "nom proche",
    "word": "mot du nom",
    "prefix": "début du nom",
    "fuzzy": "nom éloigné",
    "sign": "nom du lieu",
    None: "autre sens",
}
"""How the name answered, best first; the last is an offer found by another meaning."""


class Part(TypedDict):
    """One addend of the score; ``km`` is what a credit is worth, or the distance itself."""

    name: str
    value: float
    km: NotRequired[float]


class RankExplanation(TypedDict):
    """The block ``rank`` of a card: tiers count from 1 and never decrease over the pages."""

    tier: int
    label: str
    parts: list[Part]


class CreditScale(NamedTuple):
    """What the ranking of one search weighs with, worked out once for all its cards."""

    plan: Plan
    types: dict[str, float]
    soon: list[tuple[str, float]]
    structure: float
    precise: float


def build_credit_scale(plan: Plan) -> CreditScale:
    """The credits of the search."""
    return CreditScale(
        plan,
        ranking.slot_type_credits(plan),
        ranking.soon_credits(plan),
        ranking.structure_credit(plan),
        ranking.precise_credit(plan),
    )


def explain_rank(
    scale: CreditScale,
    offer: Offer,
    slots: list[StoredSlot],
    *,
    km: float | None,
    name: str | None,
    score: float,
) -> RankExplanation:
    """The rank of one hit, computed from the card's own data.

    ``slots`` those that show, ``km`` from the centre of the search, ``name`` the way the name
    answered. ``score`` yields the fair order only, which Elasticsearch draws from the seed.
    """
    plan = scale.plan
    held = offer_steps(plan, offer, slots, km)
    parts = [
        *_name_part(name),
        *(_part(step, STEPS[step]) for step, holds in held.items() if holds),
    ]
    if plan.request.weighs_qualities:
        parts += _in_tier(scale, offer, slots, km)
        parts += _fair(plan.area, score, parts)
    return {"tier": _tier(plan, held, name), "label": _label(plan, held, name), "parts": parts}


def offer_steps(
    plan: Plan, offer: Offer, slots: list[StoredSlot], km: float | None
) -> dict[str, bool]:
    """Which steps of this search the offer holds, the heaviest first."""
    held = {"slot": bool(slots)}
    first = plan.area.first_radius_km
    if first is not None:
        held["first_circle"] = _is_own(plan.area, offer) or (km is not None and km <= first)
    if plan.request.participants_first:
        held["participant"] = offer.get("participant", False)
    return held


def _tier(plan: Plan, held: dict[str, bool], name: str | None) -> int:
    """Position among the tiers that this search can have, 1 for the first."""
    steps = [
        holds for step, holds in held.items() if step != "slot" or not plan.request.slot_needed
    ]
    position = 0
    for holds in steps:
        position = position * 2 + (not holds)
    ways = list(NAME_LABELS).index(name) if plan.request.meaning.text else 0
    return 1 + position + (ways << len(steps))


def _label(plan: Plan, held: dict[str, bool], name: str | None) -> str:
    words = [STEP_LABELS[step][not holds] for step, holds in held.items()]
    named = [NAME_LABELS[name]] if plan.request.meaning.text else []
    text = ", ".join(word for word in [*named, *words] if word)
    return text[:1].upper() + text[1:]


def _name_part(name: str | None) -> list[Part]:
    return [] if name is None else [_part("name", ranking.NAME[name])]


def _in_tier(
    scale: CreditScale, offer: Offer, slots: list[StoredSlot], km: float | None
) -> Iterable[Part]:
    area = scale.plan.area
    yield from _closeness(area, offer, km)
    radius = area.radius_km if ranking.is_distance_ranked(area) else None
    for name, value in (*_best_slot(scale, slots), *_offer_credits(scale, offer)):
        if value:
            yield _part(name, value, None if radius is None else value * radius)


def _is_own(area: Area, offer: Offer) -> bool:
    """An offer of the commune searched belongs to it wherever the first circle ends."""
    return offer.get("insee") in own_codes(area)


def _closeness(area: Area, offer: Offer, km: float | None) -> list[Part]:
    if km is None or area.radius_km is None:
        return []
    if ranking.is_distance_ranked(area):
        return [_part("closeness", max(0.0, 1 - km / area.radius_km), km)]
    is_beyond = _is_own(area, offer) and km > (area.first_radius_km or area.radius_km)
    bands = [] if is_beyond else ranking.quarter_bands(area)
    quarters = sum(_inside(km, *band) for band in bands)
    return [_part("closeness", quarters / ranking.QUARTERS)]


def _inside(km: float, inner: float, outer: float) -> bool:
    """The inner edge belongs to the band inside of it; the innermost holds its centre."""
    return km <= outer and (km > inner or inner == 0)


def _best_slot(scale: CreditScale, slots: list[StoredSlot]) -> tuple[tuple[str, float], ...]:
    """The credits of the one slot whose credits add up to most."""
    if not slots:
        return ()
    earned = [(_type_credit(scale.types, slot), _soon_credit(scale.soon, slot)) for slot in slots]
    kind, soon = max(earned, key=sum)
    return ("slot_type", kind), ("soon", soon)


def _type_credit(table: dict[str, float], slot: StoredSlot) -> float:
    return max((table.get(kind, 0.0) for kind in slot["types"]), default=0.0)


def _soon_credit(limits: list[tuple[str, float]], slot: StoredSlot) -> float:
    return max((credit for limit, credit in limits if slot["start"] <= limit), default=0.0)


def _offer_credits(scale: CreditScale, offer: Offer) -> Iterable[tuple[str, float]]:
    profile = scale.plan.request.profile
    if offer.get("structure_kind") in profile.structure.kinds:
        yield "structure", scale.structure
    if offer.get("precision") in profile.precise_point.precisions:
        yield "precise_point", scale.precise


def _fair(area: Area, score: float, parts: list[Part]) -> list[Part]:
    if ranking.is_distance_ranked(area):
        return []
    drawn = score - sum(part["value"] for part in parts)
    return [_part("fair_order", min(max(0.0, drawn), ranking.FAIR_SHARE))]


def _part(name: str, value: float, km: float | None = None) -> Part:
    if km is None:
        return {"name": name, "value": round(value, 7)}
    return {"name": name, "value": round(value, 7), "km": round(km, 3)}
