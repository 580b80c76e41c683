"""What would not be empty, when a search is: a page is never a dead end (design 8.7).

Each proposal says which criteria to change and how many cards the changed search has: it is asked
as a click would ask it, from the first circle and with the exact spelling, so that both agree.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from search_engine.backend.index import Answer
from search_engine.query.alternative_counts import cards_body
from search_engine.query.availability import SLOT_FILTERS, build_slot_rule
from search_engine.query.plan import Plan, effective_mode
from search_engine.query.post_filters import OFFER_FILTERS
from search_engine.request.area import Area
from search_engine.request.criteria import MAX_RADIUS_KM, Criteria, Mode, SearchRequest

FILTERS = (*SLOT_FILTERS, *OFFER_FILTERS, "specialty", "kind", "participation", "open_now")
"""Criteria that a person selects after a search, and may take away."""

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        name: SearchRequest.model_fields[name].get_default(call_default_factory=True)
        for name in FILTERS
    }
)

WIDER_FACTOR = 2.0
"""Times the radius just searched."""

SEARCH_MODE_LABELS: Mapping[Mode, str] = MappingProxyType(
    {
        Mode.AVAILABLE: "Offres avec créneau",
        Mode.ALL: "Toutes les offres, avec ou sans créneau",
        Mode.BEYOND: "Offres acceptant un patient en surnuméraire",
        Mode.REORIENTATION: "Offres du forfait de réorientation",
    }
)


class Alternative(NamedTuple):
    """One way out: what changes, the criteria to send, the search they make."""

    change: str
    label: str
    criteria: dict[str, Any]
    plan: Plan


def build_alternatives(plan: Plan) -> list[Alternative]:
    """The searches that differ by one thing: a filter less, a larger circle, another mode."""
    return [*_without_filters(plan), *_wider_radius(plan), *_other_modes(plan)]


ALTERNATIVE_PREFIX = "way "


def alternative_requests(alternatives: list[Alternative]) -> dict[str, dict[str, Any]]:
    """The request that counts the cards of each proposal, in order."""
    return {
        f"{ALTERNATIVE_PREFIX}{number}": cards_body(way.plan)
        for number, way in enumerate(alternatives)
    }


def find_alternative_answers(answers: Mapping[str, Answer]) -> list[Answer]:
    """The answers to ``alternative_requests`` among others, in order."""
    return [answer for name, answer in answers.items() if name.startswith(ALTERNATIVE_PREFIX)]


def alternatives_block(alternatives: list[Alternative], totals: list[int]) -> list[dict[str, Any]]:
    """The proposals that are not empty, as the block ``instead`` of a page."""
    return [
        {"change": one.change, "label": one.label, "criteria": one.criteria, "total": total}
        for one, total in zip(alternatives, totals, strict=True)
        if total
    ]


def _without_filters(plan: Plan) -> Iterator[Alternative]:
    chosen = [name for name in FILTERS if getattr(plan.criteria, name)]
    if chosen:
        criteria = {name: DEFAULTS[name] for name in chosen}
        yield Alternative("filters", "Sans les filtres", criteria, _apply_change(plan, criteria))


def _wider_radius(plan: Plan) -> Iterator[Alternative]:
    radius = plan.area.radius_km
    wider = None if radius is None else min(radius * WIDER_FACTOR, MAX_RADIUS_KM)
    if radius is None or wider is None or wider <= radius:
        return
    label = f"Dans un rayon de {f'{wider:g}'.replace('.', ',')} km"
    criteria = {"radius_km": wider}
    changed = _apply_change(plan, criteria)
    area = changed.area._replace(radius_km=wider, explicit_radius=True)
    yield Alternative("radius", label, criteria, changed._replace(area=area))


def _other_modes(plan: Plan) -> Iterator[Alternative]:
    empty_too = {plan.mode, *([Mode.AVAILABLE] if plan.mode is Mode.ALL else [])}
    for mode in plan.criteria.modes:
        changed = _apply_change(plan, {"mode": mode})
        if mode not in empty_too and changed.mode is mode:
            yield Alternative("mode", SEARCH_MODE_LABELS[mode], {"mode": mode.value}, changed)


def _apply_change(plan: Plan, update: Mapping[str, Any]) -> Plan:
    """A first attempt at the changed search: nothing that this one decided is kept."""
    criteria: Criteria = plan.criteria.model_copy(update=dict(update))
    return plan._replace(
        criteria=criteria,
        mode=effective_mode(criteria, plan.meaning),
        slots=build_slot_rule(criteria, plan.window),
        area=_first_circle(plan.area),
        fuzzy=False,
    )


def _first_circle(area: Area) -> Area:
    return area._replace(radius_km=area.first_radius_km or area.radius_km, first_radius_km=None)
