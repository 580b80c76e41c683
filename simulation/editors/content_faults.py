"""Faults inside the answers of a simulated editor: what the Bundle says is wrong (E01 to E43)."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import orjson

Json = dict[str, Any]
Edit = Callable[[Json], None]
Answer = tuple[int, bytes]
Change = Callable[[int, bytes], Answer]

ELSEWHERE = "899999999999"
OK, NOT_FOUND = 200, 404


def edit_bundle(edit: Edit) -> Change:
    """The same answer, its Bundle edited; any other answer as it is."""

    def change(status: int, body: bytes) -> Answer:
        bundle = orjson.loads(body)
        if status == OK and bundle.get("entry"):
            edit(bundle)
        return status, orjson.dumps(bundle)

    return change


def _list_kind(bundle: Json, kind: str) -> Iterator[Json]:
    for entry in bundle["entry"]:
        if entry is not None and entry["resource"]["resourceType"] == kind:
            yield entry["resource"]


def _first_slot(bundle: Json) -> Json:
    return next(_list_kind(bundle, "Slot"))


def _drop_kind(bundle: Json, kind: str) -> None:
    bundle["entry"] = [one for one in bundle["entry"] if one["resource"]["resourceType"] != kind]


def set_busy(bundle: Json) -> None:
    """A slot that is not free (E15)."""
    _first_slot(bundle)["status"] = "busy"


def set_past(bundle: Json) -> None:
    """A slot of the past (E15)."""
    slot = _first_slot(bundle)
    for name in ("start", "end"):
        slot[name] = f"2000{slot[name][4:]}"


def drop_schedules(bundle: Json) -> None:
    """Slots without their Schedule (E01)."""
    _drop_kind(bundle, "Schedule")


def drop_offset(bundle: Json) -> None:
    """A local time (E18)."""
    slot = _first_slot(bundle)
    slot["start"] = slot["start"][:19]


def drop_type(bundle: Json) -> None:
    """A slot without a type (E20)."""
    _first_slot(bundle)["meta"].pop("security")


def add_unknown_type(bundle: Json) -> None:
    """A type of the editor's own beside the others (E20)."""
    security = _first_slot(bundle)["meta"]["security"]
    security.append({**security[0], "code": "PRIVATE"})


def drop_places(bundle: Json) -> None:
    """Roles without their Location (E36)."""
    for role in _list_kind(bundle, "PractitionerRole"):
        role.pop("contained", None)
        role.pop("location", None)


def change_person(bundle: Json) -> None:
    """Somebody who was not searched (C49)."""
    for person in _list_kind(bundle, "Practitioner"):
        for identifier in person["identifier"]:
            identifier["value"] = ELSEWHERE


def drop_links(bundle: Json) -> None:
    """Slots to book without a link (E23)."""
    for slot in _list_kind(bundle, "Slot"):
        slot.pop("comment", None)


def drop_appointments(bundle: Json) -> None:
    """Slots that do not say whether they are booked (E23)."""
    for slot in _list_kind(bundle, "Slot"):
        slot.pop("appointmentType", None)


def repeat_slot(bundle: Json) -> None:
    """The same slot under two ids (E27)."""
    slot = _first_slot(bundle)
    bundle["entry"].append({"resource": {**slot, "id": f"{slot['id']}-again"}})


def add_broken_entry(bundle: Json) -> None:
    """An entry that is no resource (E41)."""
    bundle["entry"].append(None)


def break_structures(bundle: Json) -> None:
    """Structures whose number nobody can read (E30)."""
    for role in _list_kind(bundle, "PractitionerRole"):
        if "organization" in role:
            role["organization"]["identifier"]["value"] = "cabinet"


def drop_organizations(bundle: Json) -> None:
    """CPTS slots without the CPTS (E31)."""
    _drop_kind(bundle, "Organization")


def raise_total(bundle: Json) -> None:
    """A total above what comes (E09)."""
    bundle["total"] += 500


def answer_404(status: int, body: bytes) -> Answer:
    """404 where nobody is known (C20)."""
    empty = status == OK and not orjson.loads(body).get("entry")
    return (NOT_FOUND, body) if empty else (status, body)


def answer_html(status: int, body: bytes) -> Answer:
    """Errors as pages of HTML (C21)."""
    return (status, body) if status == OK else (status, b"<html>erreur</html>")


CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "busy": edit_bundle(set_busy),
        "past": edit_bundle(set_past),
        "no_schedule": edit_bundle(drop_schedules),
        "no_offset": edit_bundle(drop_offset),
        "no_type": edit_bundle(drop_type),
        "unknown_type": edit_bundle(add_unknown_type),
        "no_place": edit_bundle(drop_places),
        "another_person": edit_bundle(change_person),
        "no_link": edit_bundle(drop_links),
        "no_appointment": edit_bundle(drop_appointments),
        "repeated_slot": edit_bundle(repeat_slot),
        "broken_entry": edit_bundle(add_broken_entry),
        "bad_structure": edit_bundle(break_structures),
        "orphan_cpts": edit_bundle(drop_organizations),
        "high_total": edit_bundle(raise_total),
        "unknown_404": answer_404,
        "html_error": answer_html,
    }
)
"""By the name under which they are put on."""
