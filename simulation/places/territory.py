"""Towns of a department: their weights and their distances."""

import csv
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import cos, pi, radians, sin, sqrt

from geography.departments import departments
from geography.distance import KM_PER_DEGREE
from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from simulation.draws import WeightedChoice
from simulation.scales import DEFAULT_GP_DENSITY, JITTER_KM

ATTRACTION = 1.15
"""Exponent of the population in a town's draw: care gathers in the larger towns."""
VILLAGE = 600
"""Inhabitants under which a commune hardly ever has a practice."""
VILLAGE_DRAW = 0.03
MAX_REACH = 0.35
"""Largest jitter, as a share of the distance to the farthest corner of the commune."""
NEIGHBOURHOOD_KM = 15.0
"""Distance of a second place of a person, or of a joined structure, from the first."""
WHOLE_CITIES = {"75056": "Paris", "69123": "Lyon", "13055": "Marseille"}
"""Whole cities whose code practices often carry instead of the arrondissement's."""


@dataclass(frozen=True, slots=True)
class GeneratedTown:
    """A commune or arrondissement with the radius in km within which its addresses lie."""

    commune: Commune
    reach_km: float

    def point(self, rng: random.Random) -> tuple[float, float]:
        """A point drawn evenly in the disc around the commune's point, in degrees."""
        distance, angle = self.reach_km * sqrt(rng.random()), 2 * pi * rng.random()
        lat = self.commune.lat + distance * sin(angle) / KM_PER_DEGREE
        step = distance * cos(angle) / (KM_PER_DEGREE * cos(radians(self.commune.lat)))
        return round(lat, 6), round(self.commune.lon + step, 6)


@dataclass(slots=True)
class GeneratedTerritory:
    """One department: its towns, drawn in proportion to the care they gather."""

    department: str
    name: str
    zone: str
    towns: WeightedChoice[GeneratedTown]
    population: int
    gp_density: float
    """General practitioners for 100,000 inhabitants."""
    people_per_km2: float
    _near: dict[str, list[GeneratedTown]] = field(default_factory=dict)

    def around(self, town: GeneratedTown) -> list[GeneratedTown]:
        """The towns within ``NEIGHBOURHOOD_KM``, itself first."""
        found = self._near.get(town.commune.insee)
        if found is None:
            others = (t for t in self.towns.items if t is not town)
            close = [t for t in others if flat_km(t.commune, town.commune) <= NEIGHBOURHOOD_KM]
            found = self._near[town.commune.insee] = [town, *close]
        return found

    def by_population(self) -> list[GeneratedTown]:
        """The towns, largest first."""
        return sorted(self.towns.items, key=lambda t: (-t.commune.population, t.commune.insee))


def flat_km(one: Commune, other: Commune) -> float:
    """Distance in km on a plane: exact enough between communes of a department, and fast."""
    north = one.lat - other.lat
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return KM_PER_DEGREE * sqrt(north * north + east * east)


@cache
def densities() -> Mapping[str, tuple[float, float]]:
    """GPs for 100,000 inhabitants and inhabitants for a km2 by department (ANCT 2020)."""
    path = resources.files("geography").joinpath("tables", "anct_densite_mg_2020.csv")
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {
        r["codgeo"]: (
            float(r["dens_nb_medg"] or DEFAULT_GP_DENSITY),
            float(r["dens_pop"] or 0),
        )
        for r in rows
    }


def list_inhabited_communes(gazetteer: Gazetteer, department: str) -> list[Commune]:
    """The communes with people, arrondissements in place of the city they divide, by code."""
    codes = [
        code
        for commune in gazetteer.in_department(department)
        for code in gazetteer.insee_family(commune.insee)
        if code not in WHOLE_CITIES
    ]
    found = [gazetteer.by_insee(code) for code in sorted(codes)]
    return [c for c in found if c is not None and c.population > 0]


def build_territory(department: str) -> GeneratedTerritory:
    """The towns of a department; ``LookupError`` when the gazetteer has none there."""
    communes = list_inhabited_communes(load_gazetteer(), department)
    if not communes:
        raise LookupError(f"the gazetteer has no inhabited commune in department {department!r}")
    known = departments()[department]
    gps, people = densities().get(department, (DEFAULT_GP_DENSITY, 0.0))
    towns = [GeneratedTown(c, _reach(c)) for c in communes]
    return GeneratedTerritory(
        department=department,
        name=known.name,
        zone=known.zone,
        towns=WeightedChoice(towns, [draw_weight(c) for c in communes]),
        population=sum(c.population for c in communes),
        gp_density=gps,
        people_per_km2=people,
    )


def draw_weight(commune: Commune, exponent: float = ATTRACTION) -> float:
    """Weight of a commune: a power of its population, almost zero for a village."""
    weight = float(commune.population**exponent)
    return weight if commune.population >= VILLAGE else weight * VILLAGE_DRAW


def _reach(commune: Commune) -> float:
    wished = JITTER_KM * sqrt(commune.population / 1000)
    return min(wished, MAX_REACH * commune.reach_km)
