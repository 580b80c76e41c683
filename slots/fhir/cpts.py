"""The CPTS a slot is offered through: serviceType -> HealthcareService -> Organization (C40)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from mappings.records import SlotCpts, SlotType
from slots.fhir.bundle import Node, ResourceIndex
from slots.fhir.elements import Json, child, codings, objects, phone, text
from slots.fhir.identity import cpts_finess

EXTENSION = "extension-Slot.serviceType"
"""End of the URL of the extension that refers to the HealthcareService."""

R66 = ("TRE_R66", "TRE-R66")
"""Three forms of the system's URL are published (section 4, contradiction 2; E33, C44)."""
CPTS_CATEGORY = "604"

HEALTHCARE_SERVICE = frozenset({"HealthcareService"})
ORGANIZATION = frozenset({"Organization"})


def resolve_cpts_types(
    slot: Node, types: list[str], index: ResourceIndex, reports: Counter[str]
) -> tuple[list[str], list[SlotCpts]]:
    """The types that are kept, and the CPTS of a slot typed CPTS (E31, E32, C43).

    Without an Organization known by its FINESS the type CPTS goes, the other types stay. A
    CPTS that the slot refers to without the type is not kept.
    """
    found = _find_slot_cpts(slot, index)
    if SlotType.CPTS not in types:
        reports["cpts_without_type"] += bool(found)
        return types, []
    if not found:
        reports["cpts_without_organization"] += 1
        return [kind for kind in types if kind != SlotType.CPTS], []
    return types, found


def _find_slot_cpts(slot: Node, index: ResourceIndex) -> list[SlotCpts]:
    """Each CPTS once, though two services may lead to it (E34, E35, C41)."""
    found: dict[str, SlotCpts] = {}
    for reference in _service_references(slot.resource):
        service = index.resolve(reference, slot, HEALTHCARE_SERVICE)
        cpts = None if service is None else _provider(service, index)
        if cpts is not None:
            found.setdefault(cpts["finess"], cpts)
    return list(found.values())


def _service_references(slot: Json) -> Iterator[Json]:
    """References of the items that have the extension, or are coded 604 with any extension."""
    for item in objects(slot.get("serviceType")):
        for extension in objects(item.get("extension")):
            if text(extension.get("url")).endswith(EXTENSION) or _is_cpts(item):
                yield child(extension, "valueReference")


def _is_cpts(item: Json) -> bool:
    return any(
        label.code == CPTS_CATEGORY and any(part in label.system.upper() for part in R66)
        for label in codings(item)
    )


def _provider(service: Node, index: ResourceIndex) -> SlotCpts | None:
    """The Organization of a service; by its identifier alone when it is not in the answer."""
    reference = child(service.resource, "providedBy")
    organization = index.resolve(reference, service, ORGANIZATION)
    if organization is None:
        finess = cpts_finess(reference.get("identifier"))
        return None if finess is None else _cpts(finess, text(reference.get("display")), "")
    finess = cpts_finess(organization.resource.get("identifier"))
    name = text(organization.resource.get("name"))
    number = phone(organization.resource.get("telecom"))
    return None if finess is None else _cpts(finess, name, number)


def _cpts(finess: str, name: str, number: str) -> SlotCpts:
    cpts: SlotCpts = {"finess": finess}
    if name:
        cpts["name"] = name
    if number:
        cpts["phone"] = number
    return cpts


def merge_slot_cpts(lists: Iterable[list[SlotCpts]]) -> list[SlotCpts]:
    """The CPTS of several lists, each FINESS once, in order."""
    found: dict[str, SlotCpts] = {}
    for cpts in lists:
        for one in cpts:
            found.setdefault(one["finess"], one)
    return list(found.values())
