"""Structures of FINESS: how many of each category, where, what they are called."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from simulation.draws import WeightedChoice, build_weighted, draw_whole
from simulation.people.numbers import Numbers
from simulation.places.places import GeneratedPlace, draw_place
from simulation.places.territory import GeneratedTerritory, GeneratedTown, draw_weight

Hours = dict[str, list[tuple[str, str]]]
_WEEK = ("mon", "tue", "wed", "thu", "fri")


def every_day(span: tuple[str, str]) -> Hours:
    """The same opening seven days a week."""
    return {day: [span] for day in (*_WEEK, "sat", "sun")}


def _hours(week: list[tuple[str, str]], saturday: list[tuple[str, str]]) -> Hours:
    return {day: list(week) for day in _WEEK} | {"sat": saturday}


PHARMACY_HOURS = _hours([("08:30", "12:30"), ("14:00", "19:30")], [("09:00", "12:30")])
CENTRE_HOURS = _hours([("08:00", "13:00"), ("14:00", "19:00")], [("08:00", "12:00")])
LABORATORY_HOURS = _hours([("07:30", "18:00")], [("07:30", "12:00")])
DUTY_HOURS: Hours = {
    **_hours([("20:00", "24:00")], [("12:00", "24:00")]),
    "sun": [("08:00", "24:00")],
}
ALWAYS: Hours = every_day(("00:00", "24:00"))


@dataclass(frozen=True, slots=True)
class Category:
    """One FINESS category: inhabitants for one site, at least how many, and where they go.

    ``reach`` is the exponent of a town's population: 1 spreads, 2 gathers in the cities.
    ``hosts`` is the sector of the professionals who practise inside, empty when none does.
    """

    code: str
    inhabitants: int
    least: int
    reach: float
    title: str
    hosts: str = ""
    hours: Hours | None = None
    sites: int = 1
    """Sites of one legal entity."""


CATEGORIES = (
    Category("603", 21_000, 2, 0.7, "MAISON DE SANTÉ {place}", hosts="SA52"),
    Category("124", 19_000, 1, 1.2, "CENTRE DE SANTÉ {place}", hosts="SA05", hours=CENTRE_HOURS),
    Category("620", 3_450, 5, 1.0, "PHARMACIE {place}", hours=PHARMACY_HOURS),
    Category("611", 15_000, 1, 1.3, "LABOTERRE {place}", hours=LABORATORY_HOURS, sites=5),
    Category(
        "617", 90_000, 1, 1.3, "MAISON MÉDICALE DE GARDE {place}", hosts="SA67", hours=DUTY_HOURS
    ),
    Category("355", 90_000, 1, 1.6, "CENTRE HOSPITALIER {place}"),
    Category("365", 110_000, 0, 1.6, "CLINIQUE {place}", hosts="SA08"),
    Category("631", 1_500_000, 0, 2.0, "MAISON DE NAISSANCE {place}"),
    Category("156", 60_000, 0, 1.2, "CMP {place}"),
    Category("223", 25_000, 0, 1.2, "PMI {place}"),
    Category("500", 9_000, 1, 0.9, "EHPAD {place}"),
)

LATER_CATEGORIES = (
    Category("101", 2_000_000, 0, 2.0, "CHU {place}"),
    Category("127", 225_000, 1, 1.3, "HAD {place}"),
    Category("189", 150_000, 1, 1.2, "CMPP {place}"),
    Category("197", 140_000, 1, 1.2, "CSAPA {place}"),
    Category("228", 66_000, 1, 1.2, "CENTRE DE SANTÉ SEXUELLE {place}"),
    Category("638", 200_000, 1, 1.3, "CEGIDD {place}"),
    Category("354", 35_000, 1, 1.0, "SSIAD {place}"),
)
"""Drawn after all else of a department, so that nothing else of it changes.

354 (nursing services at home) is out of the SAS scope: it must be read and not shown.
"""

MSP, HEALTH_CENTRE, PHARMACY, DUTY_HOUSE, HOSPITAL, CLINIC = (
    "603",
    "124",
    "620",
    "617",
    "355",
    "365",
)
CPTS_SEAT = "604"

CLOSED_SHARE = 0.02
CLOSING_SHARE = 0.01
"""Sites already closed, and sites whose closing date lies ahead (still open)."""
RURAL_DENSITY = 80.0
"""Inhabitants a km2 under which MSP are more frequent than the average."""
MATERNITY_LEVELS = WeightedChoice(("1", "2A", "2B", "3"), (0.42, 0.28, 0.16, 0.14))
MATERNITY_SHARE = 0.6


@dataclass(slots=True)
class GeneratedStructure:
    """One site of FINESS at its place."""

    category: Category
    place: GeneratedPlace
    title: str
    opened: date
    closed: date | None = None

    def open_on(self, day: date) -> bool:
        """False from its closing date on."""
        return self.closed is None or self.closed > day


@dataclass(slots=True)
class StructureBuilder:
    """Opens the structures of one department."""

    rng: random.Random
    where: GeneratedTerritory
    numbers: Numbers
    today: date

    def entities(
        self, share: float, categories: Sequence[Category] = CATEGORIES
    ) -> Iterator[list[GeneratedStructure]]:
        """The structures of the department, one list a legal entity.

        ``share`` is the part of reality that is generated.
        """
        for category in categories:
            towns = self._towns(category)
            wished = self.where.population * share * self._boost(category) / category.inhabitants
            count = max(category.least, draw_whole(self.rng, wished))
            for start in range(0, count, category.sites):
                size = min(category.sites, count - start)
                drawn = [towns.draw(self.rng) for _ in range(size)]
                yield self._entity(category, drawn)

    def seat(self, town: GeneratedTown, name: str) -> GeneratedStructure:
        """The seat of a CPTS, the only thing FINESS knows of it."""
        site = self._entity(Category(CPTS_SEAT, 0, 0, 1, name), [town])[0]
        site.opened, site.closed = date(2021, 3, 1), None
        return site

    def _towns(self, category: Category) -> WeightedChoice[GeneratedTown]:
        towns = self.where.towns.items
        return WeightedChoice(towns, [draw_weight(t.commune, category.reach) for t in towns])

    def _boost(self, category: Category) -> float:
        if category.code != MSP or not self.where.people_per_km2:
            return 1.0
        return float(min(3.0, max(0.3, (RURAL_DENSITY / self.where.people_per_km2) ** 0.5)))

    def _entity(self, category: Category, towns: list[GeneratedTown]) -> list[GeneratedStructure]:
        legal = self.numbers.finess()
        return [self._site(category, town, legal) for town in towns]

    def _site(self, category: Category, town: GeneratedTown, legal: str) -> GeneratedStructure:
        rng, place = self.rng, draw_place(self.rng, town)
        place.finess, place.legal_finess = self.numbers.finess(), legal
        place.siret = self.numbers.siret()
        place.idnst = "1" + place.finess
        place.sector = category.hosts
        place.name = category.title.format(place=_place_name(rng, place))
        opened = date(1995 + int(28 * rng.random()), 1 + int(12 * rng.random()), 1)
        return GeneratedStructure(category, place, place.name, opened, _closing(rng, self.today))


def _closing(rng: random.Random, today: date) -> date | None:
    kind = rng.random()
    if kind < CLOSED_SHARE:
        return today.replace(year=today.year - 1, day=1)
    if kind < CLOSED_SHARE + CLOSING_SHARE:
        return today.replace(year=today.year + 1, day=1)
    return None


def _place_name(rng: random.Random, place: GeneratedPlace) -> str:
    named = place.street.name if rng.random() < 0.5 else place.town.commune.name  # noqa: PLR2004
    return named.upper()


def host_weights() -> WeightedChoice[str]:
    """Which kind of structure a practice joins, all else equal."""
    return build_weighted([(MSP, 0.55), (HEALTH_CENTRE, 0.3), (CLINIC, 0.15)])
