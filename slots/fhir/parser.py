"""The one parser of editors' answers: R01, R04 and SOS1 give the same canonical slots.

Tolerant reading, strict acceptance: a slot is free, future, in the window, requested, of a known
type, its start before its end. Decisions case by case: docs/reference/sources/slots.md.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mappings.booking import with_origin
from mappings.bounds import IDENTIFIER, SLOT_LENGTH
from mappings.instants import InstantError, parse_instant, utc_text
from mappings.records import CanonicalSlot
from slots.bounds import find_fault
from slots.fhir import attributes
from slots.fhir.answer import page_entries, read_pages
from slots.fhir.bundle import Node, ResourceIndex
from slots.fhir.clock import clock_signs
from slots.fhir.completeness import require_whole
from slots.fhir.cpts import CptsJoin
from slots.fhir.elements import Json, child, text
from slots.fhir.identity import FLOW_BY_ASSOCIATION, parse_requested_ids
from slots.fhir.lifecycle import expiry_refusal
from slots.fhir.merge import merge_duplicate_slots
from slots.fhir.schedule_joins import AssociationJoin, Facts, ProfessionalJoin
from slots.fhir.window import window_at, zone_of_postcode

FREE = "free"

KEYS = (
    "slot",
    "start",
    "end",
    "types",
    "consultation",
    "reasons",
    "specialties",
    "appointment",
    "url",
    "url_with_origin",
    "practitioner",
    "phone",
    "structure",
    "place",
    "cpts",
    "sos",
    "source",
)
"""Keys of a canonical slot, in the order they are printed."""


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """Content of an answer: slots, refused slots as ``{"slot", "reason"}``, counts of oddities."""

    slots: list[CanonicalSlot]
    rejected: list[dict[str, str]]
    reports: Counter[str]


class SlotRefusedError(Exception):
    """One slot is not let through; ``reason`` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_pages(
    pages: Iterable[bytes | Json],
    flow: str,
    now: datetime,
    requested_ids: Collection[str] | None,
    *,
    origin: str | None = None,
    source: str | None = None,
) -> ParsedAnswer:
    """The slots of one answer, in the order of its entries; pages are joined first (E13).

    ``flow`` is R01, R04 or SOS1. ``requested_ids`` holds RPPS, ADELI or SIRET, prefixed or
    not; None accepts all. ``now`` is aware. ``origin`` adds ``url_with_origin``, ``source``
    names the editor. Raises ``AnswerRefusedError`` when the answer itself is unusable or not
    whole, and ``RequestedIdError`` for an id of the wrong kind.
    """
    ids = None if requested_ids is None else parse_requested_ids(requested_ids, flow)
    reports: Counter[str] = Counter()
    bundles = read_pages(pages)
    entries = page_entries(bundles)
    require_whole(bundles)
    index = ResourceIndex(entries, reports)
    join = AssociationJoin if flow == FLOW_BY_ASSOCIATION else ProfessionalJoin
    reader = SlotReader(index, join(index, ids, reports), now, reports)
    found: list[CanonicalSlot] = []
    rejected: dict[tuple[str, ...], dict[str, str]] = {}
    for node in index.entries_by_kind("Slot"):
        try:
            found.append(_finalize_slot(reader.read(node), origin, source))
        except SlotRefusedError as refused:
            name = node.id[: IDENTIFIER.longest]
            rejected[_rejection_key(node, refused)] = {"slot": name, "reason": refused.reason}
    merged = merge_duplicate_slots(found)
    reports["merged"] = len(found) - len(merged)
    return ParsedAnswer(merged, list(rejected.values()), +reports)


def _rejection_key(node: Node, refused: SlotRefusedError) -> tuple[str, ...]:
    """Key of a refused slot: an entry given twice is refused once (E27, E28)."""
    slot = node.resource
    reference = text(child(slot, "schedule").get("reference"))
    instants = (text(slot.get("start")), text(slot.get("end")))
    return (refused.reason, node.url, node.id, reference, *instants)


def _finalize_slot(slot: Facts, origin: str | None, source: str | None) -> CanonicalSlot:
    """The slot with its link and source, keys in order, unknown ones absent.

    Raises ``SlotRefusedError`` when a field is beyond its bound.
    """
    if origin is not None and slot.get("url"):
        slot["url_with_origin"] = with_origin(slot["url"], origin)
    slot["source"] = source
    found = {key: slot[key] for key in KEYS if slot.get(key)}
    if fault := find_fault(found):
        raise SlotRefusedError(fault)
    return found  # type: ignore[return-value]


class SlotReader:
    """Reads the Slots of one answer."""

    def __init__(
        self,
        index: ResourceIndex,
        join: ProfessionalJoin | AssociationJoin,
        now: datetime,
        reports: Counter[str],
    ) -> None:
        self._index = index
        self._join = join
        self._now = now
        self._reports = reports
        self._cpts = CptsJoin(index, reports)
        self._facts: dict[Node, Facts | str] = {}

    def read(self, node: Node) -> dict[str, Any]:
        """The canonical slot of a Slot entry; raises ``SlotRefusedError`` with the first reason."""
        slot = node.resource
        _require_usable(slot)
        start, end = _interval(slot)
        facts = self._schedule_facts(node)
        self._require_in_window(start, facts)
        types, cpts = self._types(node)
        kind = attributes.appointment(slot)
        return {
            **facts,
            "slot": _slot_id(node, start),
            "start": utc_text(start),
            "end": utc_text(end),
            "types": types,
            "consultation": attributes.consultations(slot),
            "reasons": attributes.reasons(slot),
            "specialties": attributes.slot_specialties(slot),
            "appointment": kind,
            "url": attributes.booking_link(slot, kind),
            "cpts": cpts,
        }

    def _schedule_facts(self, node: Node) -> Facts:
        """Who and where, joined once a Schedule however many slots it has."""
        reference = child(node.resource, "schedule")
        schedule = self._index.resolve(reference, node, "Schedule")
        if schedule is None:
            raise SlotRefusedError("no_schedule")
        if schedule not in self._facts:
            self._facts[schedule] = self._join.facts(schedule)
        facts = self._facts[schedule]
        if isinstance(facts, str):
            raise SlotRefusedError(facts)
        return facts

    def _require_in_window(self, start: datetime, facts: Facts) -> None:
        """Past and far slots are refused again: ``_has`` and ``_revinclude`` filter nothing.

        So are slots outside the periods of what they hang on.
        """
        place = facts.get("place") or {}
        zone = zone_of_postcode(place.get("postal_code", ""))
        window = window_at(self._now, zone)
        if start < window.start:
            raise SlotRefusedError("past")
        if start >= window.end:
            raise SlotRefusedError("after_window")
        if reason := expiry_refusal(facts["validity"], start, zone):
            raise SlotRefusedError(reason)
        self._reports.update(clock_signs(start, zone, place.get("hours", [])))

    def _types(self, node: Node) -> tuple[list[str], list[Any]]:
        declared = attributes.slot_types(node.resource, self._reports)
        if not declared:
            raise SlotRefusedError("no_type")
        found = self._cpts.resolve_types(node, declared)
        if found.refusal:
            raise SlotRefusedError(found.refusal)
        return found.types, list(found.cpts)


def _require_usable(slot: Json) -> None:
    if slot.get("modifierExtension"):
        raise SlotRefusedError("modifier_extension")
    if text(slot.get("status")).lower() != FREE:
        raise SlotRefusedError("not_free")


def _interval(slot: Json) -> tuple[datetime, datetime]:
    """Start and end in UTC, at least a second and at most 24 hours apart (E16 to E18)."""
    start, end = _instant(slot, "start"), _instant(slot, "end")
    if utc_text(end) <= utc_text(start):
        raise SlotRefusedError("end_not_after_start")
    if end - start > SLOT_LENGTH:
        raise SlotRefusedError("too_long")
    return start, end


def _instant(slot: Json, name: str) -> datetime:
    written = slot.get(name)
    if written is None or written == "":
        raise SlotRefusedError(f"no_{name}")
    if not isinstance(written, str):
        raise SlotRefusedError("bad_instant")
    try:
        return parse_instant(written)
    except InstantError as error:
        raise SlotRefusedError(error.reason) from None


def _slot_id(node: Node, start: datetime) -> str:
    """Slot.id, else the end of its fullUrl, else its Schedule and instant."""
    reference = text(child(node.resource, "schedule").get("reference"))
    return node.id or f"{reference}@{utc_text(start)}"
