"""Structures of FINESS: how many of each category, where, what they are called."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from simulation.draws import WeightedChoice, build_weighted, draw_whole
from simulation.people.numbers import Numbers
from simulation.places.opening_hours import OpeningHours, opening_hours
from simulation.places.places import GeneratedPlace, draw_place
from simulation.places.structure_names import StructureTitle, build_title, draw_title
from simulation.places.territory import GeneratedTerritory, GeneratedTown, draw_weight
from simulation.table_files import read_table


class Wave(StrEnum):
    """When the structures of a category are drawn."""

    FIRST = "first"
    """Before the people, who practise in them."""
    LATER = "later"
    """After all else of a department: nobody of the set practises there."""


@dataclass(frozen=True, slots=True)
class Category:
    """One FINESS category: inhabitants for one site, at least how many, and where they go.

    ``reach`` is the exponent of a town's population: 1 spreads, 2 gathers in the cities.
    ``hosts`` is the sector of the professionals who practise inside, ``hours`` the kind of its
    opening hours; both may be empty. ``sites`` are those of one legal entity.
    """

    code: str
    inhabitants: int
    least: int
    reach: float
    hosts: str = ""
    hours: str = ""
    sites: int = 1


@cache
def categories(wave: Wave) -> tuple[Category, ...]:
    """The categories of a wave (``simulation/tables/structures.csv``).

    354 (nursing services at home) is out of the SAS scope: it must be read and not shown.
    """
    return tuple(_read_row(row) for row in read_table("structures") if row["wave"] == wave)


def _read_row(row: dict[str, str]) -> Category:
    return Category(
        row["code"],
        int(row["inhabitants"]),
        int(row["least"]),
        float(row["reach"]),
        row["hosts"],
        row["hours"],
        int(row["sites"]),
    )


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
UNKNOWN_HOURS_SHARE = 0.12
"""Share of sites that never gave their opening hours."""
MATERNITY_LEVELS = WeightedChoice(("1", "2A", "2B", "3"), (0.42, 0.28, 0.16, 0.14))
MATERNITY_SHARES = {"355": 0.45, "101": 1.0, "365": 0.2, "122": 1.0}
EMERGENCY_SHARES = {"355": 0.75, "101": 1.0, "365": 0.15}
"""Share of sites with a maternity, and with an emergency department, by category."""


@dataclass(slots=True)
class GeneratedStructure:
    """One site of FINESS at its place."""

    category: Category
    place: GeneratedPlace
    title: StructureTitle
    opened: date
    hours: OpeningHours | None = None
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

    def entities(self, share: float, wave: Wave = Wave.FIRST) -> Iterator[list[GeneratedStructure]]:
        """The structures of a wave in the department, one list a legal entity.

        ``share`` is the part of reality that is generated.
        """
        for category in categories(wave):
            towns = self._towns(category)
            wished = self.where.population * share * self._boost(category) / category.inhabitants
            count = max(category.least, draw_whole(self.rng, wished))
            for start in range(0, count, category.sites):
                size = min(category.sites, count - start)
                drawn = [towns.draw(self.rng) for _ in range(size)]
                yield self._entity(category, drawn)

    def seat(self, town: GeneratedTown, name: str) -> GeneratedStructure:
        """The seat of a CPTS, the only thing FINESS knows of it."""
        site = self._site(Category(CPTS_SEAT, 0, 0, 1), town, self.numbers.finess())
        site.title, site.place.name = build_title(name), name
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
        title = draw_title(rng, category.code, place)
        place.name = title.text
        opened = date(1995 + int(28 * rng.random()), 1 + int(12 * rng.random()), 1)
        hours = _draw_hours(rng, category)
        return GeneratedStructure(category, place, title, opened, hours, _closing(rng, self.today))


def _closing(rng: random.Random, today: date) -> date | None:
    kind = rng.random()
    if kind < CLOSED_SHARE:
        return today.replace(year=today.year - 1, day=1)
    if kind < CLOSED_SHARE + CLOSING_SHARE:
        return today.replace(year=today.year + 1, day=1)
    return None


def _draw_hours(rng: random.Random, category: Category) -> OpeningHours | None:
    if not category.hours or rng.random() < UNKNOWN_HOURS_SHARE:
        return None
    return opening_hours(category.hours).draw(rng)


def host_weights() -> WeightedChoice[str]:
    """Which kind of structure a practice joins, all else equal."""
    return build_weighted([(MSP, 0.55), (HEALTH_CENTRE, 0.3), (CLINIC, 0.15)])
