"""From a Schedule to who gives the slot and where, for the two shapes of answers.

R01, R04: Schedule.actor -> Practitioner and PractitionerRole -> Location. SOS1: Schedule.actor ->
Location.managingOrganization -> Organization (fhir-exchange 3).
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from mappings.records import SlotPractitioner
from slots.fhir.bundle import Node, ResourceIndex
from slots.fhir.elements import Json, child, objects, phone, text, texts
from slots.fhir.identity import parse_slot_structure, person_ids, sirets
from slots.fhir.place import build_slot_place, location_of_role

PRACTITIONER = frozenset({"Practitioner"})
ROLE = frozenset({"PractitionerRole"})
LOCATION = frozenset({"Location"})
ORGANIZATION = frozenset({"Organization"})

Facts = dict[str, Any]
"""The keys of a canonical slot that its Schedule decides; a refusal is a reason code instead."""


@dataclass(frozen=True, slots=True)
class SchedulePractitioner:
    """A professional of a Schedule: national ids with prefix, and the resource if there is one."""

    ids: list[str]
    resource: Json

    def is_same(self, other: "SchedulePractitioner") -> bool:
        """The same resource, or an id in common."""
        known = bool(self.resource) and self.resource is other.resource
        return known or bool(set(self.ids) & set(other.ids))


@dataclass(frozen=True, slots=True)
class ScheduleRole:
    """A PractitionerRole of a Schedule and its professional, None when it names none."""

    node: Node
    person: SchedulePractitioner | None


class ProfessionalJoin:
    """Schedules of R01 and R04 joined to a requested professional, and to a place."""

    def __init__(
        self, index: ResourceIndex, requested_ids: Collection[str] | None, reports: Counter[str]
    ) -> None:
        """``requested_ids`` holds prefixed ids; None accepts all."""
        self._index = index
        self._requested_ids = requested_ids
        self._reports = reports

    def facts(self, schedule: Node) -> Facts | str:
        """Practitioner, phone, structure and place; or why the slot is refused."""
        roles = [self._role(node) for node in _actors(schedule, ROLE, self._index)]
        people = [*self._people(schedule), *(role.person for role in roles if role.person)]
        if not people:
            return "no_practitioner"
        if not any(person.ids for person in people):
            return "no_practitioner_id"
        wanted = [person for person in people if self._id(person)]
        if not wanted:
            return "not_asked"
        person = next((p for p in wanted if _select_roles(p, roles)), wanted[0])
        own = _select_roles(person, roles)
        if not own and all(other.is_same(person) for other in people):
            own = [role for role in roles if role.person is None]
        return {"practitioner": self._practitioner(person), **self._exercise(own)}

    def _people(self, schedule: Node) -> Iterator[SchedulePractitioner]:
        for actor in objects(schedule.resource.get("actor")):
            person = self._person(actor, schedule)
            if person is not None:
                yield person

    def _person(self, reference: Json, node: Node) -> SchedulePractitioner | None:
        """Who a reference means, by the resource or by the identifier alone (E39)."""
        found = self._index.resolve(reference, node, PRACTITIONER)
        if found is not None:
            ids = person_ids(found.resource.get("identifier"), self._requested_ids)
            return SchedulePractitioner(ids, found.resource)
        ids = person_ids(reference.get("identifier"), self._requested_ids)
        return SchedulePractitioner(ids, {}) if ids else None

    def _role(self, node: Node) -> ScheduleRole:
        return ScheduleRole(node, self._person(child(node.resource, "practitioner"), node))

    def _id(self, person: SchedulePractitioner) -> str | None:
        """The requested id, else the best one when all are accepted (E29)."""
        if self._requested_ids is None:
            return next(iter(person.ids), None)
        return next((one for one in person.ids if one in self._requested_ids), None)

    def _practitioner(self, person: SchedulePractitioner) -> SlotPractitioner:
        name = _name(person.resource)
        found = {
            "idnps": self._id(person),
            "family": text(name.get("family")),
            "given": " ".join(texts(name.get("given"))),
        }
        return {key: value for key, value in found.items() if value}  # type: ignore[return-value]

    def _exercise(self, roles: list[ScheduleRole]) -> Facts:
        """The place of the roles; roles of several places give none (E02, E03)."""
        places = [self._role_facts(role.node) for role in roles]
        if any(place != places[0] for place in places):
            self._reports["ambiguous_place"] += 1
            return {}
        return places[0] if places else {}

    def _role_facts(self, role: Node) -> Facts:
        location = location_of_role(role, self._index)
        inside = {} if location is None else location.resource
        return {
            "phone": phone(role.resource.get("telecom")) or phone(inside.get("telecom")),
            "structure": self._structure(role),
            "place": build_slot_place(inside),
        }

    def _structure(self, role: Node) -> Facts | None:
        reference = child(role.resource, "organization")
        organization = self._index.resolve(reference, role, ORGANIZATION)
        inside = {} if organization is None else organization.resource
        found = parse_slot_structure(reference.get("identifier")) or parse_slot_structure(
            inside.get("identifier")
        )
        if found is None and reference.get("identifier"):
            self._reports["unknown_structure_id"] += 1
        return None if found is None else dict(found)


def _select_roles(person: SchedulePractitioner, roles: list[ScheduleRole]) -> list[ScheduleRole]:
    return [role for role in roles if role.person is not None and role.person.is_same(person)]


def _name(practitioner: Json) -> Json:
    """The first HumanName in use that has a family name."""
    names = [n for n in objects(practitioner.get("name")) if text(n.get("family"))]
    in_use = [n for n in names if text(n.get("use")).lower() not in ("old", "maiden")]
    return next(iter(in_use or names), {})


def _actors(schedule: Node, kinds: frozenset[str], index: ResourceIndex) -> Iterator[Node]:
    for actor in objects(schedule.resource.get("actor")):
        found = index.resolve(actor, schedule, kinds)
        if found is not None:
            yield found


class AssociationJoin:
    """Schedules of SOS1 joined to a requested association, and to its place."""

    def __init__(
        self, index: ResourceIndex, requested_ids: Collection[str] | None, reports: Counter[str]
    ) -> None:
        """``requested_ids`` holds prefixed SIRET; None accepts all."""
        self._index = index
        self._requested_ids = requested_ids
        self._reports = reports

    def facts(self, schedule: Node) -> Facts | str:
        """Association, phone and place; or why the slot is refused (E37, E38)."""
        locations = list(_actors(schedule, LOCATION, self._index))
        if not locations:
            return "no_location"
        found = [self._location_facts(location) for location in locations]
        known = [facts for facts in found if facts is not None]
        if not known:
            return "no_association"
        wanted = [facts for facts in known if facts["sos"]["siret"]]
        if not wanted:
            return "not_asked"
        if any(facts != wanted[0] for facts in wanted):
            self._reports["ambiguous_place"] += 1
            return "ambiguous_place"
        return wanted[0]

    def _location_facts(self, location: Node) -> Facts | None:
        """The facts of a place; its SIRET is ``""`` when it was not requested."""
        reference = child(location.resource, "managingOrganization")
        organization = self._index.resolve(reference, location, ORGANIZATION)
        inside = {} if organization is None else organization.resource
        known = self._sirets(inside) or self._sirets(reference)
        if not known:
            return None
        name = text(inside.get("name")) or text(reference.get("display"))
        return {
            "sos": {"siret": self._id(known), **({"name": name} if name else {})},
            "phone": phone(location.resource.get("telecom")) or phone(inside.get("telecom")),
            "place": build_slot_place(location.resource),
        }

    def _sirets(self, element: Json) -> list[str]:
        return sirets(element.get("identifier"), self._requested_ids)

    def _id(self, known: list[str]) -> str:
        if self._requested_ids is None:
            return known[0]
        return next((siret for siret in known if siret in self._requested_ids), "")
