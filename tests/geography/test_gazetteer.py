"""The communes of France, offline."""

import gzip
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geography.distance import distance_km
from geography.gazetteer import COMMUNES, Commune, Gazetteer, PointSource, load_gazetteer
from geography.place_names import name_key, split_place
from mappings.analysis import fold

GAZETTEER = load_gazetteer()
BOXES = {
    "metropole": (41.2, 51.2, -5.3, 9.7),
    "971": (15.8, 16.6, -61.9, -61.0),
    "972": (14.3, 15.0, -61.3, -60.7),
    "973": (2.0, 6.0, -54.7, -51.5),
    "974": (-21.5, -20.8, 55.1, 55.9),
    "975": (46.7, 47.2, -56.5, -56.0),
    "976": (-13.1, -12.5, 44.9, 45.4),
    "977": (17.8, 18.0, -63.0, -62.7),
    "978": (18.0, 18.2, -63.2, -62.9),
    "986": (-14.4, -13.1, -178.3, -176.0),
    "987": (-28.0, -7.8, -155.0, -134.0),
    "988": (-22.9, -19.4, 163.4, 168.3),
}


def codes(communes: list[Commune]) -> list[str]:
    return [commune.insee for commune in communes]


def test_every_commune_district_and_postcode_is_there() -> None:
    everything = list(GAZETTEER.communes())
    current = [c for c in everything if c.parent is None]
    assert len(current) == 34_963
    assert len(everything) - len(current) == 45
    assert sum(c.population for c in current) == 68_952_941
    assert len({p for c in current for p in c.postcodes}) == 6_309


def test_every_commune_has_a_point_in_its_territory() -> None:
    outside = [
        c.insee
        for c in GAZETTEER.communes()
        for south, north, west, east in [BOXES.get(c.department, BOXES["metropole"])]
        if not (south <= c.lat <= north and west <= c.lon <= east)
    ]
    assert outside == []


def test_points_come_from_the_hall_or_the_contour_or_neighbours_or_a_hand_table() -> None:
    current = [c for c in GAZETTEER.communes() if c.parent is None]
    count = {s: sum(c.point_source == s for c in current) for s in PointSource}
    assert count == {"hall": 32_890, "contour": 1_980, "neighbours": 5, "hand": 88}
    neighbours = {c.insee for c in current if c.point_source == "neighbours"}
    assert neighbours == {"14581", "15031", "15035", "15047", "15171"}
    overseas = ("975", "977", "978", "986", "987", "988")
    assert all(c.department in overseas for c in current if c.point_source == "hand")


@pytest.mark.parametrize(
    ("insee", "name", "lat", "lon"),
    [
        ("55266", "Lachalade", 49.17, 4.98),  # its town hall is published at lat = lon
        ("48095", "Mende", 44.518, 3.501),
        ("97411", "Saint-Denis", -20.88, 55.45),
        ("97105", "Basse-Terre", 16.0, -61.73),
        ("2A004", "Ajaccio", 41.92, 8.74),
    ],
)
def test_known_communes_stand_where_they_are(insee: str, name: str, lat: float, lon: float) -> None:
    commune = GAZETTEER.by_insee(insee)
    assert commune is not None
    assert commune.name == name
    assert distance_km(commune.lat, commune.lon, lat, lon) < 15


def test_a_code_given_up_in_a_merger_answers_the_current_commune() -> None:
    merged = GAZETTEER.by_insee("01340")
    assert merged is not None
    assert (merged.insee, merged.name) == ("01015", "Arboys en Bugey")
    assert GAZETTEER.by_insee("99999") is None


def test_a_part_of_a_merged_commune_keeps_its_own_point() -> None:
    whole = GAZETTEER.by_insee("01015")
    part = GAZETTEER.by_name("Arbignieu")[0]
    assert whole is not None
    assert (part.insee, part.part) == ("01015", "Arbignieu")
    assert 0 < distance_km(whole.lat, whole.lon, part.lat, part.lon) < 15


@pytest.mark.parametrize(
    ("code", "current"),
    [("97123", "97701"), ("97127", "97801"), ("97150", "97801"), ("97133", "97133")],
)
def test_the_northern_islands_left_guadeloupe(code: str, current: str) -> None:
    commune = GAZETTEER.by_insee(code)
    assert commune is not None
    assert commune.insee == current


@pytest.mark.parametrize(
    ("written", "insee"),
    [
        ("Saint-Étienne", "42218"),
        ("ST ETIENNE", "42218"),
        ("st. étienne", "42218"),
        ("Ste-Foy-lès-Lyon", "69202"),
        ("Chalon s/Saône", "71076"),
        ("CHALON SUR SAONE", "71076"),
        ("L’Haÿ-les-Roses", "94038"),
        ("HAY LES ROSES", "94038"),
        ("Le Havre", "76351"),
        ("Havre", "76351"),
        ("Œuilly", "51410"),
        ("OEUILLY", "51410"),
        ("VANDOEUVRE LEZ NANCY", "54547"),
        ("METZ CEDEX 03", "57463"),
        ("Paris", "75056"),
        ("Paris 15e", "75115"),
        ("PARIS 15EME ARRONDISSEMENT", "75115"),
        ("Paris 1er", "75101"),
        ("PARIS 01", "75101"),
        ("PARIS CEDEX 15", "75115"),
        ("Lyon 3e arrondissement", "69383"),
        ("LYON CEDEX 03", "69383"),
        ("Marseille 16", "13216"),
        ("75015 Paris", "75115"),
        ("75116 PARIS", "75116"),
        ("48000", "48095"),
        ("48000 Mende", "48095"),
        ("Mende 48000", "48095"),
        ("Mende (48)", "48095"),
        ("Saint-Denis (974)", "97411"),
        ("Ajaccio (2a)", "2A004"),
    ],
)
def test_a_name_is_found_however_it_is_written(written: str, insee: str) -> None:
    assert codes(GAZETTEER.by_name(written))[0] == insee


def test_homonyms_come_by_population_and_a_department_or_postcode_decides() -> None:
    homonyms = GAZETTEER.by_name("Saint-Denis")
    people = [c.population for c in homonyms if c.part is None]
    assert len(people) > 2
    assert people == sorted(people, reverse=True)
    assert codes(GAZETTEER.by_name("Saint Denis", department="93")) == ["93066"]
    assert codes(GAZETTEER.by_name("Saint Denis", postcode="97400")) == ["97411"]
    assert GAZETTEER.by_name("Saint Denis", department="48") == []


def test_a_name_nobody_bears_is_not_found() -> None:
    assert GAZETTEER.by_name("Nullepart-les-Oies") == []
    assert GAZETTEER.by_name("") == []
    assert GAZETTEER.by_name("12345678901") == []


def test_every_name_finds_its_own_commune() -> None:
    lost = [c.insee for c in GAZETTEER.communes() if c not in GAZETTEER.by_name(c.name)]
    assert lost == []


def test_the_fast_fold_is_the_fold_of_the_index() -> None:
    names = [c.name for c in GAZETTEER.communes() if not any(d.isdigit() for d in c.name)]
    short = {"st", "ste", "sts", "stes", "s", "ss", "lez"}
    different = [n for n in names if not short & set(fold(n).split()) and name_key(n) != fold(n)]
    assert different == []


def test_a_postcode_gives_its_communes_and_never_a_city_with_districts() -> None:
    assert codes(GAZETTEER.by_postcode("48000"))[0] == "48095"
    assert codes(GAZETTEER.by_postcode("75015")) == ["75115"]
    assert codes(GAZETTEER.by_postcode("97133")) == ["97701"]
    assert codes(GAZETTEER.by_postcode("97150")) == ["97801"]
    assert GAZETTEER.by_postcode("57085") == []


@pytest.mark.proves("W49")
def test_corsica_is_two_departments_whatever_the_postcode() -> None:
    assert {c.department for c in GAZETTEER.by_postcode("20000")} == {"2A"}
    assert {c.department for c in GAZETTEER.by_postcode("20200")} == {"2B"}
    assert len(GAZETTEER.in_department("2A")) == 124
    assert len(GAZETTEER.in_department("2B")) == 236


def test_a_city_and_its_districts_denote_the_same_ground() -> None:
    assert len(GAZETTEER.insee_family("75056")) == 21
    assert len(GAZETTEER.insee_family("69123")) == 10
    assert len(GAZETTEER.insee_family("13055")) == 17
    assert GAZETTEER.insee_family("75115") == ("75115", "75056")
    assert GAZETTEER.insee_family("48095") == ("48095",)
    assert GAZETTEER.insee_family("01340") == ("01015",)


def test_a_department_lists_each_commune_once() -> None:
    assert codes(list(GAZETTEER.in_department("75"))) == ["75056"]
    assert len(GAZETTEER.in_department("976")) == 17
    assert GAZETTEER.in_department("00") == ()


def test_completion_puts_the_largest_first() -> None:
    people = [c.population for c in GAZETTEER.starting_with("men")]
    assert people == sorted(people, reverse=True)
    assert len(people) == 10
    assert [c.insee for c in GAZETTEER.starting_with("st eti", 1)] == ["42218"]


def test_a_beginning_by_whole_words_leaves_out_longer_words_and_the_name_itself() -> None:
    longer = GAZETTEER.starting_with("Lons", limit=None, whole_words=True)
    assert [c.insee for c in longer] == ["39300"]
    assert not GAZETTEER.starting_with("Montpel", whole_words=True)
    cherbourg = GAZETTEER.starting_with("Cherbourg", whole_words=True)
    assert [(c.insee, c.part) for c in cherbourg] == [("50129", None)]


def test_the_nearest_commune_at_longitude_zero() -> None:
    nearest = GAZETTEER.nearest(44.9, 0.0)
    assert nearest.department in ("33", "24", "47")
    assert distance_km(44.9, 0.0, nearest.lat, nearest.lon) < 10


def test_the_nearest_to_a_point_in_a_city_is_a_district() -> None:
    assert GAZETTEER.nearest(48.8415, 2.3).insee == "75115"


@settings(max_examples=12, deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180))
def test_nearest_is_the_nearest_of_all_anywhere(lat: float, lon: float) -> None:
    check_nearest(lat, lon)


@settings(max_examples=12, deadline=None)
@given(st.floats(41, 51.5), st.floats(-5.5, 9.8))
def test_nearest_is_the_nearest_of_all_in_france(lat: float, lon: float) -> None:
    check_nearest(lat, lon)


def check_nearest(lat: float, lon: float) -> None:
    found = GAZETTEER.nearest(lat, lon)
    least = min(
        distance_km(lat, lon, c.lat, c.lon)
        for c in GAZETTEER.communes()
        if c.insee not in ("75056", "69123", "13055")
    )
    assert distance_km(lat, lon, found.lat, found.lon) == pytest.approx(least)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_a_lookup(text: str) -> None:
    place = split_place(text)
    assert len(place.street) + len(place.city) <= len(text)
    assert isinstance(GAZETTEER.by_name(text), list)


INDEXES = {name for name, of in vars(Gazetteer).items() if isinstance(of, cached_property)}


def test_it_loads_without_building_an_index() -> None:
    assert INDEXES
    assert INDEXES.isdisjoint(vars(Gazetteer()))


def test_a_warm_gazetteer_makes_no_search_wait() -> None:
    warm = Gazetteer().build_indexes()
    built = set(vars(warm))
    assert warm.by_name("Mende")
    assert warm.starting_with("mend")
    assert warm.nearest(44.5, 3.5)
    assert warm.in_department("48")
    assert set(vars(warm)) == built


def test_the_table_is_small_and_bears_no_date() -> None:
    packed = COMMUNES.read_bytes()
    assert len(packed) < 1_100_000
    assert packed[4:8] == b"\0\0\0\0"
    assert packed[9] == 255


def test_a_table_of_another_shape_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "communes.csv.gz"
    old.write_bytes(gzip.compress(b"insee,name\n48095,Mende\n"))
    with pytest.raises(ValueError, match="rebuild it"):
        Gazetteer(old)
