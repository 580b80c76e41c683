"""Invented professionals: who they are and where they practise."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from simulation.draws import WeightedChoice, build_weighted, draw_whole
from simulation.people.names import Name, draw_name
from simulation.people.numbers import Numbers, draw_phone
from simulation.people.professions import (
    GENERAL_PRACTICE,
    HIDDEN_ROLES,
    MILITARY_SHARE,
    NO_STRUCTURE_SHARE,
    STUDENT_SHARE,
    STUDENTS,
    Trade,
)
from simulation.places.places import GeneratedPlace, Practices, draw_place
from simulation.places.structures import (
    CLINIC,
    DUTY_HOUSE,
    HEALTH_CENTRE,
    HOSPITAL,
    MSP,
    PHARMACY,
    GeneratedStructure,
    host_weights,
)
from simulation.places.territory import GeneratedTerritory, GeneratedTown
from simulation.scales import (
    CROSS_DEPARTMENT_SHARE,
    DOCTOR_PLACES,
    OTHER_PLACES,
    STRUCTURE_SHARE,
    DatasetScale,
)

LABORATORY, NURSING_HOME = "611", "500"
SITE_OF_SECTOR = {
    "SA01": HOSPITAL,
    "SA04": CLINIC,
    "SA17": NURSING_HOME,
    "SA25": LABORATORY,
    "SA33": PHARMACY,
}
"""Category of the site in which a sector is practised; the others have an address of their own."""
SALARIED = frozenset({"SA01", "SA02", "SA05", "SA13", "SA15", "SA17"})
SEATS = {MSP: 18, HEALTH_CENTRE: 24, CLINIC: 40, DUTY_HOUSE: 12}
"""Professionals in one site, at most."""
LARGEST = 10_000
DUTY_SHARE = 0.04
"""Share of general practitioners with a seat in a duty house."""
SEVERAL = 1 - DOCTOR_PLACES[0]
CLINIC_TRADES = frozenset({"10"})


@dataclass(slots=True)
class GeneratedActivity:
    """One person at one place."""

    place: GeneratedPlace
    sector: str
    phone: str = ""

    @property
    def mode(self) -> str:
        """TRE_R23: salaried or of private practice."""
        return "S" if self.sector in SALARIED else "L"


@dataclass(slots=True)
class GeneratedPerson:
    """One invented professional; ``activities`` empty for those without a place."""

    rpps: str
    name: Name
    trade: Trade
    specialty: str
    home: GeneratedTown
    category: str = "C"
    skills: list[tuple[str, str]] = field(default_factory=list)
    activities: list[GeneratedActivity] = field(default_factory=list)

    def list_visible_activities(self, sectors: frozenset[str]) -> list[GeneratedActivity]:
        """The activities a search may show: a civil professional in a listed sector."""
        if self.category != "C":
            return []
        return [a for a in self.activities if a.sector in sectors]


@dataclass(slots=True)
class Neighbourhood:
    """The structures of a department by category and town."""

    where: GeneratedTerritory
    by_category: dict[str, list[GeneratedStructure]] = field(default_factory=dict)
    by_town: dict[tuple[str, str], list[GeneratedStructure]] = field(default_factory=dict)

    def add(self, site: GeneratedStructure) -> None:
        """One more open site."""
        code = site.category.code
        self.by_category.setdefault(code, []).append(site)
        self.by_town.setdefault((code, site.place.town.commune.insee), []).append(site)

    def near(
        self, rng: random.Random, category: str, town: GeneratedTown
    ) -> GeneratedStructure | None:
        """A site with a free seat in the town, else around it; None when there is none."""
        seats = SEATS.get(category, LARGEST)
        for candidate in self.where.around(town):
            sites = self.by_town.get((category, candidate.commune.insee), ())
            free = [s for s in sites if s.place.people < seats]
            if free:
                return rng.choice(free)
        return None

    def anywhere(self, rng: random.Random, category: str) -> GeneratedStructure | None:
        """A site of the category in the department."""
        sites = self.by_category.get(category)
        return rng.choice(sites) if sites else None


@dataclass(slots=True)
class Population:
    """Draws the professionals of one department."""

    rng: random.Random
    where: GeneratedTerritory
    numbers: Numbers
    sites: Neighbourhood
    elsewhere: Sequence[GeneratedTerritory]
    practices: Practices

    def people(self, trade: Trade, scale: DatasetScale) -> Iterator[GeneratedPerson]:
        """The professionals of a trade, as many as the department's density requires."""
        for person in self.draw_some(
            trade, draw_whole(self.rng, mean_headcount(trade, self.where, scale))
        ):
            if self.rng.random() >= NO_STRUCTURE_SHARE:
                self._assign_places(person)
            yield person

    def draw_employees(self, trade: Trade, scale: DatasetScale) -> Iterator[GeneratedPerson]:
        """Those of a trade who work where no patient is sent: one activity each."""
        expected = _on_register(trade, self.where, scale)
        for person in self.draw_some(trade, draw_whole(self.rng, expected)):
            self._add(person, self._in_sector(_sectors(trade).draw(self.rng), person))
            yield person

    def students(self, scale: DatasetScale) -> Iterator[GeneratedPerson]:
        """The students of the register, without any place."""
        expected = _on_register(STUDENTS, self.where, scale)
        for person in self.draw_some(STUDENTS, draw_whole(self.rng, expected)):
            person.category = "E"
            yield person

    def draw_some(self, trade: Trade, count: int) -> Iterator[GeneratedPerson]:
        """People of a trade, without any place yet."""
        return (self._person(trade) for _ in range(count))

    def _person(self, trade: Trade) -> GeneratedPerson:
        rng, home = self.rng, self.where.towns.draw(self.rng)
        return GeneratedPerson(
            rpps=self.numbers.rpps(),
            name=draw_name(rng, self.where.department),
            trade=trade,
            specialty=_specialties(trade).draw(rng),
            home=home,
            category=_category(rng),
            skills=[(kind, code) for kind, code, share in trade.skills if rng.random() < share],
        )

    def _assign_places(self, person: GeneratedPerson) -> None:
        """Give a person places, then the activities that must not show."""
        places = DOCTOR_PLACES if person.trade.doctor else OTHER_PLACES
        count = 1 + _place_count_choice(places).draw(self.rng)
        for rank in range(count):
            self._add(person, self._activity(person, rank))
        if person.trade.doctor:
            self._add_hidden(person)
        if person.trade is GENERAL_PRACTICE and self.rng.random() < DUTY_SHARE:
            self._add(person, self._activity_inside(DUTY_HOUSE, person.home, "SA67"))

    def _add(self, person: GeneratedPerson, activity: GeneratedActivity | None) -> None:
        taken = {a.place.idnst for a in person.activities}
        if activity is not None and activity.place.idnst not in taken:
            activity.phone = self._phone(activity.place)
            activity.place.people += 1
            person.activities.append(activity)

    def _phone(self, place: GeneratedPlace) -> str:
        kind = self.rng.random()
        if kind < 0.15:  # noqa: PLR2004 - 84 % of sites and practices publish a number
            return ""
        return place.phone if kind < 0.8 else draw_phone(self.rng, place.department)  # noqa: PLR2004

    def _activity(self, person: GeneratedPerson, rank: int) -> GeneratedActivity | None:
        rng, trade = self.rng, person.trade
        sector = _sectors(trade).draw(rng)
        if sector != "SA07":
            return self._in_sector(sector, person)
        crosses = trade.doctor and rng.random() < CROSS_DEPARTMENT_SHARE / SEVERAL
        if rank == 1 and crosses and self.elsewhere:
            return self._activity_elsewhere(person)
        if rng.random() < STRUCTURE_SHARE:
            joined = self._activity_in_host(person)
            if joined is not None:
                return joined
        return self._private(person, rank)

    def _private(self, person: GeneratedPerson, rank: int) -> GeneratedActivity:
        town = person.home if rank == 0 else self.rng.choice(self.where.around(person.home))
        place = self.practices.take_seat(self.rng, town, person.rpps)
        return GeneratedActivity(place, place.sector)

    def _activity_in_host(self, person: GeneratedPerson) -> GeneratedActivity | None:
        kind = host_weights().draw(self.rng)
        if kind == CLINIC and person.trade.profession not in CLINIC_TRADES:
            kind = MSP
        sector = {MSP: "SA52", HEALTH_CENTRE: "SA05", CLINIC: "SA08"}[kind]
        return self._activity_inside(kind, person.home, sector)

    def _activity_inside(
        self, category: str, town: GeneratedTown, sector: str
    ) -> GeneratedActivity | None:
        site = self.sites.near(self.rng, category, town)
        return None if site is None else GeneratedActivity(site.place, sector)

    def _activity_elsewhere(self, person: GeneratedPerson) -> GeneratedActivity:
        """A practice in a neighbouring department of the set, founded by the person."""
        town = self.rng.choice(self.elsewhere).towns.draw(self.rng)
        place = draw_place(self.rng, town)
        place.idnst = f"4{person.rpps}9{len(person.activities):02d}"
        return GeneratedActivity(place, "SA07")

    def _add_hidden(self, person: GeneratedPerson) -> None:
        for sector, share in HIDDEN_ROLES:
            if self.rng.random() < share:
                self._add(person, self._in_sector(sector, person))

    def _in_sector(self, sector: str, person: GeneratedPerson) -> GeneratedActivity | None:
        category = SITE_OF_SECTOR.get(sector)
        if category is not None:
            site = self.sites.anywhere(self.rng, category)
            return None if site is None else GeneratedActivity(site.place, sector)
        place = draw_place(self.rng, person.home)
        place.siret = self.numbers.siret()
        place.idnst = "3" + place.siret
        place.name = {"SA64": "TÉLÉCONSULTE SAS", "SA50": "PDSA"}.get(sector, "")
        return GeneratedActivity(place, sector)


def mean_headcount(trade: Trade, where: GeneratedTerritory, scale: DatasetScale) -> float:
    """Mean number of professionals of a trade in a department."""
    density = trade.per_100k * scale.others
    if trade is GENERAL_PRACTICE:
        density = where.gp_density * scale.physicians
    return density * scale.share(where.department) * where.population / 100_000


def _on_register(trade: Trade, where: GeneratedTerritory, scale: DatasetScale) -> float:
    density = trade.per_100k * scale.register
    return density * scale.share(where.department) * where.population / 100_000


def _category(rng: random.Random) -> str:
    kind = rng.random()
    if kind < STUDENT_SHARE:
        return "E"
    return "M" if kind < STUDENT_SHARE + MILITARY_SHARE else "C"


@cache
def _specialties(trade: Trade) -> WeightedChoice[str]:
    return build_weighted(trade.specialties)


@cache
def _sectors(trade: Trade) -> WeightedChoice[str]:
    return build_weighted(trade.sectors)


@cache
def _place_count_choice(shares: tuple[float, ...]) -> WeightedChoice[int]:
    return WeightedChoice(range(len(shares)), shares)
