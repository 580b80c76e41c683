"""Which slots show, and to whom: one rule table, applied again whenever a setting changes.

Sources: meeting of 4 July 2024 ("l'offre de soins affichée sera cohérente avec les modalités de
participation déclarées par le PS"); F036, F040, W11, W27. Pure: ``types`` and ``hidden`` are
computed from ``declared_types`` every time, so applying the rules twice changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from mappings.identifiers import as_finess
from mappings.records import Kind, Offer, SlotType, StoredSlot, Via
from slots.stored import AGENDA_SOURCE, overlap_instants


class HiddenReason(StrEnum):
    """Why a slot does not show, in the order the rules are tried."""

    ALWAYS_ABSENT = "always_absent"
    ABSENT = "absent"
    SOS = "sos"
    EDITOR_DISABLED = "editor_disabled"
    CPTS_NOT_DECLARED = "cpts_not_declared"
    NO_TYPE = "no_type"
    DUPLICATE = "duplicate"


def is_always_absent(offer: Offer, slot: StoredSlot) -> bool:
    """The professional or the structure is absent until further notice (F034)."""
    return offer.get("always_absent", False)


def is_during_absence(offer: Offer, slot: StoredSlot) -> bool:
    """The slot and an absence have an instant in common, whatever the source (F036, W27).

    Absences are ``gte`` included, ``lt`` excluded: a slot that ends when one begins shows.
    """
    return any(
        slot["start"] < away["lt"] and away["gte"] < slot["end"]
        for away in offer.get("absences", [])
    )


def is_sos_only(offer: Offer, slot: StoredSlot) -> bool:
    """A professional who takes part through SOS Médecins shows on the association's points."""
    return offer["kind"] == Kind.PROFESSIONAL and set(offer.get("via", [])) == {Via.SOS}


def is_editor_refused(offer: Offer, slot: StoredSlot) -> bool:
    """The professional refuses that editors' slots are displayed; the SAS agenda stays (F040)."""
    return offer.get("editor_disabled", False) and slot["source"] != AGENDA_SOURCE


HIDING_RULES: tuple[tuple[HiddenReason, Callable[[Offer, StoredSlot], bool]], ...] = (
    (HiddenReason.ALWAYS_ABSENT, is_always_absent),
    (HiddenReason.ABSENT, is_during_absence),
    (HiddenReason.SOS, is_sos_only),
    (HiddenReason.EDITOR_DISABLED, is_editor_refused),
)
"""Whole-slot rules, the first that holds is the one named."""


def has_declared_cpts(offer: Offer, slot: StoredSlot) -> bool:
    """The slot names a CPTS that the professional declared for this place."""
    declared = {as_finess(finess) for finess in offer.get("cpts", [])}
    return any(as_finess(finess) in declared for finess in slot.get("cpts", []))


TYPE_RULES: dict[str, Callable[[Offer, StoredSlot], bool]] = {
    SlotType.PUBLIC: lambda offer, slot: True,
    SlotType.PRO: lambda offer, slot: True,
    SlotType.SNP: lambda offer, slot: True,
    SlotType.CPTS: has_declared_cpts,
}
"""Condition under which each declared type shows; a type that is not here never shows."""


def visible_slots(offer: Offer, slots: Iterable[StoredSlot]) -> list[StoredSlot]:
    """The slots of one offer with ``types`` and ``hidden`` set; the arguments are not changed."""
    judged = [_apply_rules(offer, slot) for slot in slots]
    judged.sort(key=lambda slot: (slot["start"], slot["end"], slot["id"]))
    return _without_duplicates(judged)


def _apply_rules(offer: Offer, slot: StoredSlot) -> StoredSlot:
    declared = slot["declared_types"]
    showing = [kind for kind in declared if kind in TYPE_RULES and TYPE_RULES[kind](offer, slot)]
    for reason, holds in HIDING_RULES:
        if holds(offer, slot):
            return _hide_slot(slot, reason)
    if not showing:
        stripped = SlotType.CPTS in declared
        return _hide_slot(
            slot, HiddenReason.CPTS_NOT_DECLARED if stripped else HiddenReason.NO_TYPE
        )
    shown = _with_overlap_instants(slot)
    shown["types"] = showing
    shown.pop("hidden_reason", None)
    return shown


def _with_overlap_instants(slot: StoredSlot) -> StoredSlot:
    """A copy; a slot that an older index gave gets the marks it had not."""
    return {**slot, "overlap_instants": overlap_instants(slot["start"], slot["end"])}


def _hide_slot(slot: StoredSlot, reason: HiddenReason) -> StoredSlot:
    masked = _with_overlap_instants(slot)
    masked["types"] = []
    masked["hidden_reason"] = reason.value
    return masked


def _without_duplicates(slots: Sequence[StoredSlot]) -> list[StoredSlot]:
    """One interval given by two sources shows once (F068): the slot with the most types.

    Between equal types the agenda's slot shows, for it knows the seats left. When neither has
    all the types of the other, both show, each to its own readers.
    """
    intervals: dict[tuple[object, ...], list[StoredSlot]] = {}
    for slot in slots:
        if slot["types"]:
            intervals.setdefault(_interval(slot), []).append(slot)
    doubled = {
        id(slot) for same in intervals.values() if len(same) > 1 for slot in _redundant(same)
    }
    return [_hide_slot(s, HiddenReason.DUPLICATE) if id(s) in doubled else s for s in slots]


def _interval(slot: StoredSlot) -> tuple[object, ...]:
    return (slot["start"], slot["end"], tuple(slot.get("consultation", [])))


def _redundant(same: Sequence[StoredSlot]) -> list[StoredSlot]:
    kept: list[StoredSlot] = []
    redundant: list[StoredSlot] = []
    for slot in sorted(same, key=_preference):
        covered = any(set(slot["types"]) <= set(other["types"]) for other in kept)
        (redundant if covered else kept).append(slot)
    return redundant


def _preference(slot: StoredSlot) -> tuple[int, bool, str]:
    return (-len(slot["types"]), slot["source"] != AGENDA_SOURCE, slot["id"])


def count_hidden_slots(slots: Iterable[StoredSlot]) -> Counter[str]:
    """Slots hidden by reason, and ``cpts_stripped``: shown, but not to their CPTS."""
    counts: Counter[str] = Counter()
    for slot in slots:
        if "hidden_reason" in slot:
            counts[slot["hidden_reason"]] += 1
        elif set(slot["types"]) != set(slot["declared_types"]):
            counts["cpts_stripped"] += 1
    return counts
