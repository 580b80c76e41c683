"""What a simulated editor answers to a search of slots: R01, R04 and SOS1."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from simulation.editors.slot_book import BookedSlot, SlotBook

Json = dict[str, Any]
Query = Sequence[tuple[str, str]]

PERSONS, ASSOCIATIONS = (
    "schedule.actor:Practitioner.identifier",
    "actor:Location.organization.identifier",
)
BOUNDS = {PERSONS: "start", ASSOCIATIONS: "_has:Slot:schedule:start"}
MATCHES = {PERSONS: "Slot", ASSOCIATIONS: "Schedule"}
"""By kind of search, the resource that it looks for; all others are includes."""

MOST_ASKED = {PERSONS: 25, ASSOCIATIONS: 10}


class SearchRefused(ValueError):
    """The search is not one of the guide; the text says why."""


def build_answer(books: Mapping[str, SlotBook], query: Query, address: str) -> Json:
    """The Bundle of a search, ``books`` by flow; raises ``SearchRefused``."""
    kind = next((name for name, _ in query if name in BOUNDS), None)
    if kind is None:
        raise SearchRefused("no identifier is asked")
    owners = [
        token.rpartition("|")[2]
        for name, value in query
        if name == kind
        for token in value.split(",")
    ]
    if len(owners) > MOST_ASKED[kind]:
        raise SearchRefused(f"more than {MOST_ASKED[kind]} identifiers")
    first, last = _read_bounds(query, BOUNDS[kind])
    flows = {"SOS1"} if kind == ASSOCIATIONS else set(books) - {"SOS1"}
    slots = [
        slot
        for flow in sorted(flows & set(books))
        for owner in owners
        for slot in books[flow].find(owner)
        if first <= slot.start <= last
    ]
    return _build_bundle(slots, MATCHES[kind], address)


def build_outcome(code: str, message: str) -> Json:
    """An OperationOutcome of one error."""
    issue = {"severity": "error", "code": code, "diagnostics": message}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _read_bounds(query: Query, name: str) -> tuple[datetime, datetime]:
    bounds = {value[:2]: value[2:] for key, value in query if key == name}
    try:
        return _read_instant(bounds["ge"]), _read_instant(bounds["le"])
    except (KeyError, ValueError):
        raise SearchRefused(f"{name} has to be given twice, ge and le, with an offset") from None


def _read_instant(written: str) -> datetime:
    """A space stands for the ``+`` that was not encoded (guide, 1.1)."""
    moment = datetime.fromisoformat(written.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment


def _build_bundle(slots: Sequence[BookedSlot], matched: str, address: str) -> Json:
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(slots),
        "link": [{"relation": "self", "url": address}],
    }
    entries = [_build_entry(one, matched, address) for one in _list_resources(slots)]
    return {**bundle, **({"entry": entries} if entries else {})}


def _list_resources(slots: Sequence[BookedSlot]) -> Iterable[Json]:
    """Slots, then what they hang on, each once."""
    around = {(one["resourceType"], one["id"]): one for slot in slots for one in slot.around}
    return [*(slot.resource for slot in slots), *around.values()]


def _build_entry(resource: Json, matched: str, address: str) -> Json:
    base = address.partition("?")[0].rpartition("/")[0]
    kind = resource["resourceType"]
    return {
        "fullUrl": f"{base}/{kind}/{resource['id']}",
        "resource": resource,
        "search": {"mode": "match" if kind == matched else "include"},
    }
