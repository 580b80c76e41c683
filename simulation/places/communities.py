"""CPTS, grouped by EPCI until about 80,000 inhabitants, and SOS Médecins associations."""

import random
from dataclasses import dataclass, field
from typing import Any

from simulation.people.numbers import Numbers, draw_phone, international
from simulation.people.people import GeneratedActivity, GeneratedPerson
from simulation.places.opening_hours import ALWAYS, Hours, every_day
from simulation.places.places import GeneratedPlace, draw_place
from simulation.places.structures import GeneratedStructure, StructureBuilder
from simulation.places.territory import GeneratedTerritory, GeneratedTown

CPTS_PEOPLE = 62_000
"""Inhabitants from which a CPTS closes at the end of an EPCI: 80,000 on average."""
CPTS_LARGEST = 105_000
CPTS_SMALLEST = 40_000
UNCOVERED_SHARE = 0.09
"""Share of territories without any CPTS."""
OVERLAP_SHARE = 0.2
"""Share of CPTS that also cover a commune of their neighbour."""
MEMBER_SHARE = 0.25
OTHER_MEMBER_SHARE = 0.12

SOS_CITY = 50_000
"""Inhabitants of a department's main city from which it has an SOS Médecins association."""
SOS_TOWN = 35_000
"""Inhabitants of the other towns where it has a fixed point."""
SOS_WITHOUT = frozenset({"973", "976"})
SOS_DOCTORS_A_POINT = 9
LONG_DAY: Hours = every_day(("08:00", "24:00"))


@dataclass(slots=True)
class Community:
    """One CPTS: its seat, the communes it covers, its members' places as they are drawn."""

    site: GeneratedStructure
    communes: list[str]
    phones: list[str]
    members: list[dict[str, str]] = field(default_factory=list)

    @property
    def finess(self) -> str:
        """Its FINESS, which slots and participation name it by."""
        return self.site.place.finess

    @property
    def name(self) -> str:
        """Its name in FINESS and on the slots."""
        return self.site.title.text

    def covers(self, place: GeneratedPlace) -> bool:
        """Is the place in one of its communes: only such a place is attached to it."""
        return place.insee in self.communes

    def as_line(self) -> dict[str, Any]:
        """The CPTS in the format ``cpts``."""
        place = self.site.place
        return {
            "finess": self.finess,
            "name": self.name,
            "communes": self.communes,
            "phones": self.phones,
            "members": self.members,
            "address": address(place),
        }


@dataclass(slots=True)
class Association:
    """One SOS Médecins association with its fixed points and its doctors."""

    siret: str
    name: str
    points: list[GeneratedPlace]
    doctors: list[str] = field(default_factory=list)

    def as_line(self) -> dict[str, Any]:
        """The association in the format ``sos``."""
        return {
            "siret": self.siret,
            "name": self.name,
            "points": [self._point(rank, place) for rank, place in enumerate(self.points)],
            "doctors": self.doctors,
        }

    def _point(self, rank: int, place: GeneratedPlace) -> dict[str, Any]:
        return {
            "id": point_id(rank),
            "name": place.name,
            "address": address(place),
            "point": {"lat": place.lat, "lon": place.lon},
            "phone": international(place.phone),
            "hours": point_hours(rank),
        }


def point_id(rank: int) -> str:
    """The identifier of a fixed point inside its association."""
    return f"pfg-{rank + 1}"


def point_hours(rank: int) -> Hours:
    """The first point never closes, the others do at midnight."""
    return ALWAYS if rank == 0 else LONG_DAY


def address(place: GeneratedPlace) -> dict[str, str]:
    """A place in the shape of ``AddressFormat``."""
    return {
        "line": place.line,
        "postal_code": place.postal_code,
        "city": place.city,
        "insee": place.insee,
    }


def group_cpts_territories(
    rng: random.Random, where: GeneratedTerritory
) -> list[list[GeneratedTown]]:
    """The towns of a department grouped into CPTS territories, some of them left out."""
    towns = sorted(where.towns.items, key=lambda t: (t.commune.epci or "", t.commune.insee))
    groups: list[list[GeneratedTown]] = [[]]
    for position, town in enumerate(towns):
        if _closes(groups[-1], town, towns[position - 1]):
            groups.append([])
        groups[-1].append(town)
    if _people(groups[-1]) < CPTS_SMALLEST and len(groups) > 1:
        groups[-2].extend(groups.pop())
    return [g for rank, g in enumerate(groups) if rank == 0 or rng.random() >= UNCOVERED_SHARE]


def _people(towns: list[GeneratedTown]) -> int:
    return sum(town.commune.population for town in towns)


def _closes(group: list[GeneratedTown], town: GeneratedTown, previous: GeneratedTown) -> bool:
    """True when the group is large enough to do without the town that follows."""
    people = _people(group)
    other_epci = previous.commune.epci != town.commune.epci
    if people >= CPTS_PEOPLE and other_epci:
        return True
    return people >= CPTS_SMALLEST and people + town.commune.population > CPTS_LARGEST


def communities(
    rng: random.Random, where: GeneratedTerritory, builder: StructureBuilder
) -> list[Community]:
    """The CPTS of a department."""
    groups = group_cpts_territories(rng, where)
    found = []
    for rank, towns in enumerate(groups):
        main = max(towns, key=lambda t: (t.commune.population, t.commune.insee))
        site = builder.seat(main, f"CPTS {main.commune.name.upper()}")
        communes = [t.commune.insee for t in towns]
        if rank and rng.random() < OVERLAP_SHARE:
            communes.append(groups[rank - 1][-1].commune.insee)
        phones = [international(draw_phone(rng, where.department))]
        found.append(Community(site, communes, phones))
    return found


def associations(
    rng: random.Random, where: GeneratedTerritory, numbers: Numbers
) -> list[Association]:
    """The SOS Médecins associations of a department: one where there is a large city."""
    towns = where.by_population()
    large = [t for t in towns if t.commune.population >= SOS_TOWN]
    if towns[0].commune.population < SOS_CITY or where.department in SOS_WITHOUT:
        return []
    siret, main = numbers.siret(), large[0]
    name = f"SOS Médecins {where.name if main.commune.parent else main.commune.name}"
    points = [_draw_sos_point(rng, town, siret, numbers.rpps()) for town in large[:3]]
    return [Association(siret, name, points)]


def _draw_sos_point(
    rng: random.Random, town: GeneratedTown, siret: str, practice: str
) -> GeneratedPlace:
    """The points share the SIRET of their association; on the register each is a practice."""
    place = draw_place(rng, town)
    place.siret, place.idnst, place.sector = siret, f"4{practice}001", "SA08"
    place.name = f"SOS Médecins {town.commune.name}"
    return place


def enrol(association: Association, person: GeneratedPerson) -> None:
    """Make a person a doctor of the association: on the register at every one of its points."""
    association.doctors.append(person.rpps)
    person.activities = [
        GeneratedActivity(place, place.sector, place.phone) for place in association.points
    ]
