"""Zones that a search names: those of its place, where the place bounds it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from geography.departments import METROPOLE_ZONE, commune_zone
from geography.distance import distance_km
from geography.gazetteer import load_gazetteer
from search_engine.execution.resolve import NAMED_KM
from search_engine.query.opening_hours import open_now_clause
from search_engine.query.plan import find_zones
from search_engine.request.criteria import MAX_RADIUS_KM, Criteria
from search_engine.request.interpretation import Interpretation
from tests.search_engine.sample_offers import area

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
METROPOLE = ("Europe/Paris",)
DOCTOR = Interpretation("Médecine générale", specialties=("SM54",))
FINESS = Interpretation("480000017", finess="480000017")


@pytest.mark.parametrize(
    ("meaning", "criteria", "place", "zones"),
    [
        (DOCTOR, {}, {}, METROPOLE),
        (DOCTOR, {"consultation": ["HH", "VR"]}, {}, METROPOLE),
        (DOCTOR, {"consultation": ["VR"]}, {}, ()),
        (FINESS, {}, {}, ()),
        (DOCTOR, {}, {"department": "973", "zone": "America/Cayenne"}, ()),
    ],
    ids=["doctor", "consultations", "remote", "number", "overseas"],
)
def test_a_search_names_the_zone_of_the_metropole_where_it_stays_there(
    meaning: Interpretation,
    criteria: dict[str, Any],
    place: dict[str, Any],
    zones: tuple[str, ...],
) -> None:
    asked = Criteria(what="MG", lat=48.0, lon=2.0, **criteria)
    assert find_zones(asked, meaning, area(**place)) == zones


def test_no_circle_reaches_overseas_from_the_metropole() -> None:
    """So an exact name that is looked for beyond the circle needs no zone but one."""
    shores = [(48.46, -5.09), (43.3, -1.78), (41.36, 9.25), (51.09, 2.54), (48.97, 8.23)]
    overseas = [
        one for one in load_gazetteer().communes() if commune_zone(one.insee) != METROPOLE_ZONE
    ]
    nearest = min(
        distance_km(lat, lon, one.lat, one.lon) for lat, lon in shores for one in overseas
    )
    assert max(MAX_RADIUS_KM, NAMED_KM) < nearest


def test_one_zone_is_one_clause_of_the_same_minutes() -> None:
    every, one = open_now_clause(NOW)["bool"], open_now_clause(NOW, METROPOLE)["bool"]
    assert len(every["should"]) > len(one["should"]) == 1
    assert one["should"][0] in every["should"]
    assert one["must_not"] == every["must_not"]
