"""Places of duty that are open: as good as one walk-in slot that starts now.

A duty house, a place of unscheduled care or a point of SOS Médecins takes patients without an
appointment while it is open. Wherever a slot is looked for, listed, counted or filtered, such a
place counts as if it bore one: public, at the office, without appointment, from now on.
"""

from datetime import datetime, timedelta
from functools import cache, lru_cache

from mappings.instants import utc_text
from mappings.records import Appointment, Consultation, Kind, Offer, SlotType, StoredSlot
from search_engine.backend.bodies import Clause
from search_engine.query.availability import (
    SlotRule,
    has_slot,
    is_visible_slot,
    select_visible_slots,
)
from search_engine.query.clauses import and_clause, or_clause
from search_engine.query.opening_hours import open_now_clause
from search_engine.query.order.effort import DUTY_KINDS, is_open_duty
from search_engine.request.criteria import Horizon
from search_engine.request.window import parse_instant

WALK_IN_TYPE, WALK_IN_CONSULTATION = SlotType.PUBLIC, Consultation.AMB
WALK_IN_HORIZON: Horizon = "0-4"
"""What the walk-in slot is, in the values of the filters on slots."""

WALK_IN_LENGTH = timedelta(minutes=1)
"""It begins now: long enough to lie in the first horizon, and in no other."""


def build_walk_in(now: str) -> StoredSlot:
    """The slot that an open place of duty is as good as at an instant (UTC text)."""
    end = utc_text(parse_instant(now) + WALK_IN_LENGTH)
    return {
        "id": "walk-in",
        "start": now,
        "end": end,
        "overlap_instants": [now],
        "types": [WALK_IN_TYPE],
        "declared_types": [WALK_IN_TYPE],
        "source": "hours",
        "received_at": now,
        "consultation": [WALK_IN_CONSULTATION],
        "appointment": Appointment.WALKIN,
    }


@lru_cache(maxsize=256)
def admits_walk_in(rule: SlotRule) -> bool:
    """Whether the walk-in slot of an open place satisfies the rule of a search.

    One search asks some twenty times, of a few rules.
    """
    return is_visible_slot(rule, build_walk_in(rule.now))


def can_see(rule: SlotRule, offer: Offer) -> bool:
    """Whether an offer can see the patient: by a slot that shows, or open without appointment."""
    if select_visible_slots(rule, offer.get("slots", [])):
        return True
    return is_walk_in(rule, offer)


def is_walk_in(rule: SlotRule, offer: Offer) -> bool:
    """A place of duty that is open, where the rule admits its walk-in slot."""
    return admits_walk_in(rule) and is_open_duty(offer, parse_instant(rule.now))


def can_see_clause(rule: SlotRule) -> Clause:
    """``can_see``, without score."""
    return or_clause([has_slot(rule), *walk_in_clauses(rule)])


@lru_cache(maxsize=256)
def walk_in_clauses(rule: SlotRule) -> list[Clause]:
    """Open places of duty, none where the rule does not admit their walk-in slot.

    Shared by the parts of a search: not to be changed.
    """
    return [open_duty_clause(parse_instant(rule.now), rule.zones)] if admits_walk_in(rule) else []


def open_duty_clause(now: datetime, zones: tuple[str, ...]) -> Clause:
    """Places of duty that are open at an instant, where no appointment is needed.

    ``zones`` as in ``open_now_clause``.
    """
    return and_clause([duty_clause(), open_now_clause(now, zones)])


@cache
def duty_clause() -> Clause:
    """Duty houses, places of unscheduled care and points of SOS Médecins: not to be changed."""
    kinds = {"terms": {"structure_kind": [kind.value for kind in DUTY_KINDS]}}
    return or_clause([{"term": {"kind": Kind.SOS_POINT.value}}, kinds])
