"""Where a patient is without any network: communes and departments in a line of text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geography.departments import departments
from geography.gazetteer import load_gazetteer
from geography.geocoding.geocoder import GAZETTEER, DepartmentMatch, GeocodedAddress, Geocoder
from geography.geocoding.settings import GeocoderSettings
from geography.where.department_text import match_department
from geography.where.text_place import find_other_communes
from mappings.records import Precision

STREET = "12 rue de la République 48000 Mende"
OFFLINE = Geocoder(GeocoderSettings(url="off"))
COMMUNES = load_gazetteer()


async def find_address(text: str, **codes: str) -> GeocodedAddress:
    place = await OFFLINE.geocode(text, **codes)  # type: ignore[arg-type]
    assert place is not None
    return place


@pytest.mark.parametrize(
    ("text", "insee", "score"),
    [
        (STREET, "48095", 0.5),
        ("12 rue X 48000 Mende", "48095", 0.5),
        ("12 rue X, Mende 48000", "48095", 0.5),
        ("12 rue X Badaroux 48000", "48013", 0.5),
        ("12 rue X 48000", "48095", 0.5),
        ("12 rue X, Mende", "48095", 0.5),
        ("12 rue X, 57085 METZ CEDEX 03", "57463", 0.5),
        ("12 rue Lecourbe 75015 Paris", "75115", 0.5),
        ("12 rue X Lyon 3e", "69383", 0.5),
        ("5 avenue Foch Metz", "57463", 0.3),
        ("3 place du Marché Saint-Étienne", "42218", 0.3),
    ],
)
async def test_without_service_an_address_falls_back_on_its_commune(
    text: str, insee: str, score: float
) -> None:
    place = await find_address(text)
    assert (place.insee, place.score, place.source) == (insee, score, GAZETTEER)
    assert place.precision is Precision.MUNICIPALITY


@pytest.mark.parametrize(
    "text", ["", "   ", "12 rue de Mende", "rue Nullepart", "99999", "xyz 00000", "?", "''"]
)
async def test_a_place_nobody_knows_is_none(text: str) -> None:
    assert await OFFLINE.geocode(text) is None


async def test_codes_win_over_the_text_offline() -> None:
    assert (await find_address("12 rue de Paris", insee="48095")).insee == "48095"
    assert (await find_address("", insee="48095")).insee == "48095"
    assert (await find_address("12 rue X", postcode="97150")).insee == "97801"
    assert (await find_address("Paris 15", insee="75056")).insee == "75115"


async def test_the_nearest_homonym_is_preferred() -> None:
    assert (await find_address("Saint-Denis")).insee == "97411"
    place = await OFFLINE.geocode("Saint-Denis", near=(48.85, 2.35))
    assert place is not None
    assert place.insee == "93066"


async def test_a_merged_commune_answers_to_its_old_name() -> None:
    place = await find_address("Arbignieu")
    assert (place.insee, place.label) == ("01015", "Arbignieu, Arboys en Bugey (01)")


@pytest.mark.parametrize(
    ("text", "insee", "score"),
    [
        ("Florac", "48061", 1.0),
        ("St-Chély", "48140", 1.0),
        ("Pont de Montvert", "48116", 1.0),
        ("Brive", "19031", 1.0),
        ("Clermont-Ferr", "63113", 1.0),
        ("12 rue du Lac, Florac", "48061", 0.5),
    ],
)
async def test_a_name_begun_is_the_commune_that_nobody_rivals(
    text: str, insee: str, score: float
) -> None:
    place = await find_address(text)
    assert (place.insee, place.score) == (insee, score)


@pytest.mark.parametrize("text", ["Noisy", "La Roche", "Mon", "Le", "Saint-M"])
async def test_a_name_begun_by_several_is_not_guessed(text: str) -> None:
    assert await OFFLINE.geocode(text) is None


@pytest.mark.parametrize(
    ("text", "insee", "score"),
    [
        ("Saint-Denis, La Réunion", "97411", 1.0),
        ("Saint-Denis (Seine-Saint-Denis)", "93066", 1.0),
        ("Saint Denis 93", "93066", 1.0),
        ("Florac Lozère", "48061", 1.0),
        ("Villefranche, Rhône", "69264", 1.0),
        ("Sainte-Marie la Réunion", "97418", 1.0),
        ("12 rue du Lac, Mende, Lozère", "48095", 0.5),
        ("12 rue Lecourbe, Paris", "75056", 0.5),
        ("Châtillon sur Indre", "36045", 1.0),
        ("Lyon 3", "69383", 1.0),
    ],
)
async def test_a_department_named_after_the_commune_decides(
    text: str, insee: str, score: float
) -> None:
    place = await find_address(text)
    assert (place.insee, place.score) == (insee, score)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Saint-Denis", ["93066", "11339", "30247"]),
        ("Saint-Chély", ["12214"]),
        ("Évry", ["91228", "77175"]),
        ("Saint-Denis, La Réunion", []),
        ("93200 Saint-Denis", []),
        ("Dijon", []),
        ("Marseille", []),
        ("", []),
    ],
)
async def test_the_other_communes_a_name_may_mean(text: str, others: list[str]) -> None:
    place = await OFFLINE.geocode(text)
    chosen = COMMUNES.by_insee(place.insee if place else "48095")
    assert chosen is not None
    assert [c.insee for c in find_other_communes(COMMUNES, text, chosen)] == others


@pytest.mark.proves("F005")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Lozère", "48"),
        ("lozere", "48"),
        ("48", "48"),
        ("1", "01"),
        ("2a", "2A"),
        ("974", "974"),
        ("La Réunion", "974"),
        ("Réunion", "974"),
        ("Guadeloupe", "971"),
        ("Côte-d'Or", "21"),
        ("département de la Vienne", "86"),
        ("Département du Nord", "59"),
        ("Mayotte", "976"),
    ],
)
async def test_a_text_may_name_a_department(text: str, code: str) -> None:
    match = await OFFLINE.resolve_text(text)
    department = departments()[code]
    assert match == DepartmentMatch(
        code, department.name, department.lat, department.lon, department.county_radius_km
    )
    assert match.source == GAZETTEER


@pytest.mark.parametrize(
    ("text", "insee"), [("Paris", "75056"), ("Vienne", "38544"), ("Saint-Martin", "97801")]
)
async def test_a_town_wins_over_the_department_of_its_name(text: str, insee: str) -> None:
    place = await OFFLINE.resolve_text(text)
    assert isinstance(place, GeocodedAddress)
    assert place.insee == insee


@settings(deadline=None)
@given(st.text(max_size=60))
async def test_any_text_is_a_place_in_france_or_none(text: str) -> None:
    place = await OFFLINE.resolve_text(text)
    if isinstance(place, GeocodedAddress):
        assert COMMUNES.by_insee(place.insee) is not None
    else:
        assert place is None or place.code == match_department(COMMUNES, text)
