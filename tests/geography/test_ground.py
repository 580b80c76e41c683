"""Density, landmasses, shores and valleys: what the order counts with."""

from collections.abc import Iterator
from itertools import pairwise
from time import thread_time

import pytest

from geography.density import (
    AROUND_KM,
    DensityClass,
    find_density_class,
    measure_density,
    measure_share,
)
from geography.gazetteer import Commune, load_gazetteer
from geography.ground import find_ground, is_beyond_water, measure_detour
from geography.landmass import MAINLAND, find_landmass, is_across_water, load_landmasses
from geography.outlines import OutlineError, parse_outline
from geography.shore_zones import find_detours, find_zones, load_crossings, load_zones

COMMUNES = load_gazetteer()


def commune(name: str, department: str | None = None) -> Commune:
    return COMMUNES.by_name(name, department=department)[0]


CLASSES = {
    DensityClass.DENSE: [("Paris 15", "75"), ("Créteil", "94"), ("Lille", "59"), ("Nantes", "44")],
    DensityClass.URBAN: [("Brest", "29"), ("Rennes", "35"), ("Vannes", "56"), ("Ajaccio", "2A")],
    DensityClass.MIXED: [("Mende", "48"), ("Arles", "13"), ("Saint-Lô", "50"), ("Dole", "39")],
    DensityClass.RURAL: [("Florac Trois Rivières", "48"), ("Cilaos", "974"), ("Plouzévédé", "29")],
}


def test_the_class_of_an_area_is_that_of_its_inhabitants() -> None:
    wrong = [
        (name, find_density_class(town.lat, town.lon), expected)
        for expected, towns in CLASSES.items()
        for name, department in towns
        for town in [commune(name, department)]
        if find_density_class(town.lat, town.lon) is not expected
    ]
    assert wrong == []


def test_density_falls_without_a_step_on_the_way_out_of_a_town() -> None:
    """A town of half a million is no point: its suburb at 6 km is not the country."""
    town = commune("Toulouse")
    on_the_way = [measure_density(town.lat, town.lon + step * 0.01) for step in range(26)]
    drops = [before - after for before, after in pairwise(on_the_way)]
    assert max(drops) < measure_density(town.lat, town.lon) / 6
    assert min(drops) > -100  # another town comes near


@pytest.mark.parametrize("disc_km", [0.3, 4.9, 5.0, 7.0])
def test_the_share_of_a_disc_goes_from_all_to_nothing(disc_km: float) -> None:
    shares = [measure_share(km / 10, disc_km) for km in range(140)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(min(1.0, (AROUND_KM / disc_km) ** 2))
    assert shares[-1] == 0.0


def test_the_class_of_a_point_costs_under_a_millisecond() -> None:
    points = [(c.lat + 0.01, c.lon - 0.01) for c in list(COMMUNES.communes())[::70]]
    find_density_class(*points[0])
    times = sorted(measure_seconds(points))
    assert times[int(len(times) * 0.95)] < 0.001


def measure_seconds(points: list[tuple[float, float]]) -> Iterator[float]:
    for point in points:
        started = thread_time()
        find_density_class(*point)
        yield thread_time() - started


LANDMASSES = {
    "mainland": [("Mende", "48"), ("Ars-en-Ré", "17"), ("Saint-Trojan-les-Bains", "17")],
    "corse": [("Ajaccio", "2A"), ("Bastia", "2B")],
    "ouessant": [("Ouessant", "29")],
    "belle-ile": [("Le Palais", "56"), ("Sauzon", "56")],
    "yeu": [("L'Île-d'Yeu", "85")],
    "guadeloupe": [("Pointe-à-Pitre", "971"), ("Basse-Terre", "971")],
    "marie-galante": [("Grand-Bourg", "971")],
    "desirade": [("La Désirade", "971")],
    "mayotte": [("Mamoudzou", "976")],
    "petite-terre": [("Pamandzi", "976"), ("Dzaoudzi", "976")],
    "saint-barthelemy": [("Saint-Barthélemy", "977")],
    "miquelon": [("Miquelon-Langlade", "975")],
    "saint-pierre": [("Saint-Pierre", "975")],
    "futuna": [("Alo", "986"), ("Sigave", "986")],
    "tahiti": [("Papeete", "987"), ("Punaauia", "987")],
    "nouvelle-caledonie": [("Nouméa", "988"), ("Koné", "988")],
    "lifou": [("Lifou", "988")],
}


def test_a_commune_and_its_own_point_are_on_one_landmass() -> None:
    told = {
        (c.insee, c.name): (find_landmass(c.lat, c.lon, c.insee), find_landmass(c.lat, c.lon))
        for c in COMMUNES.communes()
        if not c.parent
    }
    assert [who for who, (by_code, by_point) in told.items() if by_code != by_point] == []
    named = {name: landmass for landmass, towns in LANDMASSES.items() for name, _ in towns}
    found = {
        name: told[town.insee, town.name][0]
        for towns in LANDMASSES.values()
        for name, department in towns
        for town in [commune(name, department)]
    }
    assert found == named


def test_the_table_of_landmasses_names_communes_of_today_and_no_commune_twice() -> None:
    codes = [code for row in load_landmasses().values() for code in row.communes]
    assert len(codes) == len(set(codes))
    towns = [code for code in codes if len(code) == 5]
    assert [c for c in towns if (known := COMMUNES.by_insee(c)) is None or known.insee != c] == []
    joined = {row.joined_to for row in load_landmasses().values()} - {None, MAINLAND}
    assert joined <= load_landmasses().keys()


def test_an_island_of_a_commune_of_the_coast_is_told_by_its_point() -> None:
    hyeres = commune("Hyères")
    points = {
        (43.0005, 6.2005): "porquerolles",
        (43.006, 6.382): "port-cros",
        (47.7205, -3.995): "glenan",
        (48.871, -1.829): "chausey",
        (43.28, 5.305): "frioul",
        (hyeres.lat, hyeres.lon): MAINLAND,
        (43.0405, 6.129): MAINLAND,  # Giens, the last houses before the island
    }
    assert {point: find_landmass(*point, hyeres.insee) for point in points} == points


def test_a_point_on_the_shore_before_an_island_is_not_on_it() -> None:
    """The nearest town hall is the island's: Port-Blanc in Baden, 600 m from Île-aux-Moines."""
    assert find_landmass(47.606, -2.868) == MAINLAND
    assert find_landmass(47.597, -2.845) == "ile-aux-moines"
    assert find_landmass(48.724, -3.984) == MAINLAND  # Roscoff, before Batz


def test_water_lies_between_landmasses_only() -> None:
    assert is_across_water(MAINLAND, "ouessant")
    assert is_across_water("guadeloupe", "desirade")
    assert not is_across_water("ouessant", "ouessant")
    assert not is_across_water(MAINLAND, None)
    ouessant, brest = (
        find_ground(c.lat, c.lon, c.insee) for c in map(commune, ("Ouessant", "Brest"))
    )
    assert is_beyond_water(ouessant, brest) and not is_beyond_water(brest, brest)


DETOURS = {
    ("Pauillac", "Blaye"): 60,
    ("Brest", "Crozon"): 35,
    ("Brest", "Plougastel-Daoulas"): 0,
    ("Arcachon", "Lège-Cap-Ferret"): 45,
    ("Thonon-les-Bains", "Divonne-les-Bains"): 25,
    ("Modane", "Courchevel"): 60,
    ("Dinard", "Saint-Malo"): 12,
    ("Cilaos", "Salazie"): 100,
    ("Cilaos", "Saint-Leu"): 45,
    ("Cilaos", "Saint-Louis (974)"): 40,
    ("Salazie", "Saint-André (974)"): 0,
    ("Mende", "Langogne"): 0,
    ("Locmariaquer", "Arzon"): 40,
    ("Jausiers", "Isola"): 90,
}


def test_shores_and_passes_add_minutes_both_ways() -> None:
    ground = {
        name: find_ground(c.lat, c.lon, c.insee)
        for pair in DETOURS
        for name in pair
        for c in [commune(name)]
    }
    assert {pair: measure_detour(ground[pair[0]], ground[pair[1]]) for pair in DETOURS} == DETOURS
    assert {pair: measure_detour(ground[pair[1]], ground[pair[0]]) for pair in DETOURS} == DETOURS


def test_a_detour_is_listed_by_the_zone_it_leads_to() -> None:
    crozon = commune("Crozon")
    assert find_detours(find_zones(crozon.lat, crozon.lon)) == {
        "rade-brest-nord": 35,
        "douarnenez": 20,
    }
    assert find_detours(()) == {}


def test_crossings_join_known_zones_that_do_not_overlap() -> None:
    assert load_crossings().keys() == load_zones().keys()
    zones = {c.insee: set(find_zones(c.lat, c.lon)) for c in COMMUNES.communes()}
    both = [
        (insee, zone, other)
        for insee, inside in zones.items()
        for zone in inside
        for other in inside & load_crossings()[zone].keys()
    ]
    assert both == []


@pytest.mark.parametrize("text", ["", "1 2, 3 4", "1 2, 3 4, five 6", "1 2 3, 4 5, 6 7"])
def test_an_outline_that_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(OutlineError):
        parse_outline(text)
