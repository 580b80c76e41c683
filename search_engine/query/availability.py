"""Which slots show: one rule, as the nested query and as the Python test of the same words.

Every condition holds on one same slot; tests prove both forms equal on random data.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from mappings.instants import utc_text
from mappings.records import Consultation, SlotType, StoredSlot
from search_engine.backend.bodies import Clause
from search_engine.request.criteria import VISIBLE_TYPES, Criteria, Role
from search_engine.request.window import SearchWindow


class SlotRule(NamedTuple):
    """What one slot must satisfy; instants as UTC text, ends included.

    ``now``: of the search, from which horizons count and at which places are open or closed.
    ``types``: one of them is needed. ``visible``: those the caller may see on a card.
    ``ranges``: (after, before) pairs, the slot overlaps one of them; none means any.
    ``in_person``: a slot that is remote only does not count.
    ``zones``: IANA zones of the offers searched, none for all; it narrows nothing.
    """

    now: str
    start: str
    end: str
    types: tuple[SlotType, ...]
    visible: tuple[SlotType, ...]
    consultation: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()
    in_person: bool = False
    zones: tuple[str, ...] = ()


def build_slot_rule(
    criteria: Criteria, window: SearchWindow, zones: tuple[str, ...] = ()
) -> SlotRule:
    """The rule of a search: role, window, slot type, consultation and horizon.

    Whoever names no consultation wants the patient seen in person (``is_remote_only``).
    """
    visible = VISIBLE_TYPES[criteria.role]
    selected = criteria.slot_type or visible
    first, last = window.slot_span
    return SlotRule(
        now=utc_text(window.start),
        start=utc_text(first),
        end=utc_text(last),
        types=tuple(kind for kind in visible if kind in selected),
        visible=visible,
        consultation=tuple(criteria.consultation),
        ranges=tuple(hours_range(window.start, horizon) for horizon in criteria.horizon),
        in_person=not criteria.consultation,
        zones=zones,
    )


OVERLAP_INSTANTS = "slots.overlap_instants"
"""Instants by which a slot is found in any horizon that it overlaps."""

SLOT_FILTERS = ("slot_type", "consultation", "horizon")
"""Filters that one same slot must meet; the others are about the offer."""


def drop_slot_filters(rule: SlotRule, *names: str) -> SlotRule:
    """The rule without those of its filters: the facet of a filter does not filter itself.

    Without the consultation, remote slots count too: one click shows them.
    """
    free = "consultation" in names
    return rule._replace(
        types=rule.visible if "slot_type" in names else rule.types,
        consultation=() if free else rule.consultation,
        ranges=() if "horizon" in names else rule.ranges,
        in_person=rule.in_person and not free,
    )


def default_slot_rule(role: Role, window: SearchWindow) -> SlotRule:
    """The rule of a card shown outside the filters: role and window only, remote or not."""
    visible = VISIBLE_TYPES[role]
    start, end = utc_text(window.start), utc_text(window.end)
    return SlotRule(start, start, end, visible, visible)


def hours_range(start: datetime, horizon: str) -> tuple[str, str]:
    """``"4-8"`` as instants: (after, before) so many hours from the start (F077)."""
    after, before = (timedelta(hours=int(hours)) for hours in horizon.split("-"))
    return utc_text(start + after), utc_text(start + before)


def is_visible_slot(rule: SlotRule, slot: StoredSlot) -> bool:
    """True when the stored slot satisfies the whole rule (F060, F062, F063, F073, F077)."""
    return (
        rule.start <= slot["start"] <= rule.end
        and any(kind in rule.types for kind in slot["types"])
        and slot.get("seats_left", 1) > 0
        and _meets(rule.consultation, slot.get("consultation", ()))
        and not (rule.in_person and is_remote_only(slot))
        and (not rule.ranges or any(_overlaps(slot, *span) for span in rule.ranges))
    )


def is_remote_only(slot: StoredSlot) -> bool:
    """Remote and nothing else; a slot that declares no consultation is one at the office."""
    return set(slot.get("consultation", ())) == {Consultation.VR}


def select_visible_slots(rule: SlotRule, slots: Iterable[StoredSlot]) -> list[StoredSlot]:
    """The slots that satisfy the rule, by start then id."""
    return sorted(
        (slot for slot in slots if is_visible_slot(rule, slot)),
        key=lambda slot: (slot["start"], slot["id"]),
    )


def slot_filter(rule: SlotRule) -> Clause:
    """The same rule as a ``bool`` inside the nested query on ``slots``."""
    clauses: list[Clause] = [
        {"range": {"slots.start": {"gte": rule.start, "lte": rule.end}}},
        {"terms": {"slots.types": list(rule.types)}},
    ]
    if rule.consultation:
        clauses.append({"terms": {"slots.consultation": list(rule.consultation)}})
    if rule.ranges:
        clauses.append({"bool": {"should": [_overlap_clause(*span) for span in rule.ranges]}})
    unwanted: list[Clause] = [{"range": {"slots.seats_left": {"lte": 0}}}]
    if rule.in_person:
        unwanted.append(remote_only_clause())
    return {"bool": {"filter": clauses, "must_not": unwanted}}


def remote_only_clause() -> Clause:
    """``is_remote_only`` inside the nested query on ``slots``."""
    remote = {"term": {"slots.consultation": Consultation.VR.value}}
    met = {"terms": {"slots.consultation": [Consultation.AMB.value, Consultation.HH.value]}}
    return {"bool": {"filter": [remote], "must_not": [met]}}


def has_slot(rule: SlotRule) -> Clause:
    """Offers with at least one slot that satisfies the rule, without score."""
    return {"nested": {"path": "slots", "query": slot_filter(rule), "score_mode": "none"}}


def _meets(required: Iterable[str], declared: Iterable[str]) -> bool:
    wanted = set(required)
    return not wanted or not wanted.isdisjoint(declared)


def _overlaps(slot: StoredSlot, after: str, before: str) -> bool:
    return slot["start"] < before and slot["end"] > after


def _overlap_clause(after: str, before: str) -> Clause:
    """Slots that overlap the range: one of ``MAX_OVERLAP_INSTANT_GAP`` or more holds an instant."""
    return {"range": {OVERLAP_INSTANTS: {"gte": after, "lt": before}}}
