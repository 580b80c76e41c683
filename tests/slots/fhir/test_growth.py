"""The work of reading an answer grows in proportion to it, in whatever way its parts are joined."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mappings.instants import parse_instant, utc_text
from slots.fhir.parser import ParsedAnswer, parse_pages
from tests.slots.bundles import Json
from tests.slots.operations import growth

pytestmark = pytest.mark.usefixtures("large_input")

NOW = parse_instant("2026-11-23T08:00:00Z")
TYPE = [{"code": "PUBLIC"}]
SIZE = 100
LINEAR = 2.2
"""Times the work for twice the slots; a square would be 4."""


def slot(number: int, schedule: Json, **values: Any) -> Json:
    start = NOW + timedelta(minutes=number % 2000)
    return {
        "resourceType": "Slot",
        "id": f"s{number}",
        "meta": {"security": TYPE},
        "schedule": schedule,
        "status": "free",
        "start": utc_text(start),
        "end": utc_text(start + timedelta(minutes=10)),
        **values,
    }


def schedule(name: object, *actors: Json, **values: Any) -> Json:
    return {"resourceType": "Schedule", "id": f"c{name}", "actor": list(actors), **values}


def rpps(number: int) -> str:
    return f"8{10_000_000_000 + number}"


def person(number: int, *more: Json) -> Json:
    identifier = [{"value": rpps(number)}, *more]
    return {"resourceType": "Practitioner", "id": f"p{number}", "identifier": identifier}


def role(name: object, number: int, *places: Json, **values: Any) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": f"r{name}",
        "practitioner": {"identifier": {"value": rpps(number)}},
        "contained": list(places),
        **values,
    }


def place(name: object, line: str = "1 rue X") -> Json:
    address = {"line": [line], "postalCode": "47000", "city": "Agen"}
    return {"resourceType": "Location", "id": f"l{name}", "address": address}


def to(kind: str, name: object) -> Json:
    return {"reference": f"{kind}/{name}"}


def persons_by_identifier(count: int) -> list[Json]:
    """Persons told by identifier alone, by the Schedule and by the role."""
    found: list[Json] = []
    for n in range(count):
        by_identifier = {"identifier": {"value": rpps(n)}}
        found += [slot(n, to("Schedule", f"c{n}")), person(n), role(n, n, place(n))]
        found += [schedule(n, by_identifier, to("PractitionerRole", f"r{n}"))]
    return found


def schedules_by_identifier(count: int) -> list[Json]:
    found: list[Json] = [person(0)]
    for n in range(count):
        found.append(schedule(n, to("Practitioner", "p0"), identifier=[{"value": f"agenda-{n}"}]))
        found.append(slot(n, {"identifier": {"value": f"agenda-{n}"}}))
    return found


def one_person_written_often(count: int) -> list[Json]:
    """One person written again for each slot: each pair of copies may be compared."""
    found: list[Json] = []
    for n in range(count):
        found += [{**person(0), "name": [{"family": "X"}]}, slot(n, to("Schedule", f"c{n}"))]
        found.append(schedule(n, {"identifier": {"value": rpps(0)}}))
    return found


def one_person_with_many_identifiers(count: int) -> list[Json]:
    others = [{"value": f"i{n}", "system": "https://editeur.fr"} for n in range(count)]
    national = [{"value": rpps(n)} for n in range(count)]
    found: list[Json] = [person(0, *others, *national)]
    for n in range(count):
        found += [slot(n, to("Schedule", f"c{n}")), schedule(n, to("Practitioner", "p0"))]
    return found


def one_schedule_of_many_actors(count: int) -> list[Json]:
    actors = [to("Practitioner", f"p{n}") for n in range(count)]
    actors += [to("PractitionerRole", f"r{n}") for n in range(count)]
    found = [schedule(0, *actors)]
    for n in range(count):
        found += [person(n), role(n, n, place(n)), slot(n, to("Schedule", "c0"))]
    return found


def many_contained_places(count: int) -> list[Json]:
    """One role with many places, each Schedule through it."""
    places = [place(n, f"{n} rue X") for n in range(count)]
    found: list[Json] = [person(0), role(0, 0, *places, location=[{"reference": "#l0"}])]
    for n in range(count):
        found += [slot(n, to("Schedule", f"c{n}")), schedule(n, to("PractitionerRole", "r0"))]
    return found


def many_references_to_places(count: int) -> list[Json]:
    """One role that refers to each of its places, all at one address."""
    places = [place(n) for n in range(count)]
    references = [{"reference": f"#l{n}"} for n in range(count)]
    found: list[Json] = [person(0), schedule(0, to("PractitionerRole", "r0"))]
    found.append(role(0, 0, *places, location=references))
    return [*found, *(slot(n, to("Schedule", "c0")) for n in range(count))]


def copies_of_one_slot(count: int) -> list[Json]:
    """One interval under many ids, each with a reason, a speciality and a role of its own."""
    found: list[Json] = [person(0), schedule(0, to("Practitioner", "p0"))]
    for n in range(count):
        own = {"serviceType": [{"text": f"m{n}"}], "specialty": [{"text": f"s{n}"}]}
        found.append({**slot(0, to("Schedule", "c0"), **own), "id": f"copy{n}"})
    return found


def one_slot_of_many_texts(count: int) -> list[Json]:
    texts = [{"text": f"m{n}"} for n in range(count)]
    texts += [{"coding": [{"code": f"x{n}", "display": f"d{n}"}]} for n in range(count)]
    whole = slot(0, to("Schedule", "c0"), serviceType=texts, specialty=texts)
    return [person(0), schedule(0, to("Practitioner", "p0")), whole]


def many_cpts(count: int) -> list[Json]:
    """Slots of one CPTS service, whose Organization has many identifiers."""
    numbers = [{"value": f"x{n}"} for n in range(count)]
    service = {
        "resourceType": "HealthcareService",
        "id": "h",
        "providedBy": to("Organization", "o"),
    }
    cpts = {
        "resourceType": "Organization",
        "id": "o",
        "identifier": [*numbers, {"value": "1310000001"}],
    }
    extension = [
        {"url": "extension-Slot.serviceType", "valueReference": to("HealthcareService", "h")}
    ]
    own = {"meta": {"security": [{"code": "CPTS"}]}, "serviceType": [{"extension": extension}]}
    found: list[Json] = [person(0), schedule(0, to("Practitioner", "p0")), service, cpts]
    return [*found, *(slot(n, to("Schedule", "c0"), **own) for n in range(count))]


def hours_of_one_place(count: int) -> list[Json]:
    hours = [{"daysOfWeek": ["sun"] * 9, "openingTime": "09:00:00"} for _ in range(count)]
    found: list[Json] = [person(0), schedule(0, to("PractitionerRole", "r0"))]
    found.append(role(0, 0, {**place(0), "hoursOfOperation": hours}))
    return [*found, *(slot(n, to("Schedule", "c0")) for n in range(count))]


def periods_of_many_roles(count: int) -> list[Json]:
    found: list[Json] = [person(0)]
    for n in range(count):
        period = {"end": utc_text(NOW - timedelta(minutes=n))}
        found += [role(n, 0, place(0), period=period), slot(n, to("Schedule", "c0"))]
    return [*found, schedule(0, *(to("PractitionerRole", f"r{n}") for n in range(count)))]


SHAPES: list[Callable[[int], list[Json]]] = [
    persons_by_identifier,
    schedules_by_identifier,
    one_person_written_often,
    one_person_with_many_identifiers,
    one_schedule_of_many_actors,
    many_contained_places,
    many_references_to_places,
    copies_of_one_slot,
    one_slot_of_many_texts,
    many_cpts,
    hours_of_one_place,
    periods_of_many_roles,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_twice_the_answer_is_twice_the_work(shape: Callable[[int], list[Json]]) -> None:
    def reading(count: int) -> Callable[[], ParsedAnswer]:
        entries = [{"resource": found} for found in shape(count)]
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
        return lambda: parse_pages([bundle], "R04", NOW, [rpps(n) for n in range(count)])

    assert growth(reading, SIZE) <= LINEAR


def test_many_small_pages_are_read_in_proportion() -> None:
    def reading(count: int) -> Callable[[], ParsedAnswer]:
        pages = [
            {
                "resourceType": "Bundle",
                "type": "searchset",
                "entry": [{"resource": found}],
                "link": [{"relation": "self", "url": f"?page={n}"}],
            }
            for n, found in enumerate(persons_by_identifier(count))
        ]
        return lambda: parse_pages(pages, "R01", NOW, None)

    assert growth(reading, SIZE // 2) <= LINEAR
