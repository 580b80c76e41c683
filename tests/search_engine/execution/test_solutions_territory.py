"""Solutions whose territory holds the patient: commune, district, department, circle."""

from collections import Counter
from math import acos, cos, degrees, radians, sin
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from geography.gazetteer import load_gazetteer
from mappings.formats import Circle
from search_engine.query.solutions import BANDS_KM
from search_engine.request.area import Area, department_area, find_department, insee_area
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import KM, LAT, LON, Offer, area
from tests.search_engine.sample_solutions import around, index_solutions, plan, solution

GAZETTEER = load_gazetteer()


def commune(insee: str) -> Area:
    return insee_area(GAZETTEER, insee, None)


def whole(code: str) -> Area:
    return department_area(find_department(code), None)


@pytest.mark.proves("F121", "W47")
@pytest.mark.parametrize(
    ("covered", "asked", "held"),
    [
        ("14754", "14754", True),
        ("14754", "14715", False),
        ("75056", "75115", True),
        ("75115", "75056", True),
        ("75115", "75115", True),
        ("75115", "75116", False),
        ("69123", "69383", True),
        ("2A004", "2A004", True),
        ("97411", "97411", True),
        ("98735", "98735", True),
    ],
)
async def test_a_commune_or_the_same_ground(
    index_offers: IndexOffers, covered: str, asked: str, held: bool
) -> None:
    market = index_solutions(index_offers, solution("here", covers_insee=["01001", covered]))
    cards = await market.cards(where=commune(asked))
    assert [card["coverage"] for card in cards] == [{"kind": "commune"}] * held


@pytest.mark.proves("F121")
@pytest.mark.parametrize(
    ("insee", "department"), [("14754", "14"), ("2A004", "2A"), ("97411", "974"), ("97502", "975")]
)
async def test_a_department_around_a_place_of_it(
    index_offers: IndexOffers, insee: str, department: str
) -> None:
    every = [solution(f"d{code}", code) for code in ("14", "2A", "2B", "974", "975")]
    market = index_solutions(index_offers, *every)
    assert await market.keys(where=commune(insee)) == [f"d{department}"]
    assert await market.keys(where=whole(department)) == [f"d{department}"]


@pytest.mark.proves("F121", "W21")
async def test_a_circle_holds_what_is_inside_its_edge(index_offers: IndexOffers) -> None:
    offers = [
        around("inside", LAT + 20 * KM, LON, 20.01),
        around("outside", LAT + 20 * KM, LON, 19.99),
        around("band-edge", LAT + 19.999 * KM, LON, 20),
        around("larger", LAT - 400 * KM, LON, 500),
        around("too-far", LAT - 500.5 * KM, LON, 500),
        around("east", LAT, LON + 0.001, 0.1),
        around("west", LAT, LON - 0.001, 0.05),
        around("here", LAT, LON, 0.001),
    ]
    cards = await index_solutions(index_offers, *offers).cards()
    found = {card["title"].split()[1]: card["coverage"] for card in cards}
    assert found == {
        "inside": {"kind": "circle", "km": 20.01},
        "band-edge": {"kind": "circle", "km": 20},
        "larger": {"kind": "circle", "km": 500},
        "east": {"kind": "circle", "km": 0.1},
        "here": {"kind": "circle", "km": 0.001},
    }


async def test_a_circle_depends_on_the_place_not_on_the_radius_searched(
    index_offers: IndexOffers,
) -> None:
    market = index_solutions(index_offers, around("far", LAT + 30 * KM, LON, 40))
    for radius in (1.0, 20.0, 200.0):
        assert await market.keys(where=area(radius_km=radius)) == ["far"]


@pytest.mark.proves("F121", "W36")
async def test_a_whole_department_is_served_by_those_at_home_in_it(
    index_offers: IndexOffers,
) -> None:
    offers = [
        around("near-border", 49.2, 0.0, 100, department="27"),
        around("circle", 49.18, -0.36, 5),
        solution("town", covers_insee=["14118"]),
        solution("visitor", "61", "14", department="61"),
        solution("visitor-town", covers_insee=["14118", "61001", "61002"], department="61"),
    ]
    cards = await index_solutions(index_offers, *offers).cards(where=whole("14"))
    assert [(card["title"], card["coverage"]) for card in cards] == [
        ("Solution visitor", {"kind": "department"}),
        ("Solution circle", {"kind": "circle", "km": 5}),
        ("Solution town", {"kind": "commune"}),
    ]


def test_the_bands_go_as_far_as_the_largest_circle_accepted() -> None:
    assert Circle(lat=0, lon=0, km=BANDS_KM[-1])
    with pytest.raises(ValidationError):
        Circle(lat=0, lon=0, km=BANDS_KM[-1] + 1)


CENTRES = ((49.3211, 0.0), (48.8566, 2.3522), (41.9192, 8.7386), (-20.8823, 55.4504))


def random_solution(random: Random, number: int) -> Offer:
    """A solution that covers something around one of the centres, in one to three ways."""
    lat, lon = random.choice(CENTRES)
    near = GAZETTEER.nearest(lat + random.gauss(0, 0.3), lon + random.gauss(0, 0.3))
    made: dict[str, Any] = {}
    for way in random.sample(("communes", "departments", "circle"), random.choice((1, 1, 2, 3))):
        if way == "communes":
            made["covers_insee"] = [near.insee, random.choice(("75056", "75104", "2A004"))]
        elif way == "departments":
            made["covers_departments"] = random.sample(("14", "75", "2A", "974", "27"), 2)
        else:
            km = random.choice((0.5, 5, 7.5, 19.9, 50, 180, 500))
            point = {"lat": near.lat + random.gauss(0, 0.2), "lon": near.lon}
            made |= {"covers_km": km, "point": point}
    return solution(f"s{number}", department=near.department, **made)


def somewhere(random: Random) -> Area:
    """A place around one of the centres, one time in two on its very meridian."""
    lat, lon = random.choice(CENTRES)
    lat, lon = lat + random.gauss(0, 0.2), lon + random.choice((0.0, random.gauss(0, 0.2)))
    town = GAZETTEER.nearest(lat, lon)
    return area(lat=lat, lon=lon, insee=town.insee, department=town.department)


def kilometres(where: Area, point: dict[str, float]) -> float:
    """The angle between two directions from the centre of the Earth, times its radius."""
    a, b, turn = radians(where.lat), radians(point["lat"]), radians(where.lon - point["lon"])
    angle = sin(a) * sin(b) + cos(a) * cos(b) * cos(turn)
    return degrees(acos(max(-1.0, min(1.0, angle)))) * 111.1950797


def find_coverage(where: Area, offer: Offer) -> str | None:
    """How the solution holds the place, from its record alone; ``edge`` when too near to tell."""
    in_paris = where.department == "75"
    if {where.insee, "75056" if in_paris else where.insee} & set(offer.get("covers_insee", [])):
        return "commune"
    if "covers_km" in offer:
        beyond = kilometres(where, offer["point"]) - offer["covers_km"]
        if abs(beyond) < 0.01:
            return "edge"
        if beyond < 0:
            return "circle"
    return "department" if where.department in offer.get("covers_departments", []) else None


@pytest.mark.proves("F121")
async def test_random_territories_give_what_plain_arithmetic_gives(
    index_offers: IndexOffers,
) -> None:
    random = Random(121)
    offers = [random_solution(random, number) for number in range(60)]
    market, seen = index_solutions(index_offers, *offers), Counter[str]()
    for _ in range(60):
        where = somewhere(random)
        result = {offer["id"]: way for offer in offers if (way := find_coverage(where, offer))}
        block = await market.block(plan(where=where))
        assert "edge" not in result.values()
        assert block["total"] == {"value": len(result), "relation": "eq"}
        for card in block["results"]:
            assert card["coverage"]["kind"] == result[card["id"]]
            seen[result[card["id"]]] += 1
    assert min(seen[way] for way in ("commune", "circle", "department")) >= 10
