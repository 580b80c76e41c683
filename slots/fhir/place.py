"""Where a slot takes place: the Location of its PractitionerRole, or of its SOS Schedule."""

import re
from typing import Any

from mappings.hours import WEEKDAYS
from mappings.records import SlotPlace
from slots.fhir.bundle import Node, ResourceIndex, are_alike
from slots.fhir.elements import Json, child, objects, text, texts
from slots.fhir.identity import place_identifiers

LOCATION = "Location"


def location_of_role(role: Node, index: ResourceIndex) -> Node | None:
    """The Location of a role: contained in that role, else bundled (C26, E36).

    Without a reference that resolves, the only Location it contains; of several, none.
    """
    references = objects(role.resource.get("location"))
    found = [node for node in (_resolve_location(one, role, index) for one in references) if node]
    if found:
        different = {id(node.resource): node.resource for node in found}
        return found[0] if are_alike(list(different.values())) else None
    inside = index.list_contained(role, LOCATION)
    return inside[0] if len(inside) == 1 else None


def _resolve_location(reference: Json, role: Node, index: ResourceIndex) -> Node | None:
    found = index.resolve(reference, role, LOCATION)
    if found is not None:
        return found
    local = text(reference.get("reference")).rpartition("/")[2]
    return next(iter(index.find_contained(role, local, LOCATION)), None) if local else None


def build_slot_place(location: Json) -> SlotPlace:
    """The place as the editor writes it; a part that is unknown is absent."""
    address = child(location, "address")
    found: dict[str, Any] = {
        "line": ", ".join(texts(address.get("line"))),
        "postal_code": postal_code(text(address.get("postalCode"))),
        "city": text(address.get("city")),
        "identifiers": place_identifiers(location.get("identifier")),
        "name": text(location.get("name")),
        "hours": opening_hours(location.get("hoursOfOperation")),
    }
    return {name: value for name, value in found.items() if value}  # type: ignore[return-value]


def postal_code(written: str) -> str:
    """Five figures: spaces, a country prefix and CEDEX go, a lost leading zero comes back (E36)."""
    found = re.fullmatch(
        r"(?:FR?-)?([0-9]{4,5})(?:CEDEX[0-9]*)?", re.sub(r"\s", "", written.upper())
    )
    return found[1].zfill(5) if found else ""


def opening_hours(element: object) -> list[dict[str, Any]]:
    """hoursOfOperation with days in lower case, which the guide's page writes in capitals."""
    return [hours for hours in map(_hours, objects(element)) if hours]


def _hours(element: Json) -> dict[str, Any]:
    found: dict[str, Any] = {
        "daysOfWeek": _days(element.get("daysOfWeek")),
        "allDay": element.get("allDay") is True,
        "openingTime": text(element.get("openingTime")),
        "closingTime": text(element.get("closingTime")),
    }
    return {name: value for name, value in found.items() if value}


def _days(written: object) -> list[str]:
    """The days that are known, each once, in the order they are written."""
    days = (day.lower() for day in texts(written))
    return list(dict.fromkeys(day for day in days if day in WEEKDAYS))
