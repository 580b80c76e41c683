"""Duty houses and SOS points that are open: whoever comes is seen, as by a public slot of now."""

from datetime import datetime
from typing import Any

from tests.search_engine import wall_clock
from tests.search_engine.oracle.query import OracleQuery, search_start, text, window
from tests.search_engine.oracle.slots import TYPES_BY_ROLE, good_slots


def is_duty(offer: dict[str, Any]) -> bool:
    return offer["kind"] == "sos_point" or offer.get("structure_kind") == "unscheduled_care"


def is_open(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """By the clock and the calendar on the wall of the place, and who is announced away."""
    spells = tuple(
        (datetime.fromisoformat(away["gte"]), datetime.fromisoformat(away["lt"]))
        for away in offer.get("absences", [])
    )
    hours, zone = offer.get("hours", {}), offer["timezone"]
    if offer.get("always_absent"):
        return False
    return wall_clock.is_open(hours, search_start(query), zone, offer["department"], spells)


def sees_whoever_comes(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """Open now, where the filters let in somebody public, at the office, in the first hours."""
    if query.slot_type and "PUBLIC" not in query.slot_type & TYPES_BY_ROLE[query.role]:
        return False
    if query.consultation and "AMB" not in query.consultation:
        return False
    if query.horizons and (0, 4) not in query.horizons:
        return False
    first, last = window(query)
    return first <= text(search_start(query)) <= last and is_duty(offer) and is_open(query, offer)


def can_be_met(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """By a slot, or by coming."""
    return bool(good_slots(query, offer)) or sees_whoever_comes(query, offer)
