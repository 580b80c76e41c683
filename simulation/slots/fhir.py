"""Editors' answers as FHIR R4 bundles: R01, R04 and SOS1 of the IG SAS 1.2.0."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from simulation.people.numbers import international
from simulation.people.people import GeneratedPerson
from simulation.places.communities import Association, Community, point_hours, point_id
from simulation.places.places import GeneratedPlace
from simulation.slots.editors import PROFILES_NEW, PROFILES_OLD, Flow, InventedEditor
from simulation.slots.slots import OpenSlot

Json = dict[str, Any]

SLOT_TYPE = "https://mos.esante.gouv.fr/NOS/TRE_R314-TypeCreneau/FHIR/TRE-R314-TypeCreneau"
CONSULTATION = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
APPOINTMENT = "http://terminology.hl7.org/CodeSystem/v2-0276"
SPECIALTY = (
    "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"
)
CATEGORY = (
    "https://mos.esante.gouv.fr/NOS/TRE_R66-CategorieEtablissement/FHIR/"
    "TRE-R66-CategorieEtablissement"
)
SERVICE_EXTENSION = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Slot.serviceType"
PERSON_OID, STRUCTURE_OID = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"
ID_TYPES = "http://interopsante.org/fhir/CodeSystem/fr-v2-0203"
LOCATION_ID_TYPES = "http://interopsante.org/fhir/CodeSystem/fr-location-identifier-type"
CORE_ID_TYPES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"


@dataclass(slots=True)
class Agenda:
    """One professional at one place, with its open slots."""

    person: GeneratedPerson
    place: GeneratedPlace
    zone: str
    slots: list[OpenSlot]
    phone: str = ""
    community: Community | None = None


@dataclass(slots=True)
class EditorResponse:
    """One answer of an editor: request (as exchanged), its slot entries and the others."""

    editor: InventedEditor
    flow: Flow
    requested_ids: list[str] = field(default_factory=list)
    slots: list[Json] = field(default_factory=list)
    included: dict[str, Json] = field(default_factory=dict)

    def pages(self) -> list[Json]:
        """The bundles of the answer: one, or several linked by ``next``."""
        size = self.editor.page or max(1, len(self.slots))
        parts = [self.slots[i : i + size] for i in range(0, len(self.slots), size)] or [[]]
        return [self._page(rank, part, len(parts)) for rank, part in enumerate(parts)]

    def _page(self, rank: int, slots: list[Json], count: int) -> Json:
        """Each page carries the resources its own slots refer to."""
        links = [{"relation": "self", "url": self._url(rank)}]
        if rank + 1 < count:
            links.append({"relation": "next", "url": self._url(rank + 1)})
        bundle = {
            "resourceType": "Bundle",
            "meta": {"profile": [_bundle_profile(self.flow)]},
            "type": "searchset",
            "total": len(self.slots),
            "link": links,
        }
        entries = slots + list(_collect_referenced(slots, self.included))
        return bundle | {"entry": entries} if entries else bundle

    def _url(self, rank: int) -> str:
        searched = "Schedule" if self.flow == "SOS1" else "Slot"
        page = f"&page={rank + 1}" if rank else ""
        return f"{self.editor.base}/{searched}?status=free&_count=1000{page}"

    def add_agenda(self, agenda: Agenda, rank: int) -> None:
        """The slots of a professional at one place; ``rank`` distinguishes its places."""
        key = f"{agenda.person.rpps}-{rank}"
        schedule = f"Schedule/{key}"
        role, person = f"PractitionerRole/{key}", f"Practitioner/{agenda.person.rpps}"
        for slot in agenda.slots:
            community = agenda.community if "CPTS" in slot.types else None
            resource = self._slot(slot, schedule, key, agenda.zone, community)
            self.slots.append(self._entry(resource, "match"))
        if not agenda.slots:
            return
        self._include(_schedule(key, [person, role], PROFILES_OLD + "/FrScheduleAgregateur"))
        self._include(_practitioner(agenda.person))
        self._include(self._role(agenda, key, person))
        if agenda.community is not None and any("CPTS" in s.types for s in agenda.slots):
            self._include_community(agenda.community)

    def add_point(
        self, association: Association, rank: int, slots: list[OpenSlot], zone: str
    ) -> None:
        """The slots of one fixed point of an SOS Médecins association."""
        key = f"{association.siret}-{rank + 1}"
        schedule = f"Schedule/{key}"
        for slot in slots:
            resource = self._slot(slot, schedule, key, zone, None)
            self.slots.append(self._entry(resource, "include"))
        if slots:
            profile = PROFILES_NEW + "/sas-sos-schedule-aggregator"
            self._include(_schedule(key, [f"Location/{key}"], profile), "match")
            self._include(self._sos_location(association, rank, key))
            self._include(_association(association))

    def _slot(
        self, slot: OpenSlot, schedule: str, key: str, zone: str, community: Community | None
    ) -> Json:
        editor = self.editor
        resource: Json = {
            "resourceType": "Slot",
            "id": f"{slot.id}-{key}",
            "meta": {
                "profile": [_slot_profile(self.flow)],
                "security": [{"system": SLOT_TYPE, "code": code} for code in slot.types],
            },
            "serviceType": _service_types(slot, community),
            "appointmentType": _codeable_concept(
                APPOINTMENT, "WALKIN" if slot.walk_in else "ROUTINE"
            ),
            "schedule": {"reference": schedule},
            "status": "free",
            "start": editor.instant(slot.opening.start, zone),
            "end": editor.instant(slot.opening.end, zone),
        }
        if slot.specialty:
            resource["specialty"] = [_codeable_concept(SPECIALTY, slot.specialty)]
        if not slot.walk_in:
            resource["comment"] = f"https://rdv.{editor.id}.example/agenda/{key}"
        return resource

    def _role(self, agenda: Agenda, key: str, person: str) -> Json:
        resource: Json = {
            "resourceType": "PractitionerRole",
            "id": key,
            "meta": {"profile": [PROFILES_OLD + "/FrPractitionerRoleExerciceAgregateur"]},
            "contained": [_location(self.editor, agenda.place, key)],
            "practitioner": {"reference": person},
            "location": [{"reference": f"#{self.editor.contained}"}],
        }
        if self.editor.idnst:
            resource["organization"] = {"identifier": self._idnst(agenda.place.idnst)}
        if agenda.phone:
            number = international(agenda.phone)
            resource["telecom"] = [{"system": "phone", "value": number}]
        return resource

    def _idnst(self, value: str) -> Json:
        if self.editor.bare_idnst:
            return {"value": value}
        return {
            "type": _codeable_concept(ID_TYPES, "IDNST"),
            "system": STRUCTURE_OID,
            "value": value,
        }

    def _sos_location(self, association: Association, rank: int, key: str) -> Json:
        place = association.points[rank]
        spans = point_hours(rank)
        return {
            "resourceType": "Location",
            "id": key,
            "meta": {"profile": [PROFILES_NEW + "/sas-sos-location-aggregator"]},
            "identifier": [_internal(self.editor.system, point_id(rank))],
            "name": place.name,
            "telecom": [{"system": "phone", "value": international(place.phone)}],
            "address": _address(place),
            "managingOrganization": {"reference": f"Organization/{association.siret}"},
            "hoursOfOperation": [
                {
                    "daysOfWeek": sorted(spans),
                    "openingTime": f"{spans['mon'][0][0]}:00",
                    "closingTime": "23:59:00",
                }
            ],
        }

    def _include_community(self, community: Community) -> None:
        service = {
            "resourceType": "HealthcareService",
            "id": community.finess,
            "meta": {"profile": [PROFILES_NEW + "/sas-cpts-healthcareservice-aggregator"]},
            "providedBy": {"reference": f"Organization/{community.finess}"},
        }
        self._include(service)
        self._include(_organization(community))

    def _include(self, resource: Json, mode: str = "include") -> None:
        reference = f"{resource['resourceType']}/{resource['id']}"
        self.included[reference] = self._entry(resource, mode)

    def _entry(self, resource: Json, mode: str) -> Json:
        url = f"{self.editor.base}/{resource['resourceType']}/{resource['id']}"
        return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _collect_referenced(slots: list[Json], included: dict[str, Json]) -> Iterator[Json]:
    """The included entries that slots refer to, directly or through others, each once."""
    seen: set[str] = set()
    waiting = [entry["resource"] for entry in slots]
    while waiting:
        for reference in _references(waiting.pop()):
            if reference in included and reference not in seen:
                seen.add(reference)
                yield included[reference]
                waiting.append(included[reference]["resource"])


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _bundle_profile(flow: Flow) -> str:
    return {
        "R01": PROFILES_OLD + "/BundleAgregateur",
        "R04": PROFILES_NEW + "/sas-cpts-bundle-aggregator",
        "SOS1": PROFILES_NEW + "/sas-sos-bundle-aggregator",
    }[flow]


def _slot_profile(flow: Flow) -> str:
    return {
        "R01": PROFILES_OLD + "/FrSlotAgregateur",
        "R04": PROFILES_NEW + "/sas-cpts-slot-aggregator",
        "SOS1": PROFILES_NEW + "/sas-sos-slot-aggregator",
    }[flow]


def _codeable_concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _service_types(slot: OpenSlot, community: Community | None) -> list[Json]:
    found = [_codeable_concept(CONSULTATION, code) for code in slot.consultation]
    if community is not None:
        reference = {"reference": f"HealthcareService/{community.finess}"}
        extension = [{"url": SERVICE_EXTENSION, "valueReference": reference}]
        found.append({"extension": extension, **_codeable_concept(CATEGORY, "604")})
    return [*found, {"text": slot.reason}] if slot.reason else found


def _schedule(key: str, actors: list[str], profile: str) -> Json:
    return {
        "resourceType": "Schedule",
        "id": key,
        "meta": {"profile": [profile]},
        "actor": [{"reference": actor} for actor in actors],
    }


def _practitioner(person: GeneratedPerson) -> Json:
    identifier = {
        "type": _codeable_concept(ID_TYPES, "IDNPS"),
        "system": PERSON_OID,
        "value": "8" + person.rpps,
    }
    return {
        "resourceType": "Practitioner",
        "id": person.rpps,
        "meta": {"profile": [PROFILES_OLD + "/FrPractitionerAgregateur"]},
        "identifier": [identifier],
        "name": [{"family": person.name.family, "given": person.name.given.split(" ")}],
    }


def _location(editor: InventedEditor, place: GeneratedPlace, key: str) -> Json:
    return {
        "resourceType": "Location",
        "id": editor.contained,
        "meta": {"profile": [PROFILES_OLD + "/FrLocationAgregateur"]},
        "identifier": [_internal(editor.system, f"lieu-{key}")],
        "address": _address(place),
    }


def _internal(system: str, value: str) -> Json:
    return {"type": _codeable_concept(LOCATION_ID_TYPES, "INTRN"), "system": system, "value": value}


def _address(place: GeneratedPlace) -> Json:
    return {"line": [place.line], "city": place.city.upper(), "postalCode": place.postal_code}


def _association(association: Association) -> Json:
    identifier = {
        "type": _codeable_concept(LOCATION_ID_TYPES, "IDNST"),
        "system": STRUCTURE_OID,
        "value": "3" + association.siret,
    }
    return {
        "resourceType": "Organization",
        "id": association.siret,
        "meta": {"profile": [PROFILES_NEW + "/sas-sos-organization-aggregator"]},
        "identifier": [identifier],
        "name": association.name,
    }


def _organization(community: Community) -> Json:
    identifier = {
        "type": _codeable_concept(CORE_ID_TYPES, "IDNST"),
        "system": STRUCTURE_OID,
        "value": "1" + community.finess,
    }
    return {
        "resourceType": "Organization",
        "id": community.finess,
        "meta": {"profile": [PROFILES_NEW + "/sas-cpts-organization-aggregator"]},
        "identifier": [identifier],
        "name": community.name,
        "telecom": [{"system": "phone", "value": number} for number in community.phones],
    }
