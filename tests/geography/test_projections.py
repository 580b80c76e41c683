"""Raw coordinates made WGS84."""

import math
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geography.distance import distance_km
from geography.gazetteer import Commune, load_gazetteer
from geography.projections import (
    GUESSABLE_AREAS,
    LAMBERT_93,
    METROPOLE,
    OVERSEAS,
    ProjectedPoint,
    find_projection_area,
    is_in_department,
    parse_coordinate,
    parse_epsg,
    precision_rank,
    to_wgs84,
)
from geography.reasons import Note, Refusal

GAZETTEER = load_gazetteer()
NEW_CALEDONIA = find_projection_area("988")
"""Its eastings and northings overlap: swapped axes cannot be seen there."""
OLD = "1,ATLASANTE,100,IGN,BD_ADRESSE,V2.1,"


class Sample(NamedTuple):
    """A raw point, and the longitude and latitude it must give (data-sources 2.3)."""

    department: str
    source: str
    x: float
    y: float
    lon: float
    lat: float


SAMPLES = [
    Sample("01", f"{OLD}LAMBERT_93", 870262.2, 6571540.8, 5.209181, 46.222286),
    Sample("971", f"{OLD}UTM_N20", 657242.9, 1795384.4, -61.528737, 16.234004),
    Sample("973", f"{OLD}UTM_N22", 353672.8, 544349.1, -52.319727, 4.923467),
    Sample("974", f"{OLD}UTM_S40", 323086.6, 7679599.8, 55.298207, -20.975711),
    Sample("976", "EPSG:4471 RGM04/UTM zone 38S", 524819.9, 8587194.7, 45.228678, -12.779886),
    Sample("975", "WGS84/UTM zone 21N (SPM)", 563213.8, 5180306.8, -56.172013, 46.773315),
]


def metres(point: ProjectedPoint | Refusal, lon: float, lat: float) -> float:
    assert isinstance(point, ProjectedPoint)
    return 1000 * distance_km(point.lat, point.lon, lat, lon)


@pytest.mark.parametrize("sample", SAMPLES)
def test_published_samples_to_the_metre(sample: Sample) -> None:
    point = to_wgs84(sample.x, sample.y, sample.source, sample.department)
    assert metres(point, sample.lon, sample.lat) < 1
    assert isinstance(point, ProjectedPoint)
    assert point.notes == ()


@pytest.mark.parametrize("sample", SAMPLES)
def test_swapped_axes_are_seen_by_value(sample: Sample) -> None:
    point = to_wgs84(sample.y, sample.x, sample.source, sample.department)
    assert metres(point, sample.lon, sample.lat) < 1
    assert isinstance(point, ProjectedPoint)
    assert Note.AXES_SWAPPED in point.notes


@pytest.mark.parametrize("sample", SAMPLES)
def test_without_token_or_department_the_values_decide(sample: Sample) -> None:
    _, _, x, y, lon, lat = sample
    assert metres(to_wgs84(x, y), lon, lat) < 1
    assert metres(to_wgs84(x, y, "coordonnee", sample.department), lon, lat) < 1
    assert metres(to_wgs84(lon, lat, "", sample.department), lon, lat) < 0.2
    assert metres(to_wgs84(lat, lon, "", sample.department), lon, lat) < 0.2


@pytest.mark.parametrize("sample", SAMPLES[1:])
def test_overseas_point_announced_as_lambert_is_read_in_its_own_projection(sample: Sample) -> None:
    point = to_wgs84(
        sample.x, sample.y, "1,ATLASANTE,100,IGN,BD_ADRESSE,V2.1,LAMBERT_93", sample.department
    )
    assert metres(point, sample.lon, sample.lat) < 1
    assert isinstance(point, ProjectedPoint)
    assert Note.PROJECTION_FROM_DEPARTMENT in point.notes


@pytest.mark.parametrize(
    ("source", "epsg"),
    [
        ("1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)", 2154),
        ("2,ATLASANTE,96,BAN,EPSG:5490 RGAF09/UTM Zone 20N (Antilles)", 5490),
        ("WGS84/UTM zone 21N (St-Pierre-et-Miquelon)", 4467),
        ("x,LAMBERT_93", 2154),
        ("UTM_S38", 4471),
        ("", None),
        ("direction", None),
    ],
)
def test_projections_are_named_by_their_source(source: str, epsg: int | None) -> None:
    assert parse_epsg(source) == epsg


def test_the_rank_leads_the_source() -> None:
    assert precision_rank("3,ATLASANTE,84") == 3
    assert precision_rank("direction") is None


@pytest.mark.proves("F016", "W21")
def test_longitude_zero_is_a_place() -> None:
    point = to_wgs84("0,0", "44.9", "", "33")
    assert isinstance(point, ProjectedPoint)
    assert (point.lat, point.lon) == (44.9, 0.0)
    assert is_in_department(44.9, 0.0, "33")


@pytest.mark.parametrize(
    ("x", "y", "department", "refusal"),
    [
        ("", "44.5", None, Refusal.EMPTY),
        (None, None, None, Refusal.EMPTY),
        ("   ", "1", None, Refusal.EMPTY),
        ("NaN", "44.5", None, Refusal.NOT_A_NUMBER),
        (math.inf, 44.5, None, Refusal.NOT_A_NUMBER),
        (r"\N", "44.5", None, Refusal.NOT_A_NUMBER),
        ("0", "0", None, Refusal.ZERO_ZERO),
        (0.0, -0.0, "75", Refusal.ZERO_ZERO),
        ("49.166911", "49.166911", "55", Refusal.LAT_EQUALS_LON),
        (-5.209, 46.222, "01", Refusal.SIGN_FLIPPED),
        (5.209, -46.222, "01", Refusal.SIGN_FLIPPED),
        (61.55, 16.25, "971", Refusal.SIGN_FLIPPED),
        (0.58, 44.84, "33", Refusal.SIGN_FLIPPED),
        (13.4, 52.5, None, Refusal.OUTSIDE_FRANCE),
        (13.4, 52.5, "67", Refusal.OUTSIDE_FRANCE),
        (5.209181, 46.222286, "48", Refusal.OUTSIDE_DEPARTMENT),
        (870262.2, 6571540.8, "48", Refusal.OUTSIDE_DEPARTMENT),
        (999999999, 999999998, None, Refusal.OUTSIDE_FRANCE),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_reason(
    x: str | float | None, y: str | float | None, department: str | None, refusal: Refusal
) -> None:
    assert to_wgs84(x, y, "", department) is refusal


def test_a_projection_that_does_not_exist_is_passed_over() -> None:
    point = to_wgs84(870262.2, 6571540.8, "EPSG:99999", "01")
    assert metres(point, 5.209181, 46.222286) < 1


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("5,25", 5.25),
        (" 5.25 ", 5.25),
        ("870 262,2", 870262.2),
        ("-0.5", -0.5),
        ("0", 0.0),
        (3, 3.0),
    ],
)
def test_numbers_as_sources_write_them(written: str | float, number: float) -> None:
    assert parse_coordinate(written) == number


def test_every_commune_point_is_in_its_own_department() -> None:
    sample = [c for i, c in enumerate(GAZETTEER.communes()) if i % 97 == 0]
    assert [c.insee for c in sample if not is_in_department(c.lat, c.lon, c.department)] == []


def test_ten_kilometres_outside_are_tolerated_and_fifty_are_not() -> None:
    mende = GAZETTEER.by_insee("48095")
    assert mende is not None
    assert not is_in_department(mende.lat + 1.0, mende.lon, "48")
    border = min(GAZETTEER.in_department("48"), key=lambda c: c.lat)
    assert is_in_department(border.lat - 0.05, border.lon, "48")
    assert not is_in_department(border.lat - 0.5, border.lon, "48")


def test_northings_tell_territories_apart() -> None:
    ranges = sorted(t.northing for t in GUESSABLE_AREAS)
    assert all(a[1] < b[0] for a, b in pairwise(ranges))


@settings(deadline=None)
@given(
    st.sampled_from([c for i, c in enumerate(GAZETTEER.communes()) if i % 50 == 0]), st.booleans()
)
def test_any_commune_survives_its_own_projection(place: Commune, swapped: bool) -> None:
    territory = find_projection_area(place.department)
    forward = Transformer.from_crs(4326, territory.epsg, always_xy=True)
    x, y = forward.transform(place.lon, place.lat)
    assume(not (swapped and territory is NEW_CALEDONIA))
    point = to_wgs84(*((y, x) if swapped else (x, y)), "", place.department)
    assert metres(point, place.lon, place.lat) < 1
    if territory in GUESSABLE_AREAS:
        assert metres(to_wgs84(x, y), place.lon, place.lat) < 1


@settings(deadline=None)
@given(
    st.one_of(st.floats(), st.text(max_size=12), st.none()),
    st.one_of(st.floats(), st.text(max_size=12), st.none()),
    st.sampled_from([None, "01", "974", "2A", "unknown"]),
)
def test_whatever_comes_is_a_point_in_france_or_a_reason(
    x: str | float | None, y: str | float | None, department: str | None
) -> None:
    point = to_wgs84(x, y, "LAMBERT_93", department)
    if isinstance(point, ProjectedPoint):
        boxes = (METROPOLE.box, *(t.box for t in OVERSEAS))
        assert any(box.contains(point.lat, point.lon) for box in boxes)
    else:
        assert isinstance(point, Refusal)


def test_metropole_is_everything_not_overseas() -> None:
    assert find_projection_area("48").epsg == LAMBERT_93
    assert find_projection_area("978").epsg == 5490
