"""From a Schedule to who gives the slot and where, for the two shapes of answers.

R01, R04: Schedule.actor -> Practitioner and PractitionerRole -> Location. SOS1: Schedule.actor ->
Location.managingOrganization -> Organization (fhir-exchange 3). What is out of use gives no slot.

A resource that many Schedules refer to is read once, so that the work is in proportion to the
answer.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from mappings.bounds import FEW
from mappings.records import SlotPractitioner
from slots.fhir.bundle import Node, ResourceIndex
from slots.fhir.elements import Json, child, objects, phone, text, texts
from slots.fhir.identity import parse_slot_structure, person_ids, sirets
from slots.fhir.lifecycle import (
    horizon_validity,
    is_inactive,
    location_refusal,
    role_validity,
)
from slots.fhir.place import build_slot_place, location_of_role

PRACTITIONER = "Practitioner"
ROLE = "PractitionerRole"
LOCATION = "Location"
ORGANIZATION = "Organization"
SERVICE = "HealthcareService"

Facts = dict[str, Any]
"""The keys of a canonical slot that its Schedule decides; a refusal is a reason code instead.

``validity`` beside them is the list of periods that have to hold the start of a slot.
"""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class SchedulePractitioner:
    """A professional of a Schedule: the national id to keep, and the resource if there is one.

    ``id`` is the requested one, else the best one when all are accepted (E29), else None.
    ``keys`` are its ids and its resource: two with a key in common are one person.
    """

    id: str | None
    keys: frozenset[str | int]
    resource: Json

    @property
    def has_id(self) -> bool:
        """True with a national id."""
        return len(self.keys) > bool(self.resource)


@dataclass(frozen=True, slots=True)
class ScheduleRole:
    """A PractitionerRole of a Schedule, its professional (None when it names none), its facts.

    ``refusal`` is why it gives no slot: the role, its place, its structure is out of use.
    """

    resource: Json
    person: SchedulePractitioner | None
    facts: Facts
    refusal: str | None


class ProfessionalJoin:
    """Schedules of R01 and R04 joined to a requested professional, and to a place."""

    def __init__(
        self, index: ResourceIndex, requested_ids: Collection[str] | None, reports: Counter[str]
    ) -> None:
        """``requested_ids`` holds prefixed ids; None accepts all."""
        self._index = index
        self._requested_ids = requested_ids
        self._reports = reports
        self._roles: dict[Node, ScheduleRole] = {}
        self._persons: dict[Node, SchedulePractitioner] = {}
        self._places: dict[Node, Facts] = {}

    def facts(self, schedule: Node) -> Facts | str:
        """Practitioner, phone, structure and place; or why the slot is refused."""
        roles = [
            _keep(self._roles, node, self._read_role)
            for node in _actors(schedule, ROLE, self._index)
        ]
        people = [*self._people(schedule), *(role.person for role in roles if role.person)]
        if not people:
            return "no_practitioner"
        if not any(person.has_id for person in people):
            return "no_practitioner_id"
        wanted = [person for person in people if person.id]
        if not wanted:
            return "not_asked"
        person = _choose_person(wanted, roles)
        if is_inactive(person.resource):
            return "inactive_practitioner"
        refusal = schedule_refusal(schedule, self._index)
        return refusal or self._person_facts(person, people, roles, schedule)

    def _person_facts(
        self,
        person: SchedulePractitioner,
        people: list[SchedulePractitioner],
        roles: list[ScheduleRole],
        schedule: Node,
    ) -> Facts | str:
        own = _own_roles(person, people, roles)
        usable = [role for role in own if role.refusal is None]
        if own and not usable:
            return str(own[0].refusal)
        periods = role_validity([role.resource for role in usable])
        if not FEW.holds(periods.periods):
            return "too_many_values"
        return {
            "practitioner": _practitioner(person),
            **self._exercise(usable),
            "validity": [horizon_validity(schedule.resource), periods],
        }

    def _people(self, schedule: Node) -> Iterator[SchedulePractitioner]:
        for actor in objects(schedule.resource.get("actor")):
            person = self._person(actor, schedule)
            if person is not None:
                yield person

    def _person(self, reference: Json, node: Node) -> SchedulePractitioner | None:
        """Who a reference means, by the resource or by the identifier alone (E39)."""
        found = self._index.resolve(reference, node, PRACTITIONER)
        if found is not None:
            return _keep(self._persons, found, self._read_person)
        ids = person_ids(reference.get("identifier"), self._requested_ids)
        return self._build_person(ids, {}) if ids else None

    def _read_person(self, node: Node) -> SchedulePractitioner:
        ids = person_ids(node.resource.get("identifier"), self._requested_ids)
        return self._build_person(ids, node.resource)

    def _build_person(self, ids: list[str], resource: Json) -> SchedulePractitioner:
        wanted = self._requested_ids
        chosen = next((one for one in ids if wanted is None or one in wanted), None)
        kept = [*ids[: FEW.most], *([chosen] if chosen else [])]
        keys: frozenset[str | int] = frozenset([*kept, *([id(resource)] if resource else [])])
        return SchedulePractitioner(chosen, keys, resource)

    def _read_role(self, node: Node) -> ScheduleRole:
        """The role with its place and structure, or why nothing of it may show."""
        location = location_of_role(node, self._index)
        organization = self._index.resolve(child(node.resource, "organization"), node, ORGANIZATION)
        return ScheduleRole(
            node.resource,
            self._person(child(node.resource, "practitioner"), node),
            self._role_facts(node, location, organization),
            self._role_refusal(node, location, organization),
        )

    def _role_refusal(
        self, node: Node, location: Node | None, organization: Node | None
    ) -> str | None:
        if is_inactive(node.resource):
            return "inactive_role"
        if organization is not None and is_inactive(organization.resource):
            return "inactive_organization"
        services = objects(node.resource.get("healthcareService"))
        if _are_all_inactive(self._index.resolve(one, node, SERVICE) for one in services):
            return "inactive_service"
        return None if location is None else location_refusal(location.resource)

    def _role_facts(self, node: Node, location: Node | None, organization: Node | None) -> Facts:
        place = {} if location is None else _keep(self._places, location, _read_place)
        return {
            "phone": phone(node.resource.get("telecom")) or place.get("phone", ""),
            "structure": self._structure(node, organization),
            "place": place.get("place", {}),
        }

    def _structure(self, role: Node, organization: Node | None) -> Facts | None:
        reference = child(role.resource, "organization")
        inside = {} if organization is None else organization.resource
        found = parse_slot_structure(reference.get("identifier")) or parse_slot_structure(
            inside.get("identifier")
        )
        if found is None and reference.get("identifier"):
            self._reports["unknown_structure_id"] += 1
        return None if found is None else dict(found)

    def _exercise(self, roles: list[ScheduleRole]) -> Facts:
        """The place of the roles; roles of several places give none (E02, E03)."""
        places = [role.facts for role in roles]
        if any(place != places[0] for place in places):
            self._reports["ambiguous_place"] += 1
            return {}
        return places[0] if places else {}


def schedule_refusal(schedule: Node, index: ResourceIndex) -> str | None:
    """Why no slot of a Schedule may show: it, or a place or service among its actors."""
    if is_inactive(schedule.resource):
        return "inactive_schedule"
    if _are_all_inactive(_actors(schedule, SERVICE, index)):
        return "inactive_service"
    places = [location_refusal(node.resource) for node in _actors(schedule, LOCATION, index)]
    return places[0] if places and all(places) else None


def _are_all_inactive(nodes: Iterable[Node | None]) -> bool:
    """True when there are some, and all are known to be out of use."""
    found = list(nodes)
    return bool(found) and all(node is not None and is_inactive(node.resource) for node in found)


def _keep(kept: dict[Node, Value], node: Node, read: Callable[[Node], Value]) -> Value:
    """What is read of a node, once however many Schedules lead to it."""
    if node not in kept:
        kept[node] = read(node)
    return kept[node]


def _read_place(location: Node) -> Facts:
    return {
        "place": build_slot_place(location.resource),
        "phone": phone(location.resource.get("telecom")),
    }


def _choose_person(
    wanted: list[SchedulePractitioner], roles: list[ScheduleRole]
) -> SchedulePractitioner:
    """The requested person, one in use and with a role among the actors before the others."""
    with_role: set[str | int] = set()
    for role in roles:
        with_role |= role.person.keys if role.person else frozenset()
    return min(wanted, key=lambda one: (is_inactive(one.resource), with_role.isdisjoint(one.keys)))


def _own_roles(
    person: SchedulePractitioner, people: list[SchedulePractitioner], roles: list[ScheduleRole]
) -> list[ScheduleRole]:
    """The roles of the person, else those of nobody when nobody else is an actor."""
    own = [
        role
        for role in roles
        if role.person is not None and not role.person.keys.isdisjoint(person.keys)
    ]
    if not own and all(not other.keys.isdisjoint(person.keys) for other in people):
        return [role for role in roles if role.person is None]
    return own


def _practitioner(person: SchedulePractitioner) -> SlotPractitioner:
    name = _name(person.resource)
    found = {
        "idnps": person.id,
        "family": text(name.get("family")),
        "given": " ".join(texts(name.get("given"))),
    }
    return {key: value for key, value in found.items() if value}  # type: ignore[return-value]


def _name(practitioner: Json) -> Json:
    """The first HumanName in use that has a family name."""
    names = [n for n in objects(practitioner.get("name")) if text(n.get("family"))]
    in_use = [n for n in names if text(n.get("use")).lower() not in ("old", "maiden")]
    return next(iter(in_use or names), {})


def _actors(schedule: Node, kind: str, index: ResourceIndex) -> Iterator[Node]:
    for actor in objects(schedule.resource.get("actor")):
        found = index.resolve(actor, schedule, kind)
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
        self._points: dict[Node, Facts | None] = {}
        self._sirets: dict[Node, str | None] = {}

    def facts(self, schedule: Node) -> Facts | str:
        """Association, phone and place; or why the slot is refused (E37, E38)."""
        locations = list(_actors(schedule, LOCATION, self._index))
        if not locations:
            return "no_location"
        found = [_keep(self._points, location, self._read_point) for location in locations]
        known = [point for point in found if point is not None]
        if not known:
            return "no_association"
        wanted = [point for point in known if point["sos"]["siret"]]
        if not wanted:
            return "not_asked"
        usable = [point for point in wanted if not point["refusal"]]
        if not usable:
            return str(wanted[0]["refusal"])
        return schedule_refusal(schedule, self._index) or self._single_point(usable, schedule)

    def _single_point(self, points: list[Facts], schedule: Node) -> Facts | str:
        if any(point != points[0] for point in points):
            self._reports["ambiguous_place"] += 1
            return "ambiguous_place"
        return {**points[0], "validity": [horizon_validity(schedule.resource)]}

    def _read_point(self, location: Node) -> Facts | None:
        """The facts of a place; its SIRET is ``""`` when it was not requested."""
        reference = child(location.resource, "managingOrganization")
        organization = self._index.resolve(reference, location, ORGANIZATION)
        inside = {} if organization is None else organization.resource
        siret = (
            _keep(self._sirets, organization, self._organization_siret) if organization else None
        )
        if siret is None:
            siret = self._choose_siret(reference)
        if siret is None:
            return None
        name = text(inside.get("name")) or text(reference.get("display"))
        place = _read_place(location)
        return {
            "sos": {"siret": siret, **({"name": name} if name else {})},
            "phone": place["phone"] or phone(inside.get("telecom")),
            "place": place["place"],
            "refusal": "inactive_organization"
            if is_inactive(inside)
            else location_refusal(location.resource),
        }

    def _organization_siret(self, organization: Node) -> str | None:
        return self._choose_siret(organization.resource)

    def _choose_siret(self, element: Json) -> str | None:
        """The requested SIRET, the first when all are accepted; ``""`` when no one is requested,
        None when there is none."""
        known = sirets(element.get("identifier"), self._requested_ids)
        if self._requested_ids is None or not known:
            return next(iter(known), None)
        return next((siret for siret in known if siret in self._requested_ids), "")
