"""The doctrine measured on an index: pages of random patients beside everybody around them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from geography.density import find_density_class
from geography.ground import find_ground
from mappings.records import Kind, Offer
from search_engine.backend.bodies import Clause
from search_engine.backend.index import read_hits
from search_engine.query.clauses import or_clause
from search_engine.relevance.doctrine.arithmetic import (
    PatientPoint,
    WeighedOffer,
    weigh_offer,
    weigh_visible,
)
from search_engine.relevance.doctrine.figures import (
    Context,
    DoctrineFigures,
    DrawFigures,
    find_context,
    sum_pages,
)
from search_engine.relevance.doctrine.measures import (
    PageMeasures,
    measure_draw,
    measure_page,
    select_first_band,
)
from search_engine.relevance.doctrine.patients import (
    DoctrineNeed,
    DoctrinePatient,
    draw_contrasting_places,
    draw_patients,
)
from search_engine.relevance.index_probe import IndexProbe
from search_engine.request.problems import PartialAnswer, SearchProblem, UnknownCode

PATIENTS, DRAW_SEARCHES = 400, 200
FIRST_PAGE = 5
MOST_OFFERS = 10_000
"""Of one circle; more are not read."""

FIELDS = [
    *("id", "kind", "structure_kind", "rpps", "cpts", "point", "precision", "participant"),
    *("timezone", "department", "landmass", "zone", "slots", "absences", "always_absent", "hours"),
    *("open_minutes", "profession", "specialties"),
]

Advance = Callable[[int], None]


class SeenPage(NamedTuple):
    """A first page: its cards weighed, the CPTS among them, and everybody in its circle."""

    cards: list[WeighedOffer]
    groups: frozenset[str]
    everybody: list[WeighedOffer]


async def measure_doctrine(
    probe: IndexProbe,
    *,
    profile: str,
    seed: int,
    patients: int = PATIENTS,
    draws: int = DRAW_SEARCHES,
    advance: Advance = lambda done: None,
) -> DoctrineFigures:
    """The figures of a profile; raises ``UnknownCode`` for one that does not exist, the errors of
    ``elastic.errors``, and ``PartialAnswer``."""
    places = await draw_contrasting_places(probe, seed)
    measured: dict[Context, list[PageMeasures]] = {context: [] for context in Context}
    counted: Counter[str] = Counter()
    called: Counter[str] = Counter()
    fullest: tuple[DoctrinePatient, list[WeighedOffer]] | None = None
    for done, patient in enumerate(draw_patients(places, patients, probe.now, seed), 1):
        advance(done)
        called[f"{patient.place.name} ({patient.place.department})"] += 1
        try:
            page = await fetch_seen_page(replace(probe, now=patient.now), patient, profile)
        except (PartialAnswer, UnknownCode):
            raise
        except SearchProblem:
            counted["refused"] += 1
            continue
        if not page.cards:
            counted["empty"] += 1
            continue
        context = find_context(find_density_class(patient.lat, patient.lon))
        measured[context].append(measure_page(page.cards, page.everybody, page.groups))
        band = select_first_band(page.everybody)
        if fullest is None or len(band) > len(fullest[1]):
            fullest = patient, band
    return DoctrineFigures(
        profile,
        {context: sum_pages(pages) for context, pages in measured.items()},
        await measure_index_draw(probe, fullest, profile, draws) if fullest else None,
        counted["empty"],
        counted["refused"],
        dict(called),
    )


def build_search(patient: DoctrinePatient, profile: str) -> dict[str, Any]:
    """The search of a patient, as a regulator makes it."""
    return {
        "what": patient.need.what,
        "lat": patient.lat,
        "lon": patient.lon,
        "size": FIRST_PAGE,
        "profile": profile,
        "seed": patient.seed,
        "facets": False,
    }


async def fetch_seen_page(probe: IndexProbe, patient: DoctrinePatient, profile: str) -> SeenPage:
    """The first page of a patient beside everybody as near as its farthest card."""
    answer = await probe.fetch_page(build_search(patient, profile))
    shown = [card.get("group", {}).get("best", card)["id"] for card in answer.page["results"]]
    groups = frozenset(
        card["group"]["finess"] for card in answer.page["results"] if "group" in card
    )
    stored = await fetch_by_ids(probe, shown)
    point = build_point(patient, answer.page["window"]["to"])
    cards = [weigh_offer(point, stored[key]) for key in shown if key in stored]
    farthest = max((card.km for card in cards), default=0.0)
    around = await fetch_around(probe, patient, farthest) if cards else []
    return SeenPage(cards, groups, weigh_visible(point, around))


def build_point(patient: DoctrinePatient, until: str) -> PatientPoint:
    """Where and when the patient calls, for the arithmetic."""
    lat, lon = patient.lat, patient.lon
    density, ground = find_density_class(lat, lon), find_ground(lat, lon)
    return PatientPoint(lat, lon, patient.now, datetime.fromisoformat(until), density, ground)


async def fetch_by_ids(probe: IndexProbe, ids: Sequence[str]) -> dict[str, Offer]:
    """Offers with their slots, by id."""
    body = {"query": {"ids": {"values": list(ids)}}, "size": FIRST_PAGE, "_source": FIELDS}
    hits = read_hits(await probe.index.fetch_answer(body)) if ids else []
    return {hit["_id"]: hit["_source"] for hit in hits}


async def fetch_around(probe: IndexProbe, patient: DoctrinePatient, km: float) -> list[Offer]:
    """Everybody who answers the need within so many kilometres and has a slot, or is on duty."""
    point = {"lat": patient.lat, "lon": patient.lon}
    filters = [
        {"geo_distance": {"distance": f"{km + 0.001:.3f}km", "point": point}},
        build_need_clause(patient.need),
        or_clause([HAS_SLOT, ON_DUTY]),
    ]
    body = {"query": {"bool": {"filter": filters}}, "size": MOST_OFFERS, "_source": FIELDS}
    return [hit["_source"] for hit in read_hits(await probe.index.fetch_answer(body))]


HAS_SLOT: Clause = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.types"}}}}
ON_DUTY: Clause = or_clause(
    [
        {"term": {"kind": Kind.SOS_POINT.value}},
        {"term": {"structure_kind": "unscheduled_care"}},
    ]
)


def build_need_clause(need: DoctrineNeed) -> Clause:
    """Who answers a need: for general medicine participating doctors and duty places too."""
    if need.profession is not None:
        return {"term": {"profession": need.profession}}
    clauses: list[Clause] = [{"terms": {"specialties": list(need.specialties)}}]
    if need.is_general:
        doctors = [{"term": {"participant": True}}, {"term": {"profession": "10"}}]
        clauses += [{"bool": {"filter": doctors}}, ON_DUTY]
    return or_clause(clauses)


async def measure_index_draw(
    probe: IndexProbe,
    fullest: tuple[DoctrinePatient, list[WeighedOffer]],
    profile: str,
    draws: int,
) -> DrawFigures | None:
    """Who comes first for the patient whose first band holds most offers, over many seeds."""
    patient, band = fullest
    if len(band) < 2:  # noqa: PLR2004 - nothing to draw
        return None
    alone = {**build_search(patient, profile), "size": 1, "group_cpts": False}
    then = replace(probe, now=patient.now)
    firsts = [
        await fetch_first_person(then, {**alone, "seed": patient.seed ^ draw})
        for draw in range(draws)
    ]
    return DrawFigures(len(band), draws, measure_draw(firsts, [one.person for one in band]))


async def fetch_first_person(probe: IndexProbe, raw_criteria: dict[str, Any]) -> str:
    """The RPPS of the first card, or its id."""
    answer = await probe.fetch_page(raw_criteria)
    first = answer.page["results"][0]
    return str(first.get("practitioner", {}).get("rpps", first["id"]))
