"""Random patients in contrasting places of the index at hand, always the same for one seed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, pi, radians, sin, sqrt
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from geography.density import DensityClass, find_density_class
from geography.distance import KM_PER_DEGREE
from geography.gazetteer import Commune, load_gazetteer
from search_engine.backend.bodies import Clause
from search_engine.backend.index import read_hits
from search_engine.relevance.index_probe import IndexProbe

QUOTAS: Mapping[DensityClass, int] = MappingProxyType(
    {DensityClass.DENSE: 3, DensityClass.URBAN: 2, DensityClass.MIXED: 2, DensityClass.RURAL: 3}
)
"""Places of each class: ten."""

REACH_KM: Mapping[DensityClass, float] = MappingProxyType(
    {
        DensityClass.DENSE: 2.0,
        DensityClass.URBAN: 3.0,
        DensityClass.MIXED: 5.0,
        DensityClass.RURAL: 8.0,
    }
)
"""How far from the town hall patients of a place live."""

CALL_HOURS = (0, 4, 11)
"""Hours after the instant of the data at which patients call: morning, afternoon, evening."""

CANDIDATES = 2_000
"""Offers of general practitioners among which the places are drawn."""


class DoctrineNeed(NamedTuple):
    """What is typed, and who answers it: specialities or a profession, and duty places."""

    what: str
    specialties: tuple[str, ...] = ()
    profession: str | None = None
    is_general: bool = False


GENERAL = DoctrineNeed("médecin généraliste", ("SM26", "SM53", "SM54"), is_general=True)

NEEDS: Sequence[DoctrineNeed] = (
    *[GENERAL] * 8,
    DoctrineNeed("dentiste", profession="40"),
    DoctrineNeed("infirmier", profession="60"),
)
"""Of ten patients, what each needs."""


class DoctrinePatient(NamedTuple):
    """One call: where, when, what for."""

    place: Commune
    lat: float
    lon: float
    now: datetime
    need: DoctrineNeed
    seed: int


async def draw_contrasting_places(probe: IndexProbe, seed: int) -> list[Commune]:
    """Ten communes by ``QUOTAS``, fewer where the index has no more, of as many departments as
    possible."""
    communes = await fetch_communes(probe, seed)
    drawn: list[Commune] = []
    for density, wanted in QUOTAS.items():
        alike = [one for one in communes if find_density_class(one.lat, one.lon) is density]
        drawn += spread_over_departments(alike)[:wanted]
    return drawn


async def fetch_communes(probe: IndexProbe, seed: int) -> list[Commune]:
    """Communes with general practitioners, in the order of the seed."""
    wanted: list[Clause] = [
        {"term": {"kind": "professional"}},
        {"terms": {"specialties": list(GENERAL.specialties)}},
        {"exists": {"field": "point"}},
    ]
    query = {"bool": {"filter": wanted}}
    drawn = {"random_score": {"seed": seed, "field": "fair_key"}, "boost_mode": "replace"}
    body = {
        "query": {"function_score": {"query": query, **drawn}},
        "size": CANDIDATES,
        "_source": ["insee"],
    }
    hits = read_hits(await probe.index.fetch_answer(body))
    codes = dict.fromkeys(hit["_source"].get("insee", "") for hit in hits)
    return [commune for commune in map(load_gazetteer().by_insee, codes) if commune is not None]


def spread_over_departments(communes: Sequence[Commune]) -> list[Commune]:
    """The first of each department, then the second of each."""
    ranks: dict[str, int] = {}
    ranked: list[tuple[int, Commune]] = []
    for commune in communes:
        rank = ranks[commune.department] = ranks.get(commune.department, -1) + 1
        ranked.append((rank, commune))
    return [commune for _, commune in sorted(ranked, key=lambda one: one[0])]


def draw_patients(
    places: Sequence[Commune], wanted: int, now: datetime, seed: int
) -> Iterator[DoctrinePatient]:
    """So many patients, in turn around each place."""
    rng = Random(f"{seed} patients")  # noqa: S311 - a draw, not a secret
    for rank in range(wanted if places else 0):
        place = places[rank % len(places)]
        lat, lon = draw_point(place, rng)
        moment = now + timedelta(hours=rng.choice(CALL_HOURS))
        yield DoctrinePatient(place, lat, lon, moment, rng.choice(NEEDS), rng.randrange(2**31))


def draw_point(place: Commune, rng: Random) -> tuple[float, float]:
    """A point in degrees, evenly over the disc around a town hall."""
    reach = REACH_KM[find_density_class(place.lat, place.lon)]
    km, angle = reach * sqrt(rng.random()), 2 * pi * rng.random()
    north, east = km * cos(angle) / KM_PER_DEGREE, km * sin(angle) / KM_PER_DEGREE
    return round(place.lat + north, 6), round(place.lon + east / cos(radians(place.lat)), 6)
