"""Where a search looks: every way to say a place, and what is refused."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geography.departments import departments
from geography.gazetteer import load_gazetteer
from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import GeocoderSettings
from search_engine.request.area import Area, AreaKind, resolve_area
from search_engine.request.criteria import Criteria
from search_engine.request.problems import (
    CommuneNotFound,
    CoordinatesSwapped,
    DepartmentNotFound,
    GeocoderUnavailable,
    LinkWithoutPoint,
    PlaceNotFound,
    PlaceOutsideFrance,
    RadiusNotApplicable,
)
from tests.suite.serving import serve_beside


def feature(kind: str, label: str, lat: float, lon: float, **properties: Any) -> dict[str, Any]:
    """One answer of the national address API."""
    result = {"label": label, "score": 0.97, "type": kind, "citycode": "48095", "city": "Mende"}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {**result, "postcode": "48000", **properties},
    }


@dataclass
class AddressService:
    """A local service that answers what a test puts in it, and remembers what it was asked."""

    url: str = ""
    features: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[AddressService]:
    """The address service, on a real socket."""
    result = AddressService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            result.asked += parse_qs(urlsplit(self.path).query).get("q", [])
            body = json.dumps({"type": "FeatureCollection", "features": result.features}).encode()
            self.send_response(result.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    result.url = f"http://127.0.0.1:{server.server_port}"
    with serve_beside(server):
        yield result


async def area(place: dict[str, Any], url: str = "off") -> Area:
    """The area of a search for general medicine at that place."""
    geocoder = Geocoder(GeocoderSettings(url=url, timeout_ms=3000))
    try:
        return await resolve_area(Criteria(what="MG", **place), geocoder)
    finally:
        await geocoder.aclose()


@pytest.mark.proves("F005", "F018")
async def test_a_point_is_the_patient_s_own() -> None:
    found = await area({"lat": 44.5180, "lon": 3.5005})
    assert (found.kind, found.lat, found.lon) == (AreaKind.POINT, 44.5180, 3.5005)
    assert found.patient_point
    assert (found.insee, found.department, found.zone) == ("48095", "48", "Europe/Paris")
    assert (found.radius_km, found.reference_km, found.explicit_radius) == (50, 50, False)


@pytest.mark.proves("F016", "W21")
@pytest.mark.parametrize(("lat", "lon", "insee"), [(44.51, 0.0, "33306"), (48.7, -0.0, None)])
async def test_longitude_zero_is_a_coordinate(lat: float, lon: float, insee: str | None) -> None:
    found = await area({"lat": lat, "lon": lon})
    assert (found.lat, found.lon) == (lat, 0.0)
    assert insee in (None, found.insee)


@pytest.mark.proves("F015")
async def test_a_drawn_circle_keeps_its_radius_and_finds_its_commune() -> None:
    found = await area({"lat": 44.5180, "lon": 3.5005, "radius_km": 7.5})
    assert (found.kind, found.radius_km, found.explicit_radius) == (AreaKind.CIRCLE, 7.5, True)
    assert (found.insee, found.city) == ("48095", "Mende")


@pytest.mark.parametrize(
    ("lat", "lon"), [(0, 0), (51.5, -0.12), (50.85, 4.35), (41.39, 2.17), (90, 0), (-45, 170)]
)
async def test_a_point_far_from_france_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(PlaceOutsideFrance):
        await area({"lat": lat, "lon": lon})


async def test_coordinates_pasted_are_a_point_and_are_not_sent_out(
    service: AddressService,
) -> None:
    for text in ("44.518, 3.5005", "44°31'4.8\"N 3°30'1.8\"E", "https://x.org/@44.518,3.5005,15z"):
        found = await area({"where": text}, service.url)
        assert (found.kind, found.insee, found.patient_point) == (AreaKind.POINT, "48095", True)
        assert found.lat == pytest.approx(44.518, abs=1e-6)
    circle = await area({"where": "44.518 3.5005", "radius_km": 7}, service.url)
    assert circle.kind is AreaKind.CIRCLE
    assert service.asked == []


async def test_a_swapped_pair_and_a_link_without_point_say_how_to_mend_them(
    service: AddressService,
) -> None:
    with pytest.raises(CoordinatesSwapped) as typed:
        await area({"where": "3.5005, 44.518"}, service.url)
    with pytest.raises(CoordinatesSwapped) as given:
        await area({"lat": 3.5005, "lon": 44.518})
    assert (typed.value.field, given.value.field) == ("where", "lat")
    with pytest.raises(CoordinatesSwapped):
        await area({"where": "166.44, -22.27"}, service.url)  # Nouméa: no latitude at all
    with pytest.raises(PlaceOutsideFrance):
        await area({"where": "0.0, 0.0"}, service.url)
    with pytest.raises(LinkWithoutPoint):
        await area({"where": "https://maps.app.goo.gl/aBcD"}, service.url)
    assert service.asked == []


async def test_the_radius_is_at_least_that_of_the_kind_of_area(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A point of the country and a street of a town have not the radius of their department."""
    places = {"75056": 5, "29019": 10, "29103": 15, "29213": 25, "48095": 50, "97410": 15}
    assert {code: (await area({"insee": code})).radius_km for code in places} == places
    near_brest = await area({"lat": 48.40, "lon": -4.49})
    assert (near_brest.radius_km, near_brest.reference_km) == (10, 10)
    country = await area({"lat": 48.60, "lon": -4.12})
    assert (country.radius_km, country.reference_km) == (25, 10)
    assert (await area({"insee": "29213", "radius_km": 3})).radius_km == 3
    own = tmp_path / "radii.json"
    own.write_text('{"29": {"city_radius_km": 7}}')
    monkeypatch.setenv("SAS_RADII_FILE", str(own))
    assert (await area({"insee": "29213"})).radius_km == 7


async def test_the_territory_of_the_caller_decides_between_homonyms() -> None:
    async def find(**criteria: Any) -> str | None:
        search = Criteria(what="MG", where="Saint-Denis", **criteria)
        return (await resolve_area(search, Geocoder(GeocoderSettings(url="off")))).insee

    assert await find() == "97411"
    assert await find(caller_territories=("SAS-93",)) == "93066"
    assert await find(territory=["SAS-11"]) == "11339"
    assert await find(caller_territories=("SAS-99",)) == "97411"


@pytest.mark.parametrize(
    ("lat", "lon", "department"),
    [
        (2.2, -53.2, "973"),  # the forest, 140 km from the town hall of Camopi
        (43.4, 4.6, "13"),  # Camargue
        (-15.0, -145.0, "987"),  # Tuamotu
        (46.77, -56.17, "975"),
        (-13.3, -176.2, "986"),
        (41.38, 9.2, "2A"),
    ],
)
async def test_every_corner_of_france_is_in_france(lat: float, lon: float, department: str) -> None:
    assert (await area({"lat": lat, "lon": lon})).department == department


async def test_every_commune_is_inside_its_own_area() -> None:
    sample = list(load_gazetteer().communes())[::97]
    for commune in sample:
        found = await area({"lat": commune.lat, "lon": commune.lon})
        assert found.radius_km
        assert found.radius_km > 0


@pytest.mark.proves("F005", "F008")
@pytest.mark.parametrize(
    ("insee", "city", "department", "radius_km"),
    [
        ("48095", "Mende", "48", 50),
        ("75056", "Paris", "75", 5),
        ("75115", "Paris 15e Arrondissement", "75", 5),
        ("69123", "Lyon", "69", 5),
        ("1053", "Bourg-en-Bresse", "01", 20),
        ("2a004", "Ajaccio", "2A", None),
        ("11069", "Carcassonne", "11", 30),
    ],
)
async def test_a_commune_by_its_code(
    insee: str, city: str, department: str, radius_km: float | None
) -> None:
    found = await area({"insee": insee})
    assert (found.kind, found.city, found.department) == (AreaKind.COMMUNE, city, department)
    assert not found.patient_point
    assert radius_km in (None, found.radius_km)
    assert found.insee == insee.upper().zfill(5)


async def test_a_code_given_up_in_a_merger_is_answered() -> None:
    found = await area({"insee": "49144"})
    assert found.insee == load_gazetteer().insee_family("49144")[0]
    assert (await area({"insee": "14074"})).label == "Billy, Valambray (14)"


@pytest.mark.proves("F011")
@pytest.mark.parametrize(
    ("insee", "zone"),
    [
        ("97611", "Indian/Mayotte"),
        ("97302", "America/Cayenne"),
        ("97411", "Indian/Reunion"),
        ("97502", "America/Miquelon"),
        ("97701", "America/St_Barthelemy"),
        ("97801", "America/Marigot"),
        ("98735", "Pacific/Tahiti"),
        ("98731", "Pacific/Marquesas"),
    ],
)
async def test_a_commune_overseas_has_a_usable_radius_and_its_own_zone(
    insee: str, zone: str
) -> None:
    found = await area({"insee": insee})
    assert found.zone == zone
    assert found.radius_km
    assert found.step_km > 0


async def test_unknown_codes_name_their_criterion() -> None:
    with pytest.raises(CommuneNotFound) as commune:
        await area({"insee": "99999"})
    with pytest.raises(DepartmentNotFound) as department:
        await area({"department": "99"})
    assert (commune.value.field, department.value.field) == ("insee", "department")


@pytest.mark.proves("F009", "F010", "W36")
@pytest.mark.parametrize(
    ("said", "code"),
    [("48", "48"), ("1", "01"), ("2a", "2A"), ("2B", "2B"), ("971", "971"), ("976", "976")],
)
async def test_a_department_has_borders_and_no_radius(said: str, code: str) -> None:
    found = await area({"department": said})
    assert (found.kind, found.department, found.radius_km) == (AreaKind.DEPARTMENT, code, None)
    assert (found.lat, found.lon) == (departments()[code].lat, departments()[code].lon)
    assert not found.patient_point


@pytest.mark.parametrize("place", [{"department": "48"}, {"where": "Lozère"}])
async def test_a_radius_around_a_department_is_refused(place: dict[str, str]) -> None:
    with pytest.raises(RadiusNotApplicable):
        await area({**place, "radius_km": 10})


@pytest.mark.proves("F005")
async def test_an_address_is_the_patient_s_own_point(service: AddressService) -> None:
    service.features = [feature("housenumber", "12 Rue du Lac 48000 Mende", 44.52, 3.49)]
    found = await area({"where": "12 rue du lac, mende"}, service.url)
    assert (found.kind, found.patient_point) == (AreaKind.ADDRESS, True)
    assert (found.lat, found.lon, found.precision) == (44.52, 3.49, "housenumber")
    assert (found.department, found.insee, found.score) == ("48", "48095", 0.97)
    assert found.source == "national_address_api"
    assert service.asked == ["12 rue du lac, mende"]


async def test_an_answer_no_better_than_a_commune_is_no_patient_s_point(
    service: AddressService,
) -> None:
    service.features = [feature("municipality", "Mende", 44.5178, 3.5011)]
    found = await area({"where": "12 rue introuvable, Mende"}, service.url)
    assert (found.kind, found.patient_point) == (AreaKind.COMMUNE, False)


@pytest.mark.proves("F006")
async def test_a_service_down_leaves_the_commune_of_the_address(service: AddressService) -> None:
    service.status = 503
    found = await area({"where": "12 rue du lac, 48000 Mende"}, service.url)
    assert (found.kind, found.insee, found.source) == (AreaKind.COMMUNE, "48095", "gazetteer")
    assert found.score is not None
    assert found.score < 1
    assert found.service_down
    service.status = 200
    assert not (await area({"where": "12 rue du lac, 48000 Mende"}, service.url)).service_down


@pytest.mark.proves("F005", "F006")
@pytest.mark.parametrize(
    ("text", "insee"),
    [("Mende", "48095"), ("48000 Mende", "48095"), ("75015", "75115"), ("Paris 15e", "75115")],
)
async def test_a_commune_is_understood_without_any_service(text: str, insee: str) -> None:
    found = await area({"where": text})
    assert (found.kind, found.insee, found.patient_point) == (AreaKind.COMMUNE, insee, False)


@pytest.mark.proves("F009")
@pytest.mark.parametrize(
    ("text", "code"),
    [("Lozère", "48"), ("48", "48"), ("département du Nord", "59"), ("La Réunion", "974")],
)
async def test_a_department_is_understood_without_any_service(text: str, code: str) -> None:
    found = await area({"where": text})
    assert (found.kind, found.department) == (AreaKind.DEPARTMENT, code)


@pytest.mark.parametrize(("text", "insee"), [("Paris", "75056"), ("Mayenne", "53147")])
async def test_a_town_wins_over_the_department_of_its_name(text: str, insee: str) -> None:
    assert (await area({"where": text})).insee == insee


@pytest.mark.proves("F007")
async def test_an_unknown_place_and_a_service_down_are_two_things(service: AddressService) -> None:
    with pytest.raises(PlaceNotFound) as unknown:
        await area({"where": "zzzz qqqq"}, service.url)
    service.status = 500
    with pytest.raises(GeocoderUnavailable) as down:
        await area({"where": "zzzz qqqq"}, service.url)
    assert (unknown.value.field, down.value.field) == ("where", "where")
    assert "zzzz" not in f"{unknown.value}{down.value}"


async def test_no_service_at_the_address_is_never_a_crash(dead_port: int) -> None:
    with pytest.raises(GeocoderUnavailable):
        await area({"where": "zzzz qqqq"}, f"http://127.0.0.1:{dead_port}")


@pytest.mark.parametrize(
    ("insee", "read_as"), [("75016", "75116"), ("29151", "29151"), ("44000", "44109")]
)
async def test_a_code_that_is_only_a_postcode_is_read_as_one(insee: str, read_as: str) -> None:
    assert (await area({"insee": insee})).insee == read_as
