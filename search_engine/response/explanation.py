"""The rank of a card explained: its tier, why in one French clause, and its effort in minutes."""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from geography.ground import is_beyond_water
from mappings.offer_ids import DOCTORS
from mappings.records import Offer, StoredSlot
from search_engine.query import ranking
from search_engine.query.clauses import own_codes
from search_engine.query.order.effort import (
    LATE,
    OPEN_NOW,
    SEEN,
    TRAVEL,
    EffortPart,
    EffortScale,
    measure_effort,
    read_ground,
)
from search_engine.query.plan import Plan
from search_engine.query.visibility.duty import is_walk_in
from search_engine.response.rank_words import (
    BESIDE_HIS_SPECIALITY,
    NAME_WORDS,
    STEP_WORDS,
    describe_part,
    describe_rank,
)


class Part(TypedDict):
    """One addend of the effort, in minutes to a tenth; ``km``: the distance of the travel."""

    name: str
    label: str
    minutes: float
    km: NotRequired[float]


class RankExplanation(TypedDict):
    """The block ``rank`` of a card.

    Tiers count from 1 and never decrease over the pages; nor do bands inside a tier. ``minutes`` is
    the sum of the parts, to a tenth. ``band``: offers of one band are drawn; absent where distance
    decides. A search that is not ranked by effort has the tier alone.
    """

    tier: int
    label: str
    minutes: NotRequired[float]
    band: NotRequired[int]
    parts: list[Part]


def explain_rank(
    scale: EffortScale,
    plan: Plan,
    offer: Offer,
    slots: list[StoredSlot],
    *,
    km: float | None,
    name: str | None,
) -> RankExplanation:
    """The rank of one hit, computed from the card's own data.

    ``slots`` those that show, ``km`` from the centre of the search, ``name`` the way the name
    answered.
    """
    held = offer_steps(plan, offer, slots)
    tier = _tier(plan, held, name)
    if not plan.request.weighs_effort:
        label = describe_rank(_step_words(plan, held, name, slots, ()), ())
        return {"tier": tier, "label": label, "parts": []}
    effort = measure_effort(scale, offer, slots, km)
    beside = [BESIDE_HIS_SPECIALITY] if is_beside_his_speciality(plan, offer) else []
    steps = _step_words(plan, held, name, slots, effort.parts)
    parts = [_round_part(part, km) for part in effort.parts]
    told = [part for part in effort.parts if slots or part.name != LATE]  # later than what is known
    explained: RankExplanation = {
        "tier": tier,
        "label": describe_rank(steps, told, beside),
        "minutes": round(sum(part["minutes"] for part in parts), 1),
        "parts": parts,
    }
    if ranking.is_effort_sorted(plan):
        explained["band"] = effort.find_band(scale.profile.band_minutes or 1)
    return explained


def is_beside_his_speciality(plan: Plan, offer: Offer) -> bool:
    """A participant who is shown for a speciality that he does not declare (F027)."""
    meaning, own = plan.request.meaning, offer.get("specialties", [])
    kept = offer.get("profession") in meaning.bypass_professions
    return kept and bool(own) and set(own).isdisjoint(meaning.specialties)


def offer_steps(plan: Plan, offer: Offer, slots: list[StoredSlot]) -> dict[str, bool]:
    """Which steps of this search the offer holds, the heaviest first."""
    opened = is_walk_in(plan.request.slots, offer)
    deadline = ranking.find_deadline(plan)
    ground = read_ground(offer) if "landmass" in offer else plan.request.ground
    holds = {
        ranking.SAME_GROUND: not is_beyond_water(plan.request.ground, ground),
        ranking.EMERGENCY: offer.get("emergency", False),
        ranking.DOCTOR: offer.get("profession") in DOCTORS,
        ranking.OWN_TOWN: offer.get("insee") in own_codes(plan.area),
        ranking.SLOT: bool(slots) or opened,
        ranking.IN_TIME: opened or any(slot["start"] <= (deadline or "") for slot in slots),
        ranking.PARTICIPANT: offer.get("participant", False),
        ranking.WALK_IN: opened,
    }
    return {step: holds[step] for step in ranking.find_steps(plan)}


def _tier(plan: Plan, held: dict[str, bool], name: str | None) -> int:
    """Position among the tiers that this search can have, 1 for the first."""
    position = list(NAME_WORDS).index(name) if plan.request.meaning.text else 0
    for holds in held.values():
        position = position * 2 + (not holds)
    return 1 + position


def _step_words(
    plan: Plan,
    held: dict[str, bool],
    name: str | None,
    slots: list[StoredSlot],
    parts: Iterable[EffortPart],
) -> list[str]:
    """The words of the steps; that an offer can be seen is left to the part that says when, or to
    that it is open where it has no slot."""
    named = [NAME_WORDS[name]] if plan.request.meaning.text else []
    told: dict[str, bool | None] = {
        **({ranking.SLOT: True} if plan.request.slot_needed else {}),
        **held,
    }
    if any(part.name in (SEEN, OPEN_NOW) for part in parts):
        told = {**told, ranking.SLOT: None, ranking.WALK_IN: None}
    elif told.get(ranking.SLOT) and not slots:
        told = {**told, ranking.SLOT: None, ranking.WALK_IN: True}
    known = ((step, holds) for step, holds in told.items() if holds is not None)
    return [*named, *(STEP_WORDS[step][not holds] for step, holds in known)]


def _round_part(part: EffortPart, km: float | None) -> Part:
    minutes = round(part.minutes, 1)
    told: Part = {"name": part.name, "label": describe_part(part), "minutes": minutes}
    if part.name == TRAVEL and km is not None:
        told["km"] = round(km, 3)
    return told
