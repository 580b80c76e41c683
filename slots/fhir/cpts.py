"""The CPTS a slot is offered through: serviceType -> HealthcareService -> Organization (C40)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mappings.records import SlotCpts, SlotType
from slots.fhir.bundle import Node, ResourceIndex
from slots.fhir.elements import Json, child, codings, objects, phone, text
from slots.fhir.identity import cpts_finess
from slots.fhir.lifecycle import is_inactive

EXTENSION = "extension-Slot.serviceType"
"""End of the URL of the extension that refers to the HealthcareService."""

R66 = ("TRE_R66", "TRE-R66")
"""Three forms of the system's URL are published (section 4, contradiction 2; E33, C44)."""
CPTS_CATEGORY = "604"

HEALTHCARE_SERVICE = "HealthcareService"
ORGANIZATION = "Organization"

WITHOUT_ORGANIZATION = "cpts_without_organization"
INACTIVE = "inactive_cpts"


@dataclass(frozen=True, slots=True)
class SlotCptsTypes:
    """The types that a slot keeps, and its CPTS; ``refusal`` when it is for a CPTS alone and no
    CPTS is left."""

    types: list[str]
    cpts: list[SlotCpts]
    refusal: str | None = None


class CptsJoin:
    """Slots typed CPTS joined to their CPTS, each service read once."""

    def __init__(self, index: ResourceIndex, reports: Counter[str]) -> None:
        self._index = index
        self._reports = reports
        self._providers: dict[Node, SlotCpts | str] = {}

    def resolve_types(self, slot: Node, types: list[str]) -> SlotCptsTypes:
        """The types that are kept, and the CPTS of a slot typed CPTS (E31, E32, C43).

        Without an Organization in use and known by its FINESS the type CPTS goes, the other
        types stay. A CPTS that the slot refers to without the type is not kept.
        """
        found, lost = self._find_slot_cpts(slot)
        if SlotType.CPTS not in types:
            self._reports["cpts_without_type"] += bool(found)
            return SlotCptsTypes(types, [])
        if found:
            return SlotCptsTypes(types, found)
        self._reports[lost] += 1
        kept = [kind for kind in types if kind != SlotType.CPTS]
        return SlotCptsTypes(kept, [], None if kept else lost)

    def _find_slot_cpts(self, slot: Node) -> tuple[list[SlotCpts], str]:
        """Each CPTS once, though two services may lead to it (E34, E35, C41); and why those that
        are not kept are not."""
        found: dict[str, SlotCpts] = {}
        lost = WITHOUT_ORGANIZATION
        for reference in _service_references(slot.resource):
            service = self._index.resolve(reference, slot, HEALTHCARE_SERVICE)
            cpts = WITHOUT_ORGANIZATION if service is None else self._provider(service)
            if isinstance(cpts, str):
                lost = INACTIVE if INACTIVE in (lost, cpts) else WITHOUT_ORGANIZATION
            else:
                found.setdefault(cpts["finess"], cpts)
        return list(found.values()), lost

    def _provider(self, service: Node) -> SlotCpts | str:
        if service not in self._providers:
            self._providers[service] = _read_provider(service, self._index)
        return self._providers[service]


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


def _read_provider(service: Node, index: ResourceIndex) -> SlotCpts | str:
    """The Organization of a service, by its identifier alone when it is not in the answer; or
    why there is none."""
    reference = child(service.resource, "providedBy")
    organization = index.resolve(reference, service, ORGANIZATION)
    inside = {} if organization is None else organization.resource
    if is_inactive(service.resource) or is_inactive(inside):
        return INACTIVE
    if organization is None:
        finess = cpts_finess(reference.get("identifier"))
        found = finess and _cpts(finess, text(reference.get("display")), "")
    else:
        finess = cpts_finess(inside.get("identifier"))
        found = finess and _cpts(finess, text(inside.get("name")), phone(inside.get("telecom")))
    return found or WITHOUT_ORGANIZATION


def _cpts(finess: str, name: str, number: str) -> SlotCpts:
    cpts: SlotCpts = {"finess": finess}
    if name:
        cpts["name"] = name
    if number:
        cpts["phone"] = number
    return cpts
