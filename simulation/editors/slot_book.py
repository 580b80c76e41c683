"""What one simulated editor has: the free slots of each professional and association.

Read from the answers of a generated set. Slots are booked and freed one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]

REQUESTS = "fhir/requests.jsonl"
OWNER_KINDS = ("Practitioner", "Organization")
"""The resources whose identifier is that of the person or the association."""


@dataclass(frozen=True, slots=True)
class BookedSlot:
    """One slot as the editor writes it, with the resources that it hangs on, nearest first."""

    resource: Json
    start: datetime
    around: tuple[Json, ...]

    @property
    def key(self) -> str:
        """Its id at the editor."""
        return str(self.resource["id"])


class SlotBook:
    """The free slots of one editor by national identifier with its prefix."""

    def __init__(self, slots: Mapping[str, Sequence[BookedSlot]]) -> None:
        self._free = {owner: {slot.key: slot for slot in found} for owner, found in slots.items()}
        self._booked: dict[str, tuple[str, BookedSlot]] = {}

    def find(self, owner: str) -> list[BookedSlot]:
        """The free slots of one owner; none of one who is not known."""
        return list(self._free.get(owner, {}).values())

    def owners(self) -> list[str]:
        """Whoever has slots, or had some."""
        return list(self._free)

    def book(self, owner: str, key: str) -> None:
        """The slot is taken; raises ``KeyError`` when it is not free."""
        self._booked[key] = owner, self._free[owner].pop(key)

    def free(self, key: str) -> None:
        """The slot comes back; raises ``KeyError`` when it was not booked."""
        owner, slot = self._booked.pop(key)
        self._free[owner][key] = slot


def read_slot_books(directory: Path) -> dict[str, dict[str, SlotBook]]:
    """By editor and flow, what a generated set says that it has."""
    found: dict[str, dict[str, dict[str, list[BookedSlot]]]] = {}
    for line in (directory / REQUESTS).read_bytes().splitlines():
        request = orjson.loads(line)
        book = found.setdefault(request["editor"], {}).setdefault(request["flow"], {})
        for asked in request["asked"]:
            book.setdefault(asked, [])
        for owner, slot in _read_answer(directory, request):
            if owner in book:
                book[owner].append(slot)
    return {
        editor: {flow: SlotBook(slots) for flow, slots in flows.items()}
        for editor, flows in found.items()
    }


def _read_answer(directory: Path, request: Json) -> Iterator[tuple[str, BookedSlot]]:
    pages = (orjson.loads((directory / "fhir" / name).read_bytes()) for name in request["files"])
    resources = [entry["resource"] for page in pages for entry in page.get("entry", ())]
    known = {f"{one['resourceType']}/{one['id']}": one for one in resources}
    for resource in resources:
        if resource["resourceType"] == "Slot":
            around = tuple(_list_around(resource, known))
            slot = BookedSlot(resource, datetime.fromisoformat(resource["start"]), around)
            yield from ((owner, slot) for owner in _list_owners(around))


def _list_around(slot: Json, known: Mapping[str, Json]) -> Iterator[Json]:
    """The resources that a slot refers to, and those that they refer to."""
    seen: set[str] = set()
    waiting = list(_list_references(slot))
    while waiting:
        reference = waiting.pop(0)
        if reference in known and reference not in seen:
            seen.add(reference)
            yield known[reference]
            waiting += _list_references(known[reference])


def _list_references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("reference"), str):
            yield reference
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _list_references(inner)


def _list_owners(around: Iterable[Json]) -> Iterator[str]:
    for resource in around:
        if resource["resourceType"] in OWNER_KINDS:
            yield from (one["value"] for one in resource.get("identifier", ()))
